/** The NICs of a request's path as rows, and the ends that no NIC saw. */
import { emptyRow } from '@bpfnet/flow-model/frame-columns';
import { HOP_NODE_COLUMNS, type HopNodeRow, OUTSIDE_CLIENT, OUTSIDE_SERVER } from '@bpfnet/flow-model/frames';
import { type L7Record } from '@bpfnet/flow-model/records';
import { endpointsOf } from '../../path/connection-addresses';
import { addressText, durationText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { type ChunkAtNic, isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';

const EMPTY: HopNodeRow = emptyRow(HOP_NODE_COLUMNS);

/** Its place on the path is not known here: `order` follows. */
export function nodeOf({ record, tsNs }: ExchangeAtNic): HopNodeRow {
  const answered = isAnswered(record.outcome);
  const retransmissions = (record.tx_retrans ?? 0) + (record.rx_retrans ?? 0);
  const words = [
    answered ? (record.l7_status ?? 'answered') : record.outcome.replace('_', ' '),
    ...(retransmissions > 0 ? [pluralText(retransmissions, 'retransmission')] : []),
  ];
  return {
    ...placeOf(record),
    mainstat: answered ? durationText(record.latency_ms) : 'no response',
    secondarystat: words.join(', '),
    latencyMs: answered ? record.latency_ms : null,
    outcome: record.outcome,
    retransmissions,
    requestTsNs: tsNs.toString(),
    requestId: record.request_id,
  };
}

/** A NIC that captured the connection and did not see the request. */
export function blindNodeOf({ record }: ChunkAtNic, requestId: string): HopNodeRow {
  return {
    ...placeOf(record),
    mainstat: 'not seen',
    secondarystat: 'request not seen here',
    requestId,
  };
}

function placeOf(record: ExchangeAtNic['record'] | ChunkAtNic['record']): HopNodeRow {
  const { client, server } = endpointsOf(record);
  const podName = record.k8s_pod_name ?? '';
  return {
    ...EMPTY,
    id: record.inner_traceid,
    title: podName === '' ? record.nic_name : `${podName} ${record.nic_name}`,
    subtitle: record.host,
    observed: true,
    host: record.host,
    nicName: record.nic_name,
    virtual: record.virtual_nic ?? null,
    podName,
    k8sNamespace: record.k8s_namespace ?? '',
    containerName: record.k8s_container_name ?? '',
    direction: record.direction,
    clientAddress: client.ip,
    clientPort: client.port,
    serverAddress: server.ip,
    serverPort: server.port,
    l4Proto: record.l4_proto,
    l7Proto: record.l7_proto ?? '',
    tunnel: record.tunnel ?? '',
    vniId: record.vni_id ?? null,
  };
}

export function outsideNode(side: 'client' | 'server', seenBy: L7Record | ChunkAtNic['record']): HopNodeRow {
  const { client, server } = endpointsOf(seenBy);
  const own = side === 'client' ? client : server;
  return {
    ...EMPTY,
    id: side === 'client' ? OUTSIDE_CLIENT : OUTSIDE_SERVER,
    title: addressText(own.ip, own.port),
    subtitle: `${side}, not observed`,
    mainstat: 'N/A',
    clientAddress: side === 'client' ? client.ip : '',
    clientPort: side === 'client' ? client.port : 0,
    serverAddress: side === 'server' ? server.ip : '',
    serverPort: side === 'server' ? server.port : 0,
  };
}
