/**
 * Keeps of each packet what the analysis reads, and leaves out bulk: whole packets but for long TCP segments, of which the headers stay, or
 * `HEAD_BYTES` where the payload begins as a message or a TLS handshake does.
 *
 * A segment that is cut is a hole in its stream of exactly the bytes that are missing (never a message's head that seems to end there).
 * Inside a body whose length was announced a hole does no harm. What it costs: in protocols whose long segments hold several
 * messages (HTTP/2, large results of databases, chunked bodies) messages behind the hole end with the outcome `gap`. Fragments, IPv6 extension
 * headers and tunnels are kept whole.
 */
import {
  addX,
  Ancillary,
  and,
  aToX,
  type assemble,
  ifAnyBit,
  ifEqual,
  ifGreater,
  jump,
  keep,
  label,
  loadAncillary,
  loadByte,
  loadByteAtX,
  loadHalf,
  loadLength,
  loadWordAtX,
  networkHeader,
  setX,
  shiftLeft,
  shiftRight,
} from './cbpf';

type Lines = Parameters<typeof assemble>[0];

/** Packets up to this length are kept whole: most messages are short, and what is short costs little. */
const SHORT_PACKET = 700;
/** Link layer with a VLAN tag, IPv6, TCP with all its options. */
export const HEADERS_KEPT = 128;
export const HEAD_BYTES = 4096;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const TCP = 6;
const TCP_DATA_OFFSET = 12;
const MORE_FRAGMENTS_OR_OFFSET = 0x3fff;

/** HTTP's methods and versions, and HTTP/2's preface. */
const STARTS = ['HTTP', 'GET ', 'POST', 'PUT ', 'HEAD', 'DELE', 'PATC', 'OPTI', 'CONN', 'TRAC', 'PRI '];
/** A TLS record of type handshake, version 3.x. */
const TLS_HANDSHAKE = 0x1603_0000;

/** Ends the program: every packet that comes here is kept, at most `snapLength` bytes of it. */
export function adaptiveSnap(snapLength: number): Lines {
  const at = (bytes: number) => keep(Math.min(bytes, snapLength));
  return [
    loadLength(),
    ifGreater(SHORT_PACKET, { otherwise: 'whole' }),
    loadAncillary(Ancillary.protocol),
    ifEqual(ETHERTYPE_IPV4, { then: 'ipv4' }),
    ifEqual(ETHERTYPE_IPV6, { then: 'ipv6' }),
    jump('whole'),
    label('ipv4'),
    loadByte(networkHeader(9)),
    ifEqual(TCP, { otherwise: 'whole' }),
    loadHalf(networkHeader(6)),
    ifAnyBit(MORE_FRAGMENTS_OR_OFFSET, { then: 'whole' }),
    loadByte(networkHeader(0)),
    and(0x0f),
    shiftLeft(2),
    aToX(),
    jump('tcp'),
    label('ipv6'),
    loadByte(networkHeader(6)),
    ifEqual(TCP, { otherwise: 'whole' }),
    setX(40),
    label('tcp'),
    loadByteAtX(networkHeader(TCP_DATA_OFFSET)),
    and(0xf0),
    shiftRight(2),
    addX(),
    aToX(),
    loadWordAtX(networkHeader(0)),
    ...STARTS.map((start) => ifEqual(Buffer.from(start).readUInt32BE(), { then: 'head' })),
    and(0xffff_0000),
    ifEqual(TLS_HANDSHAKE, { then: 'head' }),
    at(HEADERS_KEPT),
    label('head'),
    at(HEAD_BYTES),
    label('whole'),
    keep(snapLength),
  ];
}
