/** The fields that L4 and L7 records share: which NIC, which connection, whose. Made once per record; the ids once per flow. */
import { communityId, nicTraceId, shardOfClientIsn, shardOfCommunityId } from '@bpfnet/flow-model/ids';
import { SCHEMA_VERSION, type L4Record } from '@bpfnet/flow-model/records';
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Nic, type NicOwner } from '../capture/packet-source';
import { type Flow, type Side } from '../flow/flow';
import { type Half } from '../flow/half';
import { settleSides } from '../flow/roles';
import { IpProtocol, Tunnel } from '../wire/decoded';
import { addressBytes, ipv4Text, ipv6Text } from './ip-text';

/** What records hold beside what the packets say. The functions are the platform's; the records' own code stays pure. */
export interface RecordContext {
  readonly host: string;
  readonly shardCount: number;
  readonly nics: readonly Nic[];
  /** Owner of a network namespace by its name, for NICs whose source does not know it. */
  readonly owners: ReadonlyMap<string, NicOwner>;
  /** 32 random hex digits. */
  readonly randomId: () => string;
  /** SHA-1 in base64 with padding. */
  readonly sha1Base64: (input: Uint8Array) => string;
}

export type ConnectionFields = Pick<
  L4Record,
  | 'v'
  | 'host'
  | 'nic_name'
  | 'nic_mac'
  | 'nic_index'
  | 'netns'
  | 'virtual_nic'
  | 'host_network'
  | 'src_ip'
  | 'src_port'
  | 'dst_ip'
  | 'dst_port'
  | 'direction'
  | 'client_ip'
  | 'client_port'
  | 'server_ip'
  | 'server_port'
  | 'l4_proto'
  | 'l7_proto'
  | 'vlan_id'
  | 'vni_id'
  | 'tunnel'
  | 'k8s_namespace'
  | 'k8s_pod_name'
  | 'k8s_container_name'
  | 'container_id'
  | 'inner_traceid'
  | 'nic_traceid'
  | 'community_id'
>;

/** Settles what a flow's records have in common. To be called before any of them is made. */
export function identify(context: RecordContext, flow: Flow): void {
  settleSides(flow);
  if (flow.communityId !== undefined) {
    return;
  }
  flow.innerTraceId = context.randomId();
  flow.communityId = communityId(
    {
      srcAddress: addressBytes(flow.addresses, 0, flow.ipVersion),
      dstAddress: addressBytes(flow.addresses, 4, flow.ipVersion),
      srcPort: flow.port0,
      dstPort: flow.port1,
      protocol: flow.protocol,
    },
    context.sha1Base64
  );
  const client = clientHalf(flow);
  flow.flowShard =
    client !== undefined && client.isnKnown
      ? shardOfClientIsn(toSeq(client.isn), context.shardCount)
      : shardOfCommunityId(flow.communityId, context.shardCount);
}

export function connectionFields(context: RecordContext, flow: Flow): ConnectionFields {
  const own = flow.ownSide === 1 ? 1 : 0;
  const other = (1 - own) as Side;
  const nic = context.nics[flow.nicId];
  const owner = nic.owner ?? (nic.netns === undefined ? undefined : context.owners.get(nic.netns));
  const srcIp = addressText(flow, own);
  const dstIp = addressText(flow, other);
  const srcPort = portOf(flow, own);
  const dstPort = portOf(flow, other);
  const ownIsClient = flow.clientSide === own;
  const known = flow.clientSide >= 0;
  return {
    v: SCHEMA_VERSION,
    host: context.host,
    nic_name: nic.name,
    nic_mac: nic.mac,
    nic_index: nic.ifIndex,
    netns: nic.netns,
    virtual_nic: nic.virtual,
    host_network: nic.hostNetwork,
    src_ip: srcIp,
    src_port: srcPort,
    dst_ip: dstIp,
    dst_port: dstPort,
    direction: known && flow.directionKnown ? (ownIsClient ? 'outgoing' : 'incoming') : 'unknown',
    client_ip: known ? (ownIsClient ? srcIp : dstIp) : undefined,
    client_port: known ? (ownIsClient ? srcPort : dstPort) : undefined,
    server_ip: known ? (ownIsClient ? dstIp : srcIp) : undefined,
    server_port: known ? (ownIsClient ? dstPort : srcPort) : undefined,
    l4_proto: flow.protocol === IpProtocol.Tcp ? 'tcp' : 'udp',
    l7_proto: flow.l7Proto,
    vlan_id: vlanText(flow),
    vni_id: flow.tunnel === Tunnel.None ? undefined : flow.vni,
    tunnel: flow.tunnel === Tunnel.Vxlan ? 'vxlan' : undefined,
    k8s_namespace: owner?.k8sNamespace,
    k8s_pod_name: owner?.podName,
    k8s_container_name: owner?.containerName,
    container_id: owner?.containerId,
    inner_traceid: flow.innerTraceId ?? '',
    nic_traceid: nicTraceIdOf(flow),
    community_id: flow.communityId ?? '',
  };
}

function clientHalf(flow: Flow): Half | undefined {
  return flow.clientSide === -1 ? undefined : flow.halves[flow.clientSide];
}

function nicTraceIdOf(flow: Flow): string | undefined {
  const client = clientHalf(flow);
  if (client === undefined || !client.isnKnown) {
    return undefined;
  }
  const server = client === flow.halves[0] ? flow.halves[1] : flow.halves[0];
  return nicTraceId(toSeq(client.isn), server.isnKnown ? toSeq(server.isn) : undefined);
}

function addressText(flow: Flow, side: Side): string {
  return flow.ipVersion === 4 ? ipv4Text(flow.addresses[4 * side]) : ipv6Text(flow.addresses, 4 * side);
}

function portOf(flow: Flow, side: Side): number {
  return side === 0 ? flow.port0 : flow.port1;
}

function vlanText(flow: Flow): string | undefined {
  if (flow.vlanCount === 0) {
    return undefined;
  }
  return flow.vlanCount === 1 ? String(flow.vlanKey) : `${flow.vlanKey >> 12}.${flow.vlanKey & 0xfff}`;
}
