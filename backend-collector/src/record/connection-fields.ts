/** The fields that L4 and L7 records share: which NIC, which connection, whose. Made once per record; the ids once per flow. */
import { communityId, nicTraceId, shardOfClientIsn, shardOfCommunityId } from '@bpfnet/flow-model/ids';
import { SCHEMA_VERSION, type Tunnel } from '@bpfnet/flow-model/records';
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Nic, type NicOwner } from '../capture/packet-source';
import { type Flow, type Side } from '../flow/flow';
import { type Half } from '../flow/half';
import { settleSides } from '../flow/roles';
import { IpProtocol } from '../wire/decoded';
import { addressBytes, ipv4Text, ipv6Text } from './ip-text';
import { LineText } from './line-text';

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

/**
 * The text of these fields, made once per flow and again only when the flow learnt something (its client, its protocol, a
 * sequence number).
 */
export function connectionText(context: RecordContext, flow: Flow): string {
  const known =
    (flow.clientSide + 1) |
    (flow.directionKnown ? 4 : 0) |
    (flow.halves[0].isnKnown ? 8 : 0) |
    (flow.halves[1].isnKnown ? 16 : 0);
  if (flow.head === undefined || flow.headKnown !== known || flow.headProto !== flow.l7Proto) {
    flow.head = makeText(context, flow);
    flow.headKnown = known;
    flow.headProto = flow.l7Proto;
  }
  return flow.head;
}

/** By `Tunnel`. */
const TUNNEL_NAMES: ReadonlyArray<Tunnel | undefined> = [undefined, 'vxlan', 'geneve', 'gre', 'ipip'];

const head = new LineText();

function makeText(context: RecordContext, flow: Flow): string {
  const own = flow.ownSide === 1 ? 1 : 0;
  const other = (1 - own) as Side;
  const nic = context.nics[flow.nicId];
  const owner = nic.owner ?? (nic.netns === undefined ? undefined : context.owners.get(nic.netns));
  const srcIp = addressText(flow, own);
  const dstIp = addressText(flow, other);
  const srcPort = portOf(flow, own);
  const dstPort = portOf(flow, other);
  const isClient = flow.clientSide === own;
  const t = head
    .begin('')
    .number('v', SCHEMA_VERSION)
    .text('host', context.host)
    .text('nic_name', nic.name)
    .text('nic_mac', nic.mac)
    .number('nic_index', nic.ifIndex)
    .text('netns', nic.netns)
    .flag('virtual_nic', nic.virtual)
    .flag('host_network', nic.hostNetwork)
    .plain('src_ip', srcIp)
    .number('src_port', srcPort)
    .plain('dst_ip', dstIp)
    .number('dst_port', dstPort)
    .plain('direction', flow.clientSide >= 0 && flow.directionKnown ? (isClient ? 'outgoing' : 'incoming') : 'unknown');
  if (flow.clientSide >= 0) {
    t.plain('client_ip', isClient ? srcIp : dstIp)
      .number('client_port', isClient ? srcPort : dstPort)
      .plain('server_ip', isClient ? dstIp : srcIp)
      .number('server_port', isClient ? dstPort : srcPort);
  }
  return t
    .plain('l4_proto', flow.protocol === IpProtocol.Tcp ? 'tcp' : 'udp')
    .plain('l7_proto', flow.l7Proto)
    .plain('vlan_id', vlanText(flow))
    .number('vni_id', flow.vni < 0 ? undefined : flow.vni)
    .plain('tunnel', TUNNEL_NAMES[flow.tunnel])
    .text('k8s_namespace', owner?.k8sNamespace)
    .text('k8s_pod_name', owner?.podName)
    .text('k8s_container_name', owner?.containerName)
    .text('container_id', owner?.containerId)
    .plain('inner_traceid', flow.innerTraceId)
    .plain('nic_traceid', nicTraceIdOf(flow))
    .plain('community_id', flow.communityId)
    .fields();
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
