/** The NICs of a request's way as rows, and what lies outside of what was observed. */
import { type HopNodeRow, type L7Record } from '@bpfnet/flow-model';
import { endpointsOf } from '../../path/connection-addresses';
import { addressText, durationText } from '@bpfnet/flow-model/quantity-text';
import { type ChunkAtNic, isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';

export const OUTSIDE_CLIENT = 'outside:client';
export const OUTSIDE_SERVER = 'outside:server';

export function nodeOf({ record, tsNs }: ExchangeAtNic): Omit<HopNodeRow, 'order'> {
  const answered = isAnswered(record.outcome);
  const retransmissions = (record.tx_retrans ?? 0) + (record.rx_retrans ?? 0);
  const words = [
    answered ? (record.l7_status ?? 'answered') : record.outcome.replace('_', ' '),
    ...(retransmissions > 0 ? [`${retransmissions} retransmitted`] : []),
  ];
  return {
    ...placeOf(record),
    mainstat: answered ? durationText(record.latency_ms) : 'no answer',
    secondarystat: words.join(', '),
    latencyMs: answered ? record.latency_ms : null,
    outcome: record.outcome,
    retransmissions,
    requestTsNs: tsNs.toString(),
    requestId: record.request_id,
  };
}

/** A NIC that watched the connection and did not see the request. */
export function blindNodeOf({ record }: ChunkAtNic, requestId: string): Omit<HopNodeRow, 'order'> {
  return {
    ...placeOf(record),
    mainstat: 'not seen',
    secondarystat: 'request not seen here',
    latencyMs: null,
    outcome: '',
    retransmissions: 0,
    requestTsNs: '',
    requestId,
  };
}

type Place = Pick<
  HopNodeRow,
  | 'id'
  | 'title'
  | 'subtitle'
  | 'observed'
  | 'host'
  | 'nicName'
  | 'virtual'
  | 'podName'
  | 'k8sNamespace'
  | 'containerName'
  | 'direction'
  | 'clientAddress'
  | 'clientPort'
  | 'serverAddress'
  | 'serverPort'
  | 'l4Proto'
  | 'l7Proto'
  | 'tunnel'
  | 'vniId'
>;

function placeOf(record: ExchangeAtNic['record'] | ChunkAtNic['record']): Place {
  const { client, server } = endpointsOf(record);
  const podName = record.k8s_pod_name ?? '';
  return {
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

export function outsideNode(
  side: 'client' | 'server',
  seenBy: L7Record | ChunkAtNic['record']
): Omit<HopNodeRow, 'order'> {
  const { client, server } = endpointsOf(seenBy);
  const own = side === 'client' ? client : server;
  return {
    id: side === 'client' ? OUTSIDE_CLIENT : OUTSIDE_SERVER,
    title: addressText(own.ip, own.port),
    subtitle: `${side}, not observed`,
    mainstat: 'N/A',
    secondarystat: '',
    observed: false,
    host: '',
    nicName: '',
    virtual: null,
    podName: '',
    k8sNamespace: '',
    containerName: '',
    direction: 'unknown',
    clientAddress: side === 'client' ? client.ip : '',
    clientPort: side === 'client' ? client.port : 0,
    serverAddress: side === 'server' ? server.ip : '',
    serverPort: side === 'server' ? server.port : 0,
    l4Proto: '',
    l7Proto: '',
    tunnel: '',
    vniId: null,
    latencyMs: null,
    outcome: '',
    retransmissions: 0,
    requestTsNs: '',
    requestId: '',
  };
}
