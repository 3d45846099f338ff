/** The fields that L4 and L7 records share: which NIC, which connection, whose. Made once per record; the ids once per flow. */
import { hex32 } from '@bpfnet/flow-model/hash';
import { shardOfClientIsn, shardOfCommunityId } from '@bpfnet/flow-model/ids';
import { SCHEMA_VERSION } from '@bpfnet/flow-model/records';
import { type Tunnel } from '@bpfnet/flow-model/words';
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Nic, type NicOwner } from '../capture/packet-source';
import { type Flow, type Side } from '../flow/flow';
import { type FlowDirection } from '../flow/flow-direction';
import { settleSides } from '../flow/roles';
import { IpProtocol } from '../wire/decoded';
import { WORD } from './ascii-piece';
import { communityDigest, communityIdOf } from './community-id';
import { ipv6Text } from './ip-text';
import { constantField, type FieldIn, type FieldName, fieldNames, LineText, openedField } from './line-text';

const N = fieldNames(
  'v',
  'host',
  'nic_name',
  'nic_mac',
  'nic_index',
  'netns',
  'virtual_nic',
  'host_network',
  'src_port',
  'dst_port',
  'client_port',
  'server_port',
  'l7_proto',
  'vlan_id',
  'vni_id',
  'tunnel',
  'k8s_namespace',
  'k8s_pod_name',
  'k8s_container_name',
  'container_id',
  'inner_traceid',
  'nic_traceid',
  'src_ip',
  'dst_ip',
  'client_ip',
  'server_ip'
);
const OUTGOING = constantField('direction', 'outgoing');
const INCOMING = constantField('direction', 'incoming');
const UNKNOWN_DIRECTION = constantField('direction', 'unknown');
const TCP = constantField('l4_proto', 'tcp');
const UDP = constantField('l4_proto', 'udp');
/** Community IDs of version 1. */
const COMMUNITY_ID = openedField('community_id', '1:');

/** The fields that are written here. */
export type ConnectionField = keyof typeof N | FieldIn<typeof OUTGOING | typeof TCP | typeof COMMUNITY_ID>;

/** What records hold beside what the packets say. The functions are the platform's; the records' own code stays pure. */
export interface RecordContext {
  readonly host: string;
  readonly shardCount: number;
  readonly nics: readonly Nic[];
  /** Owner of a network namespace by its name, for NICs whose source does not know it. */
  readonly owners: ReadonlyMap<string, NicOwner>;
  /** Ids in the paths of requests are written as `{id}`. */
  readonly foldPaths?: boolean;
  /** 32 random bits. */
  readonly randomWord: () => number;
}

/** Settles what a flow's records have in common. To be called before any of them is made. */
export function identify(context: RecordContext, flow: Flow): void {
  settleSides(flow);
  if (flow.identified) {
    return;
  }
  flow.identified = true;
  flow.traceId0 = context.randomWord();
  flow.traceId1 = context.randomWord();
  flow.traceId2 = context.randomWord();
  flow.traceId3 = context.randomWord();
  const client = clientDirection(flow);
  flow.flowShard =
    client !== undefined && client.isnKnown
      ? shardOfClientIsn(toSeq(client.isn), context.shardCount)
      : shardOfCommunityId(communityIdOf(flow), context.shardCount);
}

/** A flow's `inner_traceid`. */
export function innerTraceIdOf(flow: Flow): string {
  return [flow.traceId0, flow.traceId1, flow.traceId2, flow.traceId3].map(hex32).join('');
}

/** Writes a flow's `inner_traceid`. */
export function innerTraceId(line: LineText, flow: Flow): LineText {
  return line.hex128(N.inner_traceid, flow.traceId0, flow.traceId1, flow.traceId2, flow.traceId3);
}

/**
 * Begins a record with these fields. They are cached for the flow's next record: most requests of a busy connection
 * find them there, and a flow that is silent costs no memory for them.
 */
export function connectionFields(
  context: RecordContext,
  flow: Flow,
  l7Proto: string | undefined,
  line: LineText
): LineText {
  const known =
    (flow.clientSide + 1) |
    (flow.directionKnown ? 4 : 0) |
    (flow.directions[0].isnKnown ? 8 : 0) |
    (flow.directions[1].isnKnown ? 16 : 0);
  const head = heads[flow.index & (HEADS - 1)];
  const place = (flow.index & (HEADS - 1)) * HEAD_WORDS;
  if (head.flowNumber === flow.number && head.known === known && head.l7Proto === l7Proto && head.context === context) {
    return line.cached(headWords, place, head.length);
  }
  writeFields(context, flow, l7Proto, line);
  if (line.length <= HEAD_WORDS * WORD) {
    head.context = context;
    head.flowNumber = flow.number;
    head.known = known;
    head.l7Proto = l7Proto;
    head.length = line.length;
    line.cacheInto(headWords, place);
  }
  return line;
}

/** A power of two. */
const HEADS = 4096;
const HEAD_WORDS = 96;

/** The fields that a flow's last record began with: `length` bytes, and what was known when they were written. */
class Head {
  length = 0;
  context: RecordContext | undefined;
  flowNumber = -1;
  known = 0;
  l7Proto: string | undefined;
}

const heads: readonly Head[] = Array.from({ length: HEADS }, () => new Head());
const headWords = new Float64Array(HEADS * HEAD_WORDS);

/** More than the names of a host and a NIC take. */
const NIC_BYTES = 16 * 1024;

/** By `Tunnel`. */
const TUNNEL_NAMES: ReadonlyArray<Tunnel | undefined> = [undefined, 'vxlan', 'geneve', 'gre', 'ipip'];

interface CachedText {
  readonly words: Float64Array;
  readonly length: number;
}

/** The fields that are the same for all flows of a NIC, by NIC. */
const nicTexts = new WeakMap<Nic, CachedText>();

function nicText(context: RecordContext, nic: Nic): CachedText {
  let cached = nicTexts.get(nic);
  if (cached === undefined) {
    const text = new LineText(NIC_BYTES)
      .begin()
      .number(N.v, SCHEMA_VERSION)
      .text(N.host, context.host)
      .text(N.nic_name, nic.name)
      .text(N.nic_mac, nic.mac)
      .number(N.nic_index, nic.ifIndex)
      .text(N.netns, nic.netns)
      .flag(N.virtual_nic, nic.virtual)
      .flag(N.host_network, nic.hostNetwork);
    const words = new Float64Array(Math.ceil(text.length / WORD));
    text.cacheInto(words, 0);
    cached = { words, length: text.length };
    nicTexts.set(nic, cached);
  }
  return cached;
}

function writeFields(context: RecordContext, flow: Flow, l7Proto: string | undefined, t: LineText): void {
  const own = flow.ownSide === 1 ? 1 : 0;
  const other = (1 - own) as Side;
  const nic = context.nics[flow.nicId];
  const owner = nic.owner ?? (nic.netns === undefined ? undefined : context.owners.get(nic.netns));
  const isClient = flow.clientSide === own;
  const common = nicText(context, nic);
  t.cached(common.words, 0, common.length);
  address(t, N.src_ip, flow, own).uint32(N.src_port, portOf(flow, own));
  address(t, N.dst_ip, flow, other).uint32(N.dst_port, portOf(flow, other));
  t.constant(flow.clientSide < 0 || !flow.directionKnown ? UNKNOWN_DIRECTION : isClient ? OUTGOING : INCOMING);
  if (flow.clientSide >= 0) {
    const client = isClient ? own : other;
    const server = (1 - client) as Side;
    address(t, N.client_ip, flow, client).uint32(N.client_port, portOf(flow, client));
    address(t, N.server_ip, flow, server).uint32(N.server_port, portOf(flow, server));
  }
  t.constant(flow.protocol === IpProtocol.Tcp ? TCP : UDP)
    .plain(N.l7_proto, l7Proto)
    .plain(N.vlan_id, vlanText(flow))
    .number(N.vni_id, flow.vni < 0 ? undefined : flow.vni)
    .plain(N.tunnel, TUNNEL_NAMES[flow.tunnel])
    .text(N.k8s_namespace, owner?.k8sNamespace)
    .text(N.k8s_pod_name, owner?.podName)
    .text(N.k8s_container_name, owner?.containerName)
    .text(N.container_id, owner?.containerId);
  innerTraceId(t, flow);
  const client = clientDirection(flow);
  if (client !== undefined && client.isnKnown) {
    // The contract's nicTraceId.
    const server = client === flow.directions[0] ? flow.directions[1] : flow.directions[0];
    t.joined(N.nic_traceid, client.isn, server.isnKnown ? server.isn : 0);
  }
  t.base64(COMMUNITY_ID, communityDigest(flow), 20);
}

function address(t: LineText, name: FieldName, flow: Flow, side: Side): LineText {
  return flow.ipVersion === 4
    ? t.ipv4(name, flow.addresses[4 * side])
    : t.plain(name, ipv6Text(flow.addresses, 4 * side));
}

function clientDirection(flow: Flow): FlowDirection | undefined {
  return flow.clientSide === -1 ? undefined : flow.directions[flow.clientSide];
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
