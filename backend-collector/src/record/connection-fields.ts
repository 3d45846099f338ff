/** The fields that L4 and L7 records share: which NIC, which connection, whose. Made once per record; the ids once per flow. */
import { shardOfClientIsn, shardOfCommunityId } from '@bpfnet/flow-model/ids';
import { SCHEMA_VERSION, type Tunnel } from '@bpfnet/flow-model/records';
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Nic, type NicOwner } from '../capture/packet-source';
import { type Flow, type Side } from '../flow/flow';
import { type Half } from '../flow/half';
import { settleSides } from '../flow/roles';
import { IpProtocol } from '../wire/decoded';
import { communityIdOf } from './community-id';
import { ipv6Text } from './ip-text';
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
}

/** Settles what a flow's records have in common. To be called before any of them is made. */
export function identify(context: RecordContext, flow: Flow): void {
  settleSides(flow);
  if (flow.communityId !== undefined) {
    return;
  }
  flow.innerTraceId = context.randomId();
  flow.communityId = communityIdOf(flow);
  const client = clientHalf(flow);
  flow.flowShard =
    client !== undefined && client.isnKnown
      ? shardOfClientIsn(toSeq(client.isn), context.shardCount)
      : shardOfCommunityId(flow.communityId, context.shardCount);
}

/**
 * Begins a line with these fields. They are kept for the flow's next record, in a small cache: most requests of a busy connection
 * find them there, and a flow that is silent costs no memory for them.
 */
export function beginLine(context: RecordContext, flow: Flow, line: LineText): LineText {
  const known =
    (flow.clientSide + 1) |
    (flow.directionKnown ? 4 : 0) |
    (flow.halves[0].isnKnown ? 8 : 0) |
    (flow.halves[1].isnKnown ? 16 : 0);
  const kept = heads[flow.index % HEADS];
  if (
    kept.traceId !== flow.innerTraceId ||
    kept.known !== known ||
    kept.l7Proto !== flow.l7Proto ||
    kept.context !== context
  ) {
    writeFields(context, flow, kept.text.begin());
    kept.context = context;
    kept.traceId = flow.innerTraceId;
    kept.known = known;
    kept.l7Proto = flow.l7Proto;
  }
  return line.begin().fieldsOf(kept.text.bytes, 1, kept.text.length);
}

const HEADS = 256;
const HEAD_BYTES = 16 * 1024;

/** The fields that a flow's last record began with, and what was known when they were written. */
class Head {
  readonly text = new LineText(HEAD_BYTES);
  context: RecordContext | undefined;
  traceId: string | undefined;
  known = 0;
  l7Proto: string | undefined;
}

const heads: readonly Head[] = Array.from({ length: HEADS }, () => new Head());

/** By `Tunnel`. */
const TUNNEL_NAMES: ReadonlyArray<Tunnel | undefined> = [undefined, 'vxlan', 'geneve', 'gre', 'ipip'];

/** The fields that are the same for all flows of a NIC, by NIC. */
const nicTexts = new WeakMap<Nic, LineText>();

function nicText(context: RecordContext, nic: Nic): LineText {
  let text = nicTexts.get(nic);
  if (text === undefined) {
    text = new LineText(HEAD_BYTES)
      .begin()
      .number('v', SCHEMA_VERSION)
      .text('host', context.host)
      .text('nic_name', nic.name)
      .text('nic_mac', nic.mac)
      .number('nic_index', nic.ifIndex)
      .text('netns', nic.netns)
      .flag('virtual_nic', nic.virtual)
      .flag('host_network', nic.hostNetwork);
    nicTexts.set(nic, text);
  }
  return text;
}

function writeFields(context: RecordContext, flow: Flow, t: LineText): void {
  const own = flow.ownSide === 1 ? 1 : 0;
  const other = (1 - own) as Side;
  const nic = context.nics[flow.nicId];
  const owner = nic.owner ?? (nic.netns === undefined ? undefined : context.owners.get(nic.netns));
  const isClient = flow.clientSide === own;
  const common = nicText(context, nic);
  t.fieldsOf(common.bytes, 1, common.length);
  address(t, 'src_ip', flow, own).number('src_port', portOf(flow, own));
  address(t, 'dst_ip', flow, other).number('dst_port', portOf(flow, other));
  t.plain('direction', flow.clientSide >= 0 && flow.directionKnown ? (isClient ? 'outgoing' : 'incoming') : 'unknown');
  if (flow.clientSide >= 0) {
    const client = isClient ? own : other;
    const server = (1 - client) as Side;
    address(t, 'client_ip', flow, client).number('client_port', portOf(flow, client));
    address(t, 'server_ip', flow, server).number('server_port', portOf(flow, server));
  }
  t.plain('l4_proto', flow.protocol === IpProtocol.Tcp ? 'tcp' : 'udp')
    .plain('l7_proto', flow.l7Proto)
    .plain('vlan_id', vlanText(flow))
    .number('vni_id', flow.vni < 0 ? undefined : flow.vni)
    .plain('tunnel', TUNNEL_NAMES[flow.tunnel])
    .text('k8s_namespace', owner?.k8sNamespace)
    .text('k8s_pod_name', owner?.podName)
    .text('k8s_container_name', owner?.containerName)
    .text('container_id', owner?.containerId)
    .plain('inner_traceid', flow.innerTraceId);
  const client = clientHalf(flow);
  if (client !== undefined && client.isnKnown) {
    // The contract's nicTraceId.
    const server = client === flow.halves[0] ? flow.halves[1] : flow.halves[0];
    t.joined('nic_traceid', toSeq(client.isn), server.isnKnown ? toSeq(server.isn) : 0);
  }
  t.plain('community_id', flow.communityId);
}

function address(t: LineText, name: string, flow: Flow, side: Side): LineText {
  return flow.ipVersion === 4
    ? t.ipv4(name, flow.addresses[4 * side])
    : t.plain(name, ipv6Text(flow.addresses, 4 * side));
}

function clientHalf(flow: Flow): Half | undefined {
  return flow.clientSide === -1 ? undefined : flow.halves[flow.clientSide];
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
