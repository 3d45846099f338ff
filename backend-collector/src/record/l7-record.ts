/** An exchange of a flow as the line of its record: the span. */
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Flow } from '../flow/flow';
import { type Exchange } from '../l7/exchange';
import { IpProtocol } from '../wire/decoded';
import { beginLine, type RecordContext } from './connection-fields';
import { type LineText } from './line-text';

export function writeL7(line: LineText, context: RecordContext, flow: Flow, x: Exchange): void {
  const clientIsSrc = flow.clientSide === flow.ownSide;
  const client = flow.halves[flow.clientSide === 1 ? 1 : 0];
  const server = flow.halves[flow.clientSide === 1 ? 0 : 1];
  const isStream = flow.protocol === IpProtocol.Tcp;
  const requestSeq = isStream ? toSeq(x.requestSeq) : undefined;
  const responseSeq = isStream && x.answered ? toSeq(x.responseSeq) : undefined;
  const clientPackets = client.totalPackets - x.clientPacketsBefore;
  const serverPackets = server.totalPackets - x.serverPacketsBefore;
  const clientRetrans = client.totalRetrans - x.clientRetransBefore;
  const serverRetrans = server.totalRetrans - x.serverRetransBefore;
  const t = beginLine(context, flow, line)
    .plain('request_id', x.requestId)
    // The contract's l7TraceId.
    .joined('l7_traceid', requestSeq, responseSeq ?? 0)
    .plain('trace_id', x.traceId)
    .plain('parent_id', x.parentId)
    .plain('trace_source', x.traceSource)
    .number('req_seq', requestSeq)
    .number('resp_seq', responseSeq)
    .number('tx_seq', clientIsSrc ? requestSeq : responseSeq)
    .number('rx_seq', clientIsSrc ? responseSeq : requestSeq)
    .ms('latency_ms', Math.max(x.responseLastNs, x.requestLastNs) - x.requestFirstNs)
    .ms('cost_req_sent', x.requestLastNs - x.requestFirstNs);
  if (x.answered) {
    t.ms('cost_resp_wait', Math.max(0, x.responseFirstNs - x.requestLastNs)).ms(
      'cost_cnt_dl',
      x.responseLastNs - x.responseFirstNs
    );
  }
  t.number('tx_packets', clientIsSrc ? clientPackets : serverPackets)
    .number('rx_packets', clientIsSrc ? serverPackets : clientPackets)
    .number('tx_bytes', clientIsSrc ? x.requestBytes : x.responseBytes)
    .number('rx_bytes', clientIsSrc ? x.responseBytes : x.requestBytes)
    .ifAny('tx_retrans', clientIsSrc ? clientRetrans : serverRetrans)
    .ifAny('rx_retrans', clientIsSrc ? serverRetrans : clientRetrans)
    .ifAny('capture_drops', x.captureDrops)
    .pair('pkt_chunk_range', x.firstChunk, flow.chunkId)
    .plain('outcome', x.outcome)
    .text('l7_op', x.op)
    .text('l7_resource', x.resource === '' ? undefined : x.resource)
    .text('l7_status', x.status === '' ? undefined : x.status);
  for (const name in x.fields) {
    const value = x.fields[name as keyof typeof x.fields];
    if (typeof value !== 'number') {
      t.text(name, value);
    } else if (Number.isInteger(value)) {
      t.number(name, value);
    } else {
      t.ms(name, value * 1e6);
    }
  }
  t.end();
}
