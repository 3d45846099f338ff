/** `bpfnet-packets` frames as typed arrays: a million packets are 60 MB and no objects. */
import { type DataFrame } from '@grafana/data';
import { FrameKind, PACKET_COLUMNS, type PacketsPart } from '@bpfnet/flow-model/frames';
import { failed, type Result } from '../../../shared/data-problem';
import { findFrames, type FrameReader, isRecord, noticeOf, readFrame } from '../../../shared/frame-fields';
import { type ExactTime, sinceNs, toExactTime } from './exact-time';
import { type Lane, lanesOfFrames } from './lane';
import { type PacketWays, WaysOfFrames } from './packet-ways';

export interface L7Tag {
  /** `GET /api/orders`, `200` */
  readonly label: string;
  readonly kind: 'request' | 'response';
  readonly requestId: string;
}

export const NO_TAG = -1;

/** Columns of equal length; entry i of each is packet i, in the order of the frames. */
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
  /** Chunk of the records that the packet stood in; counts up within a lane. */
  readonly chunk: Uint32Array;
  /** Index into `tags` or `NO_TAG`. */
  readonly tag: Int32Array;
  readonly tags: readonly L7Tag[];
  /** That these are the packets of a request's chunks, of a connection that has more or may have; undefined where they are all. */
  readonly part: Exclude<PacketsPart['connection'], 'whole'> | undefined;
  /** Which packets of several NICs are the same. */
  readonly ways: PacketWays;
}

type PacketFields = FrameReader<typeof PACKET_COLUMNS>;

/** Frames that a datasource hands out once more, as it does while it loads, are not read again. */
const tables = new WeakMap<DataFrame, Result<PacketTable>>();

/** Several frames, as several queries give, become one table. */
export function readPackets(series: readonly DataFrame[]): Result<PacketTable> {
  const frames = findFrames(series, FrameKind.Packets, PACKET_COLUMNS);
  if (!frames.ok) {
    return frames;
  }
  const [first, ...others] = frames.value;
  const known = others.length === 0 ? tables.get(first) : undefined;
  const table = known ?? readTable(frames.value);
  if (others.length === 0) {
    tables.set(first, table);
  }
  return table;
}

const NOT_YET =
  'While a connection is open, its packets are written every 30 s: try again then, or widen the time range.';

function readTable(frames: readonly DataFrame[]): Result<PacketTable> {
  const length = frames.reduce((sum, frame) => sum + frame.length, 0);
  if (length === 0) {
    return failed({ kind: 'no-rows', what: 'packets', because: frames.map(noticeOf).find((text) => text) ?? NOT_YET });
  }
  const columns = allocate(length);
  const lanes = new LaneNames();
  const tags: L7Tag[] = [];
  const ways = new WaysOfFrames(length);
  let base: ExactTime | undefined;
  let offset = 0;
  for (const frame of frames) {
    const read = readFrame(frame, PACKET_COLUMNS, (fields) => {
      readNumbers(fields, columns, offset);
      base = readTimes(fields, columns.tNs, { offset, base });
      readNames(fields, columns, { offset, lanes });
      readTags(fields, columns.tag, { offset, tags });
      ways.read(fields, offset);
      return true;
    });
    if (!read.ok) {
      return read;
    }
    offset += frame.length;
  }
  const described = lanesOfFrames(
    frames.map((frame) => frame.meta?.custom),
    lanes.ids,
    lanes.counts
  );
  const place = lanes.ids.map((id) => described.findIndex((lane) => lane.id === id));
  for (let i = 0; i < length; i++) {
    columns.lane[i] = place[columns.lane[i]];
  }
  const part = partOf(frames.map((frame) => frame.meta?.custom));
  const value = {
    length,
    part,
    lanes: described,
    baseNs: toBigInt(base),
    ...columns,
    tags,
    ways: ways.ways(described),
  };
  return { ok: true, value };
}

/** Of several frames the least that is certain. */
function partOf(customs: readonly unknown[]): PacketTable['part'] {
  const said = customs.flatMap((custom) => (isRecord(custom) && isRecord(custom.part) ? [custom.part.connection] : []));
  return (['has-more', 'unknown'] as const).find((one) => said.includes(one));
}

type Columns = Omit<PacketTable, 'length' | 'part' | 'lanes' | 'baseNs' | 'tags' | 'ways'>;

function allocate(length: number): Columns {
  return {
    tNs: new Float64Array(length),
    lane: new Uint16Array(length),
    fromFar: new Uint8Array(length),
    flags: new Uint8Array(length),
    seq: new Uint32Array(length),
    ack: new Uint32Array(length),
    seqRel: new Float64Array(length),
    ackRel: new Float64Array(length),
    len: new Uint32Array(length),
    win: new Uint32Array(length),
    ana: new Uint32Array(length),
    chunk: new Uint32Array(length),
    tag: new Int32Array(length).fill(NO_TAG),
  };
}

function readNumbers(fields: PacketFields, columns: Columns, offset: number): void {
  for (const name of ['flags', 'seq', 'ack', 'len', 'win', 'ana'] as const) {
    fields.copyNumbers(name, columns[name], offset);
  }
  fields.copyNumbers('chunkId', columns.chunk, offset);
  for (const [relative, absolute] of [
    ['seqRel', 'seq'],
    ['ackRel', 'ack'],
  ] as const) {
    fields.copyNumbers(relative, columns[relative], offset, NaN);
    for (let i = offset; i < offset + fields.length; i++) {
      if (Number.isNaN(columns[relative][i])) {
        columns[relative][i] = columns[absolute][i];
      }
    }
  }
}

interface TimesInto {
  readonly offset: number;
  readonly base: ExactTime | undefined;
}

/** Returns the base: the time of the very first packet. */
function readTimes(fields: PacketFields, tNs: Float64Array, { offset, base }: TimesInto): ExactTime | undefined {
  const text = fields.column('tsNs');
  let from = base;
  for (let i = 0; i < fields.length; i++) {
    const time = toExactTime(text(i));
    from ??= time;
    tNs[offset + i] = sinceNs(time, from);
  }
  return from;
}

function readNames(
  fields: PacketFields,
  columns: Columns,
  { offset, lanes }: { readonly offset: number; readonly lanes: LaneNames }
): void {
  const laneId = fields.column('flowId');
  const sender = fields.column('sender');
  for (let i = 0; i < fields.length; i++) {
    columns.lane[offset + i] = lanes.count(laneId(i));
    const who = sender(i);
    columns.fromFar[offset + i] = who === 'server' || who === 'remote' ? 1 : 0;
  }
}

function readTags(
  fields: PacketFields,
  tag: Int32Array,
  { offset, tags }: { readonly offset: number; readonly tags: L7Tag[] }
): void {
  const label = fields.column('l7Label');
  const kind = fields.column('l7Kind');
  const requestId = fields.column('l7RequestId');
  for (let i = 0; i < fields.length; i++) {
    const tagKind = kind(i);
    if (tagKind !== '') {
      tag[offset + i] = tags.push({ label: label(i), kind: tagKind, requestId: requestId(i) }) - 1;
    }
  }
}

/** Ids of lanes in the order in which packets name them, and how many packets each has. */
class LaneNames {
  readonly ids: string[] = [];
  readonly counts: number[] = [];
  private readonly places = new Map<string, number>();

  count(id: string): number {
    let place = this.places.get(id);
    if (place === undefined) {
      place = this.ids.push(id) - 1;
      this.counts.push(0);
      this.places.set(id, place);
    }
    this.counts[place]++;
    return place;
  }
}

const toBigInt = (time: ExactTime | undefined): bigint =>
  time ? BigInt(time.seconds) * BigInt(1_000_000_000) + BigInt(time.nanos) : BigInt(0);
