/** Of the flows that a look-up found, those of one connection: that of the request, else the one with the most. */
import { type FlowRecords } from './flow-records';

/** Records of a request are of its connection whatever NAT made of the addresses; its other NICs are found by the first SYN. */
export function flowsOfOneConnection(
  flows: readonly FlowRecords[],
  requestId: string | undefined
): readonly FlowRecords[] {
  const withRequest = flows.filter(({ exchanges: spans }) =>
    spans.some(({ record }) => record.request_id === requestId)
  );
  const keys = new Set(withRequest.length > 0 ? withRequest.map(connectionKey) : [commonest(flows.map(connectionKey))]);
  return flows.filter((flowId) => withRequest.includes(flowId) || keys.has(connectionKey(flowId)));
}

/** The client's initial number, equal at every NIC; without a handshake the five-tuple. */
function connectionKey({ chunks, exchanges: spans, flowId }: FlowRecords): string {
  const records = [...chunks, ...spans.map(({ record }) => record)];
  const handshake = records.find(({ nic_traceid }) => nic_traceid !== undefined)?.nic_traceid;
  return handshake?.split('_')[0] ?? records[0]?.community_id ?? flowId;
}

function commonest(keys: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  keys.forEach((key) => counts.set(key, (counts.get(key) ?? 0) + 1));
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
