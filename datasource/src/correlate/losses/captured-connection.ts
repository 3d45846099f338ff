/**
 * A connection as its NICs saw it, packet by packet in typed arrays: what all matching works on.
 *
 * Times are ns since a common base, each on the clock of the NIC's own host. Positions count sequence space on beyond
 * 2^32 from a common origin, so that the same byte has the same position at every NIC.
 */
import { Analysis, type PacketColumns, segmentSpan, SENT_BY_SRC, seqDiff, TcpFlag, toSeq } from '@bpfnet/flow-model';
import { earliestNs, type DecodedFlow } from '../../path/flow-records';
import { type NicPlace, type PacketRef } from '../../path/packet-ref';

/** One NIC of the connection. Entry i of each column is packet i, in order of time. */
export interface CapturedFlow {
  readonly place: NicPlace;
  readonly records: DecodedFlow;
  readonly length: number;
  readonly tNs: Float64Array;
  /** 1 where the server sent it. */
  readonly fromServer: Uint8Array;
  /** First position. */
  readonly start: Float64Array;
  /** Sequence space: payload, and one for SYN or FIN; 0 for what carries none and for probes, which repeat a byte. */
  readonly span: Float64Array;
  /** What it acknowledges, as a position of the other side; NaN without ACK. */
  readonly ackedTo: Float64Array;
  readonly flags: Uint8Array;
  readonly seq: Uint32Array;
  readonly ack: Uint32Array;
  readonly len: Uint32Array;
  readonly win: Uint32Array;
  readonly ana: Uint32Array;
  /** The packet's place in the records. */
  readonly chunkId: Uint32Array;
  readonly index: Uint32Array;
}

export interface CapturedConnection {
  /** In path order, the client's first. */
  readonly flows: readonly CapturedFlow[];
  readonly baseNs: bigint;
}

const PROBE = Analysis.KeepAlive | Analysis.ZeroWindowProbe;

/** @param flows in path order */
export function capturedConnection(flows: readonly DecodedFlow[]): CapturedConnection {
  const baseNs = earliestNs(flows);
  const origins: Origins = [undefined, undefined];
  return { flows: flows.map((flow, order) => capturedFlow(flow, { order, baseNs, origins })), baseNs };
}

/** First number of each side (client, server) that any NIC saw: what positions count from. */
type Origins = [number | undefined, number | undefined];

interface Common {
  readonly order: number;
  readonly baseNs: bigint;
  readonly origins: Origins;
}

function capturedFlow(records: DecodedFlow, { order, baseNs, origins }: Common): CapturedFlow {
  const length = records.decoded.reduce((sum, { columns }) => sum + columns.length, 0);
  const made = {
    tNs: new Float64Array(length),
    fromServer: new Uint8Array(length),
    start: new Float64Array(length),
    span: new Float64Array(length),
    ackedTo: new Float64Array(length).fill(NaN),
    flags: new Uint8Array(length),
    seq: new Uint32Array(length),
    ack: new Uint32Array(length),
    len: new Uint32Array(length),
    win: new Uint32Array(length),
    ana: new Uint32Array(length),
    chunkId: new Uint32Array(length),
    index: new Uint32Array(length),
  };
  const serverIsSrc = records.clientIsSrc === false;
  const tcp = records.l4Proto === 'tcp';
  let at = 0;
  for (const { record, columns, positions } of records.decoded) {
    const offsetNs = Number(positions.timePosNs - baseNs);
    for (let i = 0; i < columns.length; i++, at++) {
      made.tNs[at] = offsetNs + columns.tNs[i];
      made.fromServer[at] = (columns.dir[i] === SENT_BY_SRC) === serverIsSrc ? 1 : 0;
      made.span[at] = tcp && (columns.ana[i] & PROBE) === 0 ? segmentSpan(columns.flags[i], columns.len[i]) : 0;
      made.chunkId[at] = record.chunk_id;
      made.index[at] = i;
      copyColumns(made, at, columns, i);
    }
  }
  if (tcp) {
    unwrap(made, length, origins);
  }
  const place: NicPlace = {
    flowId: records.flowId,
    host: records.host,
    nicName: records.nicName,
    podName: records.facts?.k8s_pod_name ?? '',
    order,
  };
  return { place, records, length, ...made };
}

type Filled = Pick<CapturedFlow, 'flags' | 'seq' | 'ack' | 'len' | 'win' | 'ana'>;

function copyColumns(into: Filled, at: number, from: PacketColumns, i: number): void {
  into.flags[at] = from.flags[i];
  into.seq[at] = from.seq[i];
  into.ack[at] = from.ack[i];
  into.len[at] = from.len[i];
  into.win[at] = from.win[i];
  into.ana[at] = from.ana[i];
}

/** Half of the space lies ahead of the last number and half behind it, RFC 9293 section 3.4. */
function unwrap(
  made: Pick<CapturedFlow, 'fromServer' | 'start' | 'span' | 'ackedTo' | 'flags' | 'seq' | 'ack'>,
  length: number,
  origins: Origins
): void {
  /** Per side the last number, and its position. */
  const last: Array<{ readonly seq: number; readonly position: number } | undefined> = [undefined, undefined];
  const positionOf = (side: number, seq: number): number => {
    origins[side] ??= seq;
    const near = last[side] ?? { seq: origins[side], position: 0 };
    return near.position + seqDiff(toSeq(seq), toSeq(near.seq));
  };
  for (let i = 0; i < length; i++) {
    const side = made.fromServer[i];
    made.start[i] = positionOf(side, made.seq[i]);
    // A reset may carry any number, so only what takes sequence space moves on.
    if (made.span[i] > 0) {
      last[side] = { seq: made.seq[i], position: made.start[i] };
    }
    if ((made.flags[i] & TcpFlag.Ack) !== 0 && (made.flags[i] & TcpFlag.Rst) === 0) {
      const other = 1 - side;
      made.ackedTo[i] = positionOf(other, made.ack[i]);
      last[other] ??= { seq: made.ack[i], position: made.ackedTo[i] };
    }
  }
}

export function refOf({ flows, baseNs }: CapturedConnection, nic: number, packet: number): PacketRef {
  const { place, chunkId, index, seq, tNs } = flows[nic];
  return {
    flowId: place.flowId,
    chunkId: chunkId[packet],
    index: index[packet],
    seq: seq[packet],
    tsNs: (baseNs + BigInt(Math.round(tNs[packet]))).toString(),
  };
}
