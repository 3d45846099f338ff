/**
 * The packets of connections at their NICs, merged in time, with requests and responses marked on the packets that carry them.
 *
 * A TCP request belongs to the first packet of its direction with `seq <= req_seq < seq + len` (modulo 2^32), a response
 * likewise by `resp_seq`; a repeated transmission of the same bytes carries no mark. UDP has no numbers: there the time decides.
 */
import {
  decodePacketColumns,
  type Endpoint,
  type L4PacketsRecord,
  type L4Record,
  type L7Record,
  type LaneMeta,
  type PacketColumns,
  type PacketPositions,
  type PacketRow,
  type Sender,
  seqDiff,
  SENT_BY_SRC,
  toSeq,
} from '@bpfnet/flow-model';
import { summaryResponse, summaryRequest } from './request-words';
import { orderPath, type PathPoint, type RoundTrip } from './path-order';
import { type OriginFacts, type SeqOrigin, seqOrigins } from './seq-origin';
import { clientIsSrc, oncePerNic, roundTripOf, type SpanAtNic } from './span-at-nic';

/** Everything known of one connection at one NIC. */
export interface LaneRecords {
  readonly lane: string;
  /** Chunks with packets, any order. */
  readonly packets: readonly L4PacketsRecord[];
  readonly chunks: readonly L4Record[];
  readonly spans: readonly SpanAtNic[];
}

export interface PacketTable {
  readonly rows: readonly PacketRow[];
  readonly lanes: readonly LaneMeta[];
  readonly notes: readonly string[];
}

export interface PacketTableInput {
  readonly lanes: readonly LaneRecords[];
  /** The request that was asked for: where one packet carries several, this one names it. */
  readonly requestId?: string;
}

interface Chunk {
  readonly record: L4PacketsRecord;
  readonly columns: PacketColumns;
  readonly positions: PacketPositions;
}

interface Lane extends LaneRecords {
  readonly decoded: readonly Chunk[];
  readonly clientIsSrc: boolean | undefined;
  readonly l4Proto: 'tcp' | 'udp';
  readonly origin: SeqOrigin;
}

interface Mark {
  readonly l7Label: string;
  readonly l7Kind: 'request' | 'response';
  readonly l7RequestId: string;
}

/** A packet before it is a row; times count from the table's first chunk. */
interface Packet {
  readonly lane: Lane;
  readonly chunk: Chunk;
  readonly index: number;
  readonly tNs: number;
}

export function packetTable({ lanes: input, requestId }: PacketTableInput): PacketTable {
  const notes: string[] = [];
  const opened = input.map((lane) => openLane(lane, notes));
  const origins = seqOrigins(opened.map(originFacts));
  const lanes = opened.map((lane, i): Lane => ({ ...lane, origin: origins[i] }));
  const baseNs = earliest(lanes);
  const ordered = orderLanes(lanes, requestId);
  const packets: Packet[] = ordered.lanes.flatMap((lane) => packetsOf(lane, baseNs));
  packets.sort((a, b) => a.tNs - b.tNs);

  const marks = new Map<Packet, Mark>();
  for (const lane of ordered.lanes) {
    markRequests(lane, { packets: packets.filter((packet) => packet.lane === lane), baseNs, requestId, marks });
  }
  if (ordered.clocksTrusted) {
    notes.push("The order of some hosts' lanes rests on the hosts' own clocks, which were not compared.");
  }
  if (new Set(lanes.map((lane) => factsOf(lane)?.host)).size > 1) {
    notes.push(
      'Packets of different hosts are placed by the clock of each: small differences between hosts mean nothing.'
    );
  }
  return {
    rows: packets.map((packet) => rowOf(packet, baseNs, marks.get(packet))),
    lanes: ordered.lanes.map(laneMeta),
    notes,
  };
}

function originFacts(lane: Omit<Lane, 'origin'>): OriginFacts {
  return {
    clientIsSrc: lane.clientIsSrc,
    nicTraceId: factsOf(lane)?.nic_traceid,
    positions: lane.decoded.map(({ positions }) => positions),
  };
}

function openLane(lane: LaneRecords, notes: string[]): Omit<Lane, 'origin'> {
  const decoded: Chunk[] = [];
  for (const record of [...lane.packets].sort((a, b) => a.chunk_id - b.chunk_id)) {
    const result = decodePacketColumns(record);
    if (result.ok) {
      decoded.push({ record, columns: result.columns, positions: result.positions });
    } else {
      notes.push(`The packets of chunk ${record.chunk_id} on ${record.nic_name} cannot be read (${result.problem}).`);
    }
  }
  const facts = factsOf(lane);
  return {
    ...lane,
    decoded,
    clientIsSrc: facts === undefined ? undefined : clientIsSrc(facts),
    l4Proto: facts?.l4_proto ?? 'tcp',
  };
}

/** What any record says of the connection at this NIC; one that knows the client goes first. */
function factsOf(lane: LaneRecords): L4Record | L7Record | undefined {
  const records: ReadonlyArray<L4Record | L7Record> = [...lane.spans.map(({ record }) => record), ...lane.chunks];
  return records.find((record) => record.client_ip !== undefined) ?? records[0];
}

function earliest(lanes: readonly Lane[]): bigint {
  const times = lanes.flatMap(({ decoded }) => decoded.map(({ positions }) => positions.timePosNs));
  return times.reduce((a, b) => (b < a ? b : a), times[0] ?? BigInt(0));
}

function packetsOf(lane: Lane, baseNs: bigint): readonly Packet[] {
  return lane.decoded.flatMap((chunk) => {
    const offset = Number(chunk.positions.timePosNs - baseNs);
    return Array.from(chunk.columns.tNs, (tNs, index): Packet => ({ lane, chunk, index, tNs: offset + tNs }));
  });
}

/** By the request that was asked for where the lanes saw it, else by their handshakes and places. */
function orderLanes(lanes: readonly Lane[], requestId: string | undefined) {
  const points = lanes.map((lane): PathPoint & { readonly ofLane: Lane } => {
    const span = oncePerNic(lane.spans.filter(({ record }) => record.request_id === requestId))[0];
    const facts = span?.record ?? factsOf(lane);
    return {
      id: lane.lane,
      host: facts?.host ?? lane.packets[0]?.host ?? '',
      firstSeenNs: span?.tsNs ?? lane.decoded[0]?.positions.timePosNs ?? BigInt(0),
      roundTrip: span === undefined ? handshakeTrip(lane) : roundTripOf(span.record),
      direction: facts?.direction ?? 'unknown',
      hostNetwork: facts?.host_network,
      virtualNic: facts?.virtual_nic,
      ofLane: lane,
    };
  });
  const { points: path, clocksTrusted } = orderPath(points);
  return { lanes: path.map(({ ofLane }) => ofLane), clocksTrusted };
}

/** From the first SYN to the first SYN-ACK: like a request's round trip it falls on every hop towards the server. */
function handshakeTrip(lane: Lane): RoundTrip {
  const first = lane.decoded[0];
  if (first === undefined) {
    return { kind: 'unknown' };
  }
  const { flags, tNs } = first.columns;
  const SYN = 0x02;
  const SYN_ACK = 0x12;
  const syn = flags.findIndex((one) => (one & SYN_ACK) === SYN);
  const synAck = flags.findIndex((one) => (one & SYN_ACK) === SYN_ACK);
  return syn === -1 || synAck < syn ? { kind: 'unknown' } : { kind: 'known', ms: (tNs[synAck] - tNs[syn]) / 1e6 };
}

interface Marking {
  readonly packets: readonly Packet[];
  readonly baseNs: bigint;
  readonly requestId: string | undefined;
  readonly marks: Map<Packet, Mark>;
}

function markRequests(lane: Lane, marking: Marking): void {
  if (lane.clientIsSrc === undefined) {
    return;
  }
  // The one that was asked for goes first and so names a packet that carries several.
  const spans = [...lane.spans].sort(
    (a, b) =>
      Number(b.record.request_id === marking.requestId) - Number(a.record.request_id === marking.requestId) ||
      (a.tsNs < b.tsNs ? -1 : 1)
  );
  const [bySrc, byDst] = [0, 1].map((dir) =>
    marking.packets.filter(({ chunk, index }) => chunk.columns.dir[index] === dir && chunk.columns.len[index] > 0)
  );
  const requests = new CarrierIndex(lane.clientIsSrc ? bySrc : byDst);
  const responses = new CarrierIndex(lane.clientIsSrc ? byDst : bySrc);
  for (const { record, tsNs } of spans) {
    const tNs = Number(tsNs - marking.baseNs);
    const answerNs = tNs + record.latency_ms * 1e6;
    const carriers = [
      ['request', summaryRequest(record), requests.find(record.req_seq, tNs, lane.l4Proto)],
      ['response', summaryResponse(record), responses.find(record.resp_seq, answerNs, lane.l4Proto)],
    ] as const;
    for (const [l7Kind, l7Label, packet] of carriers) {
      if (packet !== undefined && l7Label !== '') {
        addMark(marking.marks, packet, { l7Kind, l7Label, l7RequestId: record.request_id });
      }
    }
  }
}

/** Pipelined requests share a packet: the first names it, the others are counted. */
function addMark(marks: Map<Packet, Mark>, packet: Packet, mark: Mark): void {
  const before = marks.get(packet);
  if (before === undefined) {
    marks.set(packet, mark);
    return;
  }
  const [, label, more] = /^([\s\S]*?)(?: \+(\d+))?$/.exec(before.l7Label) ?? [];
  marks.set(packet, { ...before, l7Label: `${label} +${Number(more ?? 0) + 1}` });
}

/** UDP has only time to go by; both times are of the same clock and the same packet. */
const UDP_TOLERANCE_NS = 1e6;

/** Finds the packet of one direction that carries a byte, the earliest where several do. */
class CarrierIndex {
  private readonly bySeq: readonly Packet[];
  private readonly base: number;
  private readonly longest: number;

  /** @param packets of one direction with payload, in order of time */
  constructor(private readonly packets: readonly Packet[]) {
    this.base = packets.length === 0 ? 0 : seqOf(packets[0]);
    this.bySeq = [...packets].sort((a, b) => this.offset(seqOf(a)) - this.offset(seqOf(b)) || a.tNs - b.tNs);
    this.longest = packets.reduce((longest, packet) => Math.max(longest, lenOf(packet)), 0);
  }

  find(seq: number | undefined, tNs: number, l4Proto: 'tcp' | 'udp'): Packet | undefined {
    return l4Proto === 'udp' ? this.byTime(tNs) : seq === undefined ? undefined : this.bySequence(seq);
  }

  private bySequence(seq: number): Packet | undefined {
    const wanted = this.offset(seq);
    let low = 0;
    let high = this.bySeq.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offset(seqOf(this.bySeq[middle])) <= wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    let found: Packet | undefined;
    for (let i = low - 1; i >= 0; i--) {
      const packet = this.bySeq[i];
      const behind = wanted - this.offset(seqOf(packet));
      if (behind >= this.longest) {
        break;
      }
      if (behind < lenOf(packet) && (found === undefined || packet.tNs < found.tNs)) {
        found = packet;
      }
    }
    return found;
  }

  private byTime(tNs: number): Packet | undefined {
    let low = 0;
    let high = this.packets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.packets[middle].tNs < tNs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return [this.packets[low - 1], this.packets[low]]
      .filter((packet) => packet !== undefined && Math.abs(packet.tNs - tNs) <= UDP_TOLERANCE_NS)
      .sort((a, b) => Math.abs(a.tNs - tNs) - Math.abs(b.tNs - tNs))[0];
  }

  private offset(seq: number): number {
    return seqDiff(toSeq(seq), toSeq(this.base));
  }
}

function seqOf({ chunk, index }: Packet): number {
  return chunk.columns.seq[index];
}

function lenOf({ chunk, index }: Packet): number {
  return chunk.columns.len[index];
}

function rowOf({ lane, chunk, index, tNs }: Packet, baseNs: bigint, mark: Mark | undefined): PacketRow {
  const { columns, record } = chunk;
  const bySrc = columns.dir[index] === SENT_BY_SRC;
  const tsNs = baseNs + BigInt(Math.round(tNs));
  const [own, other] = bySrc ? [lane.origin.src, lane.origin.dst] : [lane.origin.dst, lane.origin.src];
  const hasAck = (columns.flags[index] & 0x10) !== 0;
  return {
    time: Number(tsNs / BigInt(1000)) / 1000,
    tsNs: tsNs.toString(),
    lane: lane.lane,
    sender: senderOf(bySrc, lane.clientIsSrc),
    flags: columns.flags[index],
    seq: columns.seq[index],
    ack: columns.ack[index],
    seqRel: lane.l4Proto === 'udp' ? 0 : (columns.seq[index] - own) >>> 0,
    ackRel: hasAck ? (columns.ack[index] - other) >>> 0 : 0,
    len: columns.len[index],
    win: columns.win[index],
    ana: columns.ana[index],
    l7Label: mark?.l7Label ?? '',
    l7Kind: mark?.l7Kind ?? '',
    l7RequestId: mark?.l7RequestId ?? '',
    chunkId: record.chunk_id,
  };
}

function senderOf(bySrc: boolean, client: boolean | undefined): Sender {
  if (client === undefined) {
    return bySrc ? 'local' : 'remote';
  }
  return bySrc === client ? 'client' : 'server';
}

function laneMeta(lane: Lane): LaneMeta {
  const facts = factsOf(lane);
  const known = lane.clientIsSrc !== undefined;
  const src = endpoint(facts, 'src');
  const dst = endpoint(facts, 'dst');
  const [near, far] = lane.clientIsSrc === false ? [dst, src] : [src, dst];
  const withPackets = new Set(lane.packets.map(({ chunk_id }) => chunk_id));
  const told = lane.chunks.filter(({ chunk_id }) => withPackets.has(chunk_id));
  const fetched = lane.packets.reduce((sum, { packets }) => sum + packets, 0);
  return {
    lane: lane.lane,
    host: facts?.host ?? lane.packets[0]?.host ?? '',
    nicName: facts?.nic_name ?? lane.packets[0]?.nic_name ?? '',
    podName: facts?.k8s_pod_name,
    direction: facts?.direction ?? 'unknown',
    l4Proto: lane.l4Proto,
    near,
    far,
    clientKnown: known,
    captureDrops: lane.chunks.reduce((sum, { capture_drops }) => sum + (capture_drops ?? 0), 0),
    packets: Math.max(
      fetched,
      told.reduce((sum, { tx_packets, rx_packets }) => sum + tx_packets + rx_packets, 0)
    ),
  };
}

function endpoint(facts: L4Record | L7Record | undefined, side: 'src' | 'dst'): Endpoint {
  if (facts === undefined) {
    return { ip: '', port: 0 };
  }
  return side === 'src'
    ? {
        ip: facts.src_ip,
        port: facts.src_port,
        podName: text(facts.src_k8s_pod_name) ?? (facts.host_network === false ? facts.k8s_pod_name : undefined),
        k8sNamespace: text(facts.src_k8s_namespace) ?? (facts.host_network === false ? facts.k8s_namespace : undefined),
      }
    : {
        ip: facts.dst_ip,
        port: facts.dst_port,
        podName: text(facts.dst_k8s_pod_name),
        k8sNamespace: text(facts.dst_k8s_namespace),
      };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
