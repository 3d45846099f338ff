/**
 * The daemon on one screen: source → decode → flow → messages → records → sink.
 *
 * Inside, time is nanoseconds since the first packet's second, as one double: exact for 104 days. A live source is aged by the wall
 * clock too, so that a flow that fell silent is written without another packet.
 */
import { randomFillSync, randomInt } from 'node:crypto';
import { DEFAULT_SHARD_COUNT } from '@bpfnet/flow-model/ids';
import {
  type NicOwner,
  PacketDirection,
  PacketMark,
  type PacketCursor,
  type PacketSource,
} from './capture/packet-source';
import { FlowTracker } from './flow/flow-tracker';
import { createRecogniser } from './l7/recogniser';
import { DATAGRAM_PROTOCOLS, PROTOCOLS } from './l7/registry';
import { type LogSink, type SinkReport } from './record/log-line';
import { RecordWriter } from './record/record-writer';
import { Decoded, STOP_REASONS, Stop } from './wire/decoded';
import { decode, decodeJoined } from './wire/decode';
import { Fragments } from './wire/fragments';

export interface PipelineOptions {
  readonly source: PacketSource;
  readonly sink: LogSink;
  readonly host: string;
  readonly owners?: ReadonlyMap<string, NicOwner>;
  readonly shardCount?: number;
  readonly maxFlows?: number;
  /** Ids in the paths of requests are written as `{id}`. */
  readonly foldPaths?: boolean;
  /** Added to every time, ns. */
  readonly timeShiftNs?: bigint;
  /** Live capture: never waits for the sink, and ages by the wall clock. */
  readonly live?: boolean;
}

export interface PipelineCounts {
  readonly packets: number;
  readonly bytes: number;
  readonly flows: number;
  readonly requests: number;
  readonly chunks: number;
  readonly openFlows: number;
  /** Drops: stage → reason → packets, flows or messages. */
  readonly drops: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface PipelineReport extends PipelineCounts {
  readonly sink: SinkReport;
  /** Why reading or writing ended early, if it did. What was read before is written. */
  readonly problem: unknown;
}

export const DEFAULT_MAX_FLOWS = 262_144;
/** Flows that are written at the end before the sink is asked for room. */
const FLOWS_AT_ONCE = 4096;
/** Packets that are decoded at once: the code of a stage stays in the processor's cache for all of them. */
const DECODED_AT_ONCE = 32;

/** A packet on its way from the wire to its flow. */
class DecodedPacket {
  readonly d = new Decoded();
  /** What the offsets in `d` count in. */
  bytes: Uint8Array = new Uint8Array(0);
  nicId = 0;
  direction: PacketDirection = PacketDirection.Unknown;
  marks = 0;
  nowNs = 0;
}

export class Pipeline {
  private readonly ahead = Array.from({ length: DECODED_AT_ONCE }, () => new DecodedPacket());
  private readonly fragments = new Fragments();
  private readonly stops = new Float64Array(STOP_REASONS.length);
  private readonly writer: RecordWriter;
  private readonly tracker: FlowTracker;
  private baseSec = NaN;

  constructor(private readonly options: PipelineOptions) {
    this.writer = new RecordWriter(
      {
        host: options.host,
        shardCount: options.shardCount ?? DEFAULT_SHARD_COUNT,
        nics: options.source.nics,
        owners: options.owners ?? new Map(),
        foldPaths: options.foldPaths,
        randomWord: randomWords(),
      },
      options.sink,
      options.timeShiftNs ?? 0n
    );
    this.tracker = new FlowTracker({
      maxFlows: options.maxFlows ?? DEFAULT_MAX_FLOWS,
      messages: createRecogniser(PROTOCOLS, DATAGRAM_PROTOCOLS, this.writer),
      events: this.writer,
      listeningPorts: options.source.listeningPorts,
      hashSeed: randomInt(0x7fffffff),
    });
  }

  /** Runs until the source ends. */
  async run(): Promise<PipelineReport> {
    const { source, sink, live } = this.options;
    let problem: unknown;
    try {
      for await (const batch of source.batches()) {
        this.tracker.kernelDrops = this.writer.kernelDrops = source.stats.kernelDrops;
        this.take(batch);
        if (live === true && !Number.isNaN(this.baseSec)) {
          this.tracker.age((Date.now() - this.baseSec * 1000) * 1e6);
        }
        this.writer.writeWaiting();
        if (live !== true) {
          await sink.ready();
        }
      }
    } catch (error) {
      problem = error;
    }
    this.fragments.end();
    while (this.tracker.endSome(FLOWS_AT_ONCE)) {
      if (live !== true) {
        await sink.ready().catch((error: unknown) => (problem ??= error));
      }
    }
    this.writer.writeWaiting();
    const report = await sink.close();
    return { ...this.counts(), sink: report, problem };
  }

  counts(): PipelineCounts {
    const { stats } = this.options.source;
    const flow = this.tracker.stats;
    return {
      packets: stats.packets,
      bytes: stats.bytes,
      flows: flow.flows,
      requests: this.writer.exchanges,
      chunks: this.writer.chunks,
      openFlows: this.tracker.openFlows,
      drops: withoutZeros({
        kernel: { 'ring full': stats.kernelDrops },
        decode: Object.fromEntries(STOP_REASONS.map((reason, i) => [reason, this.stops[i]])),
        fragments: { ...this.fragments.drops },
        flow: { 'table full': flow.evicted },
        messages: { 'response without request': this.writer.orphanResponses },
      }),
    };
  }

  private take(batch: PacketCursor): void {
    const { ahead, tracker } = this;
    for (let more = true; more;) {
      let count = 0;
      while (count < ahead.length && (more = batch.next())) {
        if (this.decoded(ahead[count], batch)) {
          count++;
        }
      }
      for (let i = 0; i < count; i++) {
        const { d, bytes, nicId, direction, marks, nowNs } = ahead[i];
        tracker.packet(d, bytes, nicId, direction, marks, nowNs);
      }
    }
  }

  /** Decodes the packet that the cursor stands on. False where it goes no further. */
  private decoded(packet: DecodedPacket, at: PacketCursor): boolean {
    const { d } = packet;
    const tci = (at.marks & PacketMark.VlanStripped) !== 0 ? at.vlanTci : -1;
    const { nicId } = at;
    decode(d, at.buffer, at.offset, at.capturedLength, at.wireLength, this.options.source.nics[nicId].linkType, tci);
    if (this.baseSec !== this.baseSec) {
      this.baseSec = this.writer.baseSeconds = at.tsSec;
    }
    const nowNs = (at.tsSec - this.baseSec) * 1e9 + at.tsNsec;
    const bytes = d.stop === Stop.Transport ? at.buffer : this.joined(d, at.buffer, nicId, nowNs);
    if (bytes === undefined) {
      return false;
    }
    packet.bytes = bytes;
    packet.nicId = nicId;
    packet.direction = at.direction;
    packet.marks = at.marks;
    packet.nowNs = nowNs;
    return true;
  }

  /** The datagram that a fragment makes whole (and that may be another's fragment in turn); undefined where there is none. */
  private joined(d: Decoded, bytes: Uint8Array, nicId: number, nowNs: number): Uint8Array | undefined {
    const { fragments } = this;
    let whole: Uint8Array | undefined = bytes;
    while (whole !== undefined && d.stop === Stop.Fragment) {
      whole = fragments.join(d, whole, nicId, nowNs);
      if (whole !== undefined) {
        decodeJoined(d, whole, fragments);
      }
    }
    if (whole === undefined || d.stop === Stop.Transport) {
      return whole;
    }
    this.stops[d.stop]++;
    return undefined;
  }
}

/** 32 random bits, made in bulk: one call to the system for many. */
function randomWords(): () => number {
  const words = new Int32Array(1024);
  let at = words.length;
  return () => {
    if (at === words.length) {
      randomFillSync(words);
      at = 0;
    }
    return words[at++];
  };
}

function withoutZeros(drops: Record<string, Record<string, number>>): PipelineCounts['drops'] {
  const kept: Record<string, Record<string, number>> = {};
  for (const [stage, reasons] of Object.entries(drops)) {
    const some = Object.entries(reasons).filter(([, count]) => count > 0);
    if (some.length > 0) {
      kept[stage] = Object.fromEntries(some);
    }
  }
  return kept;
}
