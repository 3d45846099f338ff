/**
 * The ids that join records: the requests of a connection, the packets of a request, the same request at every NIC.
 * They are built only from what NAT and overlays leave alone, so that every NIC and host comes to the same id.
 */
import { FNV_OFFSET, FNV_PRIME, fnv1a32Text, mix32 } from './hash';
import { type Seq } from './seq';

/** Number of shards unless configured. */
export const DEFAULT_SHARD_COUNT = 16;

/** Of a TCP request, this many first bytes go into `request_id`; a shorter message gives all it has. */
export const REQUEST_ID_STREAM_BYTES = 16;

/** Of a request in a datagram, which has no sequence number, this many. */
export const REQUEST_ID_DATAGRAM_BYTES = 64;

/** 64 bits in two words of 32, of any sign; 16 hex digits in records. */
export interface RequestId {
  readonly high: number;
  readonly low: number;
}

/**
 * `request_id`: one request at every NIC, answered or not.
 *
 * @param requestSeq sequence number of the request's first byte; 0 for datagrams
 * @param bytes memory that holds the request's first bytes at `from` … `to - 1` (see `REQUEST_ID_…_BYTES`)
 */
export function requestId(requestSeq: Seq | 0, bytes: Uint8Array, from: number, to: number): RequestId {
  // FNV-1a from two seeds, in one walk over the bytes.
  let first = FNV_OFFSET;
  let second = FNV_OFFSET ^ 0x9e3779b9;
  for (let i = from; i < to; i++) {
    first = Math.imul(first ^ bytes[i], FNV_PRIME);
    second = Math.imul(second ^ bytes[i], FNV_PRIME);
  }
  return { high: mix32(first ^ mix32(requestSeq)) | 0, low: mix32((second >>> 0) + requestSeq) | 0 };
}

/** `flow_shard` of a connection whose handshake was seen. */
export function shardOfClientIsn(clientIsn: Seq, shardCount: number): number {
  return mix32(clientIsn) % shardCount;
}

/** `flow_shard` of a flow without a handshake (UDP, or a capture that began later). */
export function shardOfCommunityId(communityId: string, shardCount: number): number {
  return mix32(fnv1a32Text(communityId)) % shardCount;
}

export interface FiveTuple {
  /** 4 bytes (IPv4) or 16 bytes (IPv6); both addresses of the same kind. */
  readonly srcAddress: Uint8Array;
  readonly dstAddress: Uint8Array;
  readonly srcPort: number;
  readonly dstPort: number;
  /** IP protocol number: 6 TCP, 17 UDP. */
  readonly protocol: number;
}

/**
 * The text that Community ID version 1 hashes: seed, smaller endpoint, larger endpoint, protocol, ports
 * (https://github.com/corelight/community-id-spec). Both directions give the same bytes.
 */
function communityIdInput(tuple: FiveTuple, seed: number): Uint8Array {
  const size = tuple.srcAddress.length;
  const ordered = compareEndpoints(tuple) <= 0;
  const out = new Uint8Array(2 + 2 * size + 2 + 4);
  const view = new DataView(out.buffer);
  view.setUint16(0, seed);
  out.set(ordered ? tuple.srcAddress : tuple.dstAddress, 2);
  out.set(ordered ? tuple.dstAddress : tuple.srcAddress, 2 + size);
  out[2 + 2 * size] = tuple.protocol;
  view.setUint16(4 + 2 * size, ordered ? tuple.srcPort : tuple.dstPort);
  view.setUint16(6 + 2 * size, ordered ? tuple.dstPort : tuple.srcPort);
  return out;
}

function compareEndpoints(tuple: FiveTuple): number {
  for (let i = 0; i < tuple.srcAddress.length; i++) {
    const difference = tuple.srcAddress[i] - tuple.dstAddress[i];
    if (difference !== 0) {
      return difference;
    }
  }
  return tuple.srcPort - tuple.dstPort;
}

/**
 * `community_id`: `1:` and the base64 of SHA-1, as Zeek, Suricata and Wireshark print it.
 *
 * @param sha1Base64 SHA-1 of the bytes in base64 with padding: the platform's, since this package has none
 */
export function communityId(tuple: FiveTuple, sha1Base64: (input: Uint8Array) => string, seed = 0): string {
  return `1:${sha1Base64(communityIdInput(tuple, seed))}`;
}
