/** What the flow tracker reports, as log lines into a sink. Counts what it writes; knows how the pipeline's clock maps to the epoch. */
import { encodeLine } from '@bpfnet/flow-model/line-codec';
import { type PacketColumns } from '@bpfnet/flow-model/packet-columns';
import { type FlowEvents } from '../flow/flow-tracker';
import { type Flow } from '../flow/flow';
import { type SpanEvents } from '../l7/conversation';
import { type Exchange } from '../l7/exchange';
import { identify, type RecordContext } from './connection-fields';
import { l4Line, l4PacketsRecord } from './l4-record';
import { l7Line } from './l7-record';
import { type LogSink } from './log-line';

export class RecordWriter implements FlowEvents, SpanEvents {
  /** Spans written, and responses whose request the capture did not see. */
  spans = 0;
  orphanResponses = 0;
  chunks = 0;
  /** Set by the pipeline. */
  kernelDrops = 0;

  constructor(
    private readonly context: RecordContext,
    private readonly sink: LogSink,
    /** Nanoseconds of the pipeline's clock to nanoseconds since the epoch. */
    private readonly epochNs: (ns: number) => bigint
  ) {}

  chunk(flow: Flow, packets: PacketColumns): void {
    identify(this.context, flow);
    const tsNs = this.epochNs(flow.chunkFirstNs);
    const { flowShard } = flow;
    this.chunks++;
    this.sink.write({
      source: 'bpf_net_l4_log',
      flowShard,
      tsNs,
      line: l4Line(this.context, flow, this.kernelDrops),
    });
    this.sink.write({
      source: 'bpf_net_l4_packets',
      flowShard,
      tsNs,
      line: encodeLine(l4PacketsRecord(this.context, flow, packets, tsNs)),
    });
  }

  span(flow: Flow, exchange: Exchange): void {
    identify(this.context, flow);
    this.spans++;
    this.sink.write({
      source: 'bpf_net_l7_log',
      flowShard: flow.flowShard,
      tsNs: this.epochNs(exchange.requestFirstNs),
      line: l7Line(this.context, flow, exchange),
    });
  }

  orphanResponse(): void {
    this.orphanResponses++;
  }
}
