/** A `bpfnet-packets` frame as typed arrays: 100 000 packets are a few MB and no objects. */
import { type DataFrame } from '@grafana/data';
import { FrameKind } from '@bpfnet/flow-model/frames';
import { failed, type Result } from '../../../shared/data-problem';
import { findFrame, type FrameReader, noticeOf, readFrame } from '../../../shared/frame-fields';
import { type Lane, lanesOfFrame } from './lane';

export interface L7Tag {
  /** `GET /api/orders`, `200` */
  readonly label: string;
  readonly kind: 'request' | 'response';
  readonly requestId: string;
}

export const NO_TAG = -1;

/** Columns of equal length; entry i of each is packet i, in the frame's order. */
export interface PacketTable {
  readonly length: number;
  readonly lanes: readonly Lane[];
  /** What `tNs` counts from, ns since the epoch. */
  readonly baseNs: bigint;
  readonly tNs: Float64Array;
  /** Index into `lanes`. */
  readonly lane: Uint16Array;
  /** 1 where the server (or Remote) sent it. */
  readonly fromFar: Uint8Array;
  readonly flags: Uint8Array;
  readonly seq: Uint32Array;
  readonly ack: Uint32Array;
  readonly seqRel: Float64Array;
  readonly ackRel: Float64Array;
  readonly len: Uint32Array;
  readonly win: Uint32Array;
  readonly ana: Uint32Array;
  /** Index into `tags` or `NO_TAG`. */
  readonly tag: Int32Array;
  readonly tags: readonly L7Tag[];
}

const REQUIRED = ['tsNs', 'lane', 'sender', 'flags', 'seq', 'ack', 'len'] as const;

export function readPackets(series: readonly DataFrame[]): Result<PacketTable> {
  const frame = findFrame(series, FrameKind.Packets, REQUIRED);
  if (!frame.ok) {
    return frame;
  }
  const table = readFrame(frame.value, (fields) => packetTable(fields, frame.value));
  return table.ok && table.value.length === 0
    ? failed({ kind: 'no-rows', what: 'packets', because: noticeOf(frame.value) })
    : table;
}

function packetTable(fields: FrameReader, frame: DataFrame): PacketTable {
  const n = fields.length;
  const tsNs = fields.texts('tsNs');
  const laneId = fields.texts('lane');
  const sender = fields.texts('sender');
  const numbers = {
    flags: fields.numbers('flags'),
    seq: fields.numbers('seq'),
    ack: fields.numbers('ack'),
    len: fields.numbers('len'),
    seqRel: fields.numbers('seqRel', NaN),
    ackRel: fields.numbers('ackRel', NaN),
    win: fields.numbers('win', 0),
    ana: fields.numbers('ana', 0),
  };
  const label = fields.texts('l7Label', '');
  const kind = fields.texts('l7Kind', '');
  const requestId = fields.texts('l7RequestId', '');

  const laneIds: string[] = [];
  const laneIndex = new Map<string, number>();
  const lane = new Uint16Array(n);
  const counts: number[] = [];
  for (let i = 0; i < n; i++) {
    const id = laneId(i);
    let index = laneIndex.get(id);
    if (index === undefined) {
      index = laneIds.push(id) - 1;
      laneIndex.set(id, index);
      counts.push(0);
    }
    lane[i] = index;
    counts[index]++;
  }
  const lanes = lanesOfFrame(frame.meta?.custom, laneIds, counts);
  const place = laneIds.map((id) => lanes.findIndex((l) => l.id === id));

  const baseNs = n === 0 ? BigInt(0) : decimalNs(tsNs(0));
  const tags: L7Tag[] = [];
  const table = {
    length: n,
    lanes,
    baseNs,
    tNs: new Float64Array(n),
    lane,
    fromFar: new Uint8Array(n),
    flags: new Uint8Array(n),
    seq: new Uint32Array(n),
    ack: new Uint32Array(n),
    seqRel: new Float64Array(n),
    ackRel: new Float64Array(n),
    len: new Uint32Array(n),
    win: new Uint32Array(n),
    ana: new Uint32Array(n),
    tag: new Int32Array(n).fill(NO_TAG),
    tags,
  };
  for (let i = 0; i < n; i++) {
    table.tNs[i] = Number(decimalNs(tsNs(i)) - baseNs);
    lane[i] = place[lane[i]];
    const who = sender(i);
    table.fromFar[i] = who === 'server' || who === 'remote' ? 1 : 0;
    table.flags[i] = numbers.flags(i);
    table.seq[i] = numbers.seq(i);
    table.ack[i] = numbers.ack(i);
    table.len[i] = numbers.len(i);
    table.win[i] = numbers.win(i);
    table.ana[i] = numbers.ana(i);
    const seqRel = numbers.seqRel(i);
    const ackRel = numbers.ackRel(i);
    table.seqRel[i] = Number.isNaN(seqRel) ? table.seq[i] : seqRel;
    table.ackRel[i] = Number.isNaN(ackRel) ? table.ack[i] : ackRel;
    const tagKind = kind(i);
    if (tagKind === 'request' || tagKind === 'response') {
      table.tag[i] = tags.push({ label: label(i), kind: tagKind, requestId: requestId(i) }) - 1;
    }
  }
  return table;
}

/** Text that is no decimal number counts as 0, so that one odd row does not hide the rest. */
function decimalNs(text: string): bigint {
  return /^\d{1,19}$/.test(text) ? BigInt(text) : BigInt(0);
}
