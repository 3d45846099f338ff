/** What the flow tracker reports, as log lines into a sink. Counts what it writes; knows how the pipeline's clock maps to the epoch. */
import { type RecordSource } from '@bpfnet/flow-model/labels';
import { type PacketColumns } from '@bpfnet/flow-model/packet-columns';
import { type FlowEvents } from '../flow/flow-tracker';
import { type Flow } from '../flow/flow';
import { type Exchange, type ExchangeEvents } from '../l7/exchange';
import { foldPathOf } from './fold-path';
import { identify, innerTraceIdOf, type RecordContext } from './connection-fields';
import { EpochTime } from './epoch-time';
import { writeL4, writeL4Packets } from './l4-record';
import { writeL7 } from './l7-record';
import { LineText } from './line-text';
import { type LogSink } from './log-line';
import { WaitingExchanges } from './waiting-exchanges';

export class RecordWriter implements FlowEvents, ExchangeEvents {
  /** Exchanges written, and responses whose request the capture did not see. */
  exchanges = 0;
  orphanResponses = 0;
  chunks = 0;
  /** Set by the pipeline. */
  kernelDrops = 0;

  /** The second that the pipeline's clock counts from, since the epoch. Set by the pipeline. */
  baseSeconds = 0;

  /** For sinks that take lines; others have their own memory. */
  private readonly text = new LineText();
  private readonly time = new EpochTime();
  private readonly waiting = new WaitingExchanges();
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
  }

  chunk(flow: Flow, packets: PacketColumns): void {
    this.writeWaitingOf(flow);
    const { context, time } = this;
    identify(context, flow);
    this.chunks++;
    this.setTime(flow.chunkFirstNs);
    const counters = this.begin('bpf_net_l4_log');
    writeL4(counters, context, flow, this.kernelDrops);
    this.end('bpf_net_l4_log', flow, counters);
    if (flow.rowCount > 0) {
      const rows = this.begin('bpf_net_l4_packets');
      writeL4Packets(rows, context, flow, { rows: packets, first: time });
      this.end('bpf_net_l4_packets', flow, rows);
    }
  }

  exchangeEnded(flow: Flow, exchange: Exchange): void {
    this.exchanges++;
    identify(this.context, flow);
    this.writeWaiting();
    this.writeExchange(flow, exchange);
  }

  exchangeEndedPooled(flow: Flow, exchange: Exchange): void {
    this.exchanges++;
    identify(this.context, flow);
    if (this.waiting.add(flow, exchange)) {
      this.writeWaiting();
    }
  }

  /** Writes the exchanges that wait, in their order and before other records of their flows. To be called whenever the packets at hand are done. */
  writeWaiting(): void {
    const { waiting } = this;
    for (let i = 0; i < waiting.count; i++) {
      this.writeExchange(waiting.flows[i], waiting.exchanges[i]);
    }
    waiting.clear();
  }

  leaving(flow: Flow): void {
    this.writeWaitingOf(flow);
  }

  private writeWaitingOf(flow: Flow): void {
    if (flow.exchangesWait) {
      this.writeWaiting();
    }
  }

  private writeExchange(flow: Flow, exchange: Exchange): void {
    if (this.context.foldPaths === true) {
      foldPathOf(exchange);
    }
    this.setTime(exchange.requestFirstNs);
    const line = this.begin('bpf_net_l7_log');
    writeL7(line, this.context, flow, exchange);
    this.end('bpf_net_l7_log', flow, line);
  }

  private setTime(ns: number): void {
    this.time.set(this.baseSeconds + this.shiftSeconds, ns + this.shiftNs);
  }

  private begin(source: RecordSource): LineText {
    const { inPlace } = this.sink;
    return inPlace === undefined ? this.text.begin() : inPlace.begin(source, this.time);
  }

  private end(source: RecordSource, flow: Flow, line: LineText): void {
    line.close();
    const { sink } = this;
    if (sink.inPlace === undefined) {
      sink.write({ source, flowShard: flow.flowShard, tsNs: this.time.toBigInt(), line: line.toString() });
    } else {
      sink.inPlace.end();
    }
  }

  connectionId(flow: Flow): string {
    identify(this.context, flow);
    return innerTraceIdOf(flow);
  }

  orphanResponse(): void {
    this.orphanResponses++;
  }
}
