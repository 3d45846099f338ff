/** What the flow tracker reports, as log lines into a sink. Counts what it writes; knows how the pipeline's clock maps to the epoch. */
import { type RecordSource } from '@bpfnet/flow-model/labels';
import { type PacketColumns } from '@bpfnet/flow-model/packet-columns';
import { type FlowEvents } from '../flow/flow-tracker';
import { type Flow } from '../flow/flow';
import { type SpanEvents } from '../l7/conversation';
import { type Exchange } from '../l7/exchange';
import { foldPathOf } from '../l7/fold-path';
import { identify, type RecordContext } from './connection-fields';
import { EpochTime } from './epoch-time';
import { writeL4, writeL4Packets } from './l4-record';
import { writeL7 } from './l7-record';
import { LineText } from './line-text';
import { type LineBytes, type LogSink } from './log-line';

export class RecordWriter implements FlowEvents, SpanEvents {
  /** Spans written, and responses whose request the capture did not see. */
  spans = 0;
  orphanResponses = 0;
  chunks = 0;
  /** Set by the pipeline. */
  kernelDrops = 0;

  /** The second that the pipeline's clock counts from, since the epoch. Set by the pipeline. */
  baseSeconds = 0;

  private readonly line = new LineText();
  private readonly time = new EpochTime();
  /** The record of `line` and `time`, for sinks that take bytes; used again for every record. */
  private readonly bytes: { -readonly [K in keyof LineBytes]: LineBytes[K] };
  private readonly shiftSeconds: number;
  private readonly shiftNs: number;

  /** @param timeShiftNs added to every time */
  constructor(
    private readonly context: RecordContext,
    private readonly sink: LogSink,
    timeShiftNs: bigint
  ) {
    this.shiftSeconds = Number(timeShiftNs / 1_000_000_000n);
    this.shiftNs = Number(timeShiftNs % 1_000_000_000n);
    this.bytes = { source: 'bpf_net_l4_log', flowShard: 0, time: this.time, bytes: this.line.bytes, length: 0 };
  }

  chunk(flow: Flow, packets: PacketColumns): void {
    const { context, line, time } = this;
    identify(context, flow);
    this.chunks++;
    this.setTime(flow.chunkFirstNs);
    writeL4(line, context, flow, this.kernelDrops);
    this.pass('bpf_net_l4_log', flow);
    if (flow.rowCount > 0) {
      writeL4Packets(line, context, flow, { rows: packets, first: time });
      this.pass('bpf_net_l4_packets', flow);
    }
  }

  span(flow: Flow, exchange: Exchange): void {
    identify(this.context, flow);
    this.spans++;
    if (this.context.foldPaths === true) {
      foldPathOf(exchange);
    }
    exchange.captureDrops = this.kernelDrops - exchange.kernelDropsBefore;
    this.setTime(exchange.requestFirstNs);
    writeL7(this.line, this.context, flow, exchange);
    this.pass('bpf_net_l7_log', flow);
  }

  private setTime(ns: number): void {
    this.time.set(this.baseSeconds + this.shiftSeconds, ns + this.shiftNs);
  }

  private pass(source: RecordSource, flow: Flow): void {
    const { sink, line, bytes } = this;
    if (sink.writeBytes === undefined) {
      sink.write({ source, flowShard: flow.flowShard, tsNs: this.time.toBigInt(), line: line.toString() });
      return;
    }
    bytes.source = source;
    bytes.flowShard = flow.flowShard;
    bytes.length = line.length;
    sink.writeBytes(bytes);
  }

  connectionId(flow: Flow): string {
    identify(this.context, flow);
    return flow.innerTraceId ?? '';
  }

  orphanResponse(): void {
    this.orphanResponses++;
  }
}
