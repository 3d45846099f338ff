/** An exchange of a flow as the line of its record. */
import { type L7Record } from '@bpfnet/flow-model/records';
import { type Flow } from '../flow/flow';
import { type Exchange } from '../l7/exchange';
import { IpProtocol } from '../wire/decoded';
import { type ConnectionField, connectionFields, type RecordContext } from './connection-fields';
import { constantField, fieldNames, type LineText, type NamesOf } from './line-text';
import { type MessageField, messageFields } from './message-fields';

const N = fieldNames(
  'request_id',
  'l7_traceid',
  'trace_id',
  'parent_id',
  'trace_source',
  'req_seq',
  'resp_seq',
  'tx_seq',
  'rx_seq',
  'latency_ms',
  'cost_req_sent',
  'cost_resp_wait',
  'cost_cnt_dl',
  'tx_packets',
  'rx_packets',
  'tx_bytes',
  'rx_bytes',
  'tx_retrans',
  'rx_retrans',
  'capture_drops',
  'pkt_chunk_range',
  'outcome'
) satisfies NamesOf<L7Record, ConnectionField | MessageField>;

const OK = constantField('outcome', 'ok');

export function writeL7(line: LineText, context: RecordContext, flow: Flow, x: Exchange): void {
  const clientIsSrc = x.clientSide === flow.ownSide;
  const isStream = flow.protocol === IpProtocol.Tcp;
  const hasResponseSeq = isStream && x.answered;
  const t = connectionFields(context, flow, x.l7Proto, line).hex64(N.request_id, x.requestIdHigh, x.requestIdLow);
  if (isStream) {
    // The contract's l7TraceId.
    t.joined(N.l7_traceid, x.requestSeq, hasResponseSeq ? x.responseSeq : 0);
  }
  t.plain(N.trace_id, x.traceId).plain(N.parent_id, x.parentId).plain(N.trace_source, x.traceSource);
  if (isStream) {
    writeSeqs(t, x, clientIsSrc);
  }
  t.ms(N.latency_ms, Math.max(x.responseLastNs, x.requestLastNs) - x.requestFirstNs).ms(
    N.cost_req_sent,
    x.requestLastNs - x.requestFirstNs
  );
  if (x.answered) {
    t.ms(N.cost_resp_wait, Math.max(0, x.responseFirstNs - x.requestLastNs)).ms(
      N.cost_cnt_dl,
      x.responseLastNs - x.responseFirstNs
    );
  }
  t.uint32(N.tx_packets, clientIsSrc ? x.clientPackets : x.serverPackets)
    .uint32(N.rx_packets, clientIsSrc ? x.serverPackets : x.clientPackets)
    .number(N.tx_bytes, clientIsSrc ? x.requestBytes : x.responseBytes)
    .number(N.rx_bytes, clientIsSrc ? x.responseBytes : x.requestBytes)
    .ifAny(N.tx_retrans, clientIsSrc ? x.clientRetrans : x.serverRetrans)
    .ifAny(N.rx_retrans, clientIsSrc ? x.serverRetrans : x.clientRetrans)
    .ifAny(N.capture_drops, x.captureDrops)
    .pair(N.pkt_chunk_range, x.firstChunk, x.lastChunk);
  if (x.outcome === 'ok') {
    t.constant(OK);
  } else {
    t.plain(N.outcome, x.outcome);
  }
  messageFields(t, x);
}

function writeSeqs(t: LineText, x: Exchange, clientIsSrc: boolean): void {
  const requestAt = t.end + N.req_seq.length;
  t.uint32(N.req_seq, x.requestSeq);
  const requestLength = t.end - requestAt;
  if (!x.answered) {
    t.again(clientIsSrc ? N.tx_seq : N.rx_seq, requestAt, requestLength);
    return;
  }
  const responseAt = t.end + N.resp_seq.length;
  t.uint32(N.resp_seq, x.responseSeq);
  const responseLength = t.end - responseAt;
  if (clientIsSrc) {
    t.again(N.tx_seq, requestAt, requestLength).again(N.rx_seq, responseAt, responseLength);
  } else {
    t.again(N.tx_seq, responseAt, responseLength).again(N.rx_seq, requestAt, requestLength);
  }
}
