/**
 * The packets of connections at their NICs, merged in time, with requests and responses marked on the packets that carry them.
 */
import {
  type Endpoint,
  type L4Record,
  type L7Record,
  type FlowClock,
  type FlowMeta,
  type PacketRow,
  type Sender,
  SENT_BY_SRC,
  TcpFlag,
} from '@bpfnet/flow-model';
import { type Mark, markRequests, type Packet } from '../../path/l7-marks';
import { type ConnectionStory } from '../connection-story';
import { flowClocks } from '../clocks/flow-clocks';
import { earliestNs, type DecodedFlow, type FlowRecords, decodeFlow } from '../../path/flow-records';
import { orderFlows } from '../../path/flow-order';
import { type FlowTransmissions, NOT_FOLLOWED, type PacketTransmission } from '../losses/packet-transmissions';
import { type OriginFacts, type SeqOrigin, seqOrigins } from '../../path/seq-origin';

export interface PacketTable {
  readonly rows: readonly PacketRow[];
  readonly flows: readonly FlowMeta[];
  readonly notes: readonly string[];
}

interface PacketTableInput {
  readonly flows: readonly FlowRecords[];
  /** The request that was asked for: where one packet carries several, this one names it. */
  readonly requestId?: string;
  /** What correlation says of the same flows; without it nothing says which packets of several NICs are the same. */
  readonly story?: Pick<ConnectionStory, 'nics' | 'clocks' | 'packetTransmissions'>;
}

interface PlacedFlow extends DecodedFlow {
  readonly origin: SeqOrigin;
}

export function packetTable({ flows: input, requestId, story }: PacketTableInput): PacketTable {
  const notes: string[] = [];
  const opened = input.map((flow) => decodeFlow(flow, notes));
  const origins = seqOrigins(opened.map(originFacts));
  const flows = opened.map((flow, i): PlacedFlow => ({ ...flow, origin: origins[i] }));
  const baseNs = earliestNs(flows);
  const ordered = orderFlows(flows, requestId);
  const packets = ordered.flows.flatMap((flow) => packetsOf(flow, baseNs, story?.packetTransmissions.get(flow.flowId)));
  packets.sort((a, b) => a.tNs - b.tNs);

  const marks = new Map<Packet, Mark>();
  for (const flow of ordered.flows) {
    markRequests(flow, { packets: packets.filter((packet) => packet.flow === flow), baseNs, requestId, marks });
  }
  if (ordered.clocksTrusted) {
    notes.push(
      "The order of some hosts' flows is based on the hosts' own clocks, which were not compared: it may be wrong."
    );
  }
  const clocks = flowClocks(story?.nics ?? [], story?.clocks ?? []);
  const hosts = new Set(flows.map((flow) => flow.host));
  if (hosts.size > 1 && [...hosts].some((host) => !clocks.has(host))) {
    notes.push(
      "Packets from hosts whose clocks could not be compared are placed by each host's own clock: small time differences between them are meaningless."
    );
  }
  return {
    rows: packets.map((packet) => rowOf(packet, baseNs, marks.get(packet))),
    flows: ordered.flows.map((flow) => flowMeta(flow, clocks.get(flow.host))),
    notes,
  };
}

function originFacts(flow: DecodedFlow): OriginFacts {
  return {
    clientIsSrc: flow.clientIsSrc,
    nicTraceId: flow.facts?.nic_traceid,
    positions: flow.decoded.map(({ positions }) => positions),
  };
}

interface FollowedPacket extends Packet<PlacedFlow> {
  readonly way: PacketTransmission;
}

/** @param ways of the flow's packets, in order */
function packetsOf(flow: PlacedFlow, baseNs: bigint, ways: FlowTransmissions | undefined): readonly FollowedPacket[] {
  let place = 0;
  return flow.decoded.flatMap((chunk) => {
    const offset = Number(chunk.positions.timePosNs - baseNs);
    return Array.from(chunk.columns.tNs, (tNs, index): FollowedPacket => ({
      flow,
      chunk,
      index,
      tNs: offset + tNs,
      way: ways?.of(place++) ?? NOT_FOLLOWED,
    }));
  });
}

function rowOf({ flow, chunk, index, tNs, way }: FollowedPacket, baseNs: bigint, mark: Mark | undefined): PacketRow {
  const { columns, record } = chunk;
  const bySrc = columns.dir[index] === SENT_BY_SRC;
  const tsNs = baseNs + BigInt(Math.round(tNs));
  const [own, other] = bySrc ? [flow.origin.src, flow.origin.dst] : [flow.origin.dst, flow.origin.src];
  const hasAck = (columns.flags[index] & TcpFlag.Ack) !== 0;
  return {
    time: Number(tsNs / BigInt(1000)) / 1000,
    tsNs: tsNs.toString(),
    flowId: flow.flowId,
    sender: senderOf(bySrc, flow.clientIsSrc),
    flags: columns.flags[index],
    seq: columns.seq[index],
    ack: columns.ack[index],
    seqRel: flow.l4Proto === 'udp' ? 0 : (columns.seq[index] - own) >>> 0,
    ackRel: hasAck ? (columns.ack[index] - other) >>> 0 : 0,
    len: columns.len[index],
    win: columns.win[index],
    ana: columns.ana[index],
    l7Label: mark?.l7Label ?? '',
    l7Kind: mark?.l7Kind ?? '',
    l7RequestId: mark?.l7RequestId ?? '',
    chunkId: record.chunk_id,
    ...way,
  };
}

function senderOf(bySrc: boolean, client: boolean | undefined): Sender {
  if (client === undefined) {
    return bySrc ? 'local' : 'remote';
  }
  return bySrc === client ? 'client' : 'server';
}

function flowMeta(flow: DecodedFlow, clock: FlowClock | undefined): FlowMeta {
  const { facts } = flow;
  const known = flow.clientIsSrc !== undefined;
  const src = endpoint(facts, 'src');
  const dst = endpoint(facts, 'dst');
  const [near, far] = flow.clientIsSrc === false ? [dst, src] : [src, dst];
  const withPackets = new Set(flow.packets.map(({ chunk_id }) => chunk_id));
  const chunksRead = flow.chunks.filter(({ chunk_id }) => withPackets.has(chunk_id));
  const fetched = flow.packets.reduce((sum, { packets }) => sum + packets, 0);
  return {
    flowId: flow.flowId,
    host: flow.host,
    nicName: flow.nicName,
    podName: facts?.k8s_pod_name,
    direction: facts?.direction ?? 'unknown',
    l4Proto: flow.l4Proto,
    near,
    far,
    clientKnown: known,
    captureDrops: flow.chunks.reduce((sum, { capture_drops }) => sum + (capture_drops ?? 0), 0),
    ...(clock && { clock }),
    ...gapsOf(flow),
    packets: Math.max(
      fetched,
      chunksRead.reduce((sum, { tx_packets, rx_packets }) => sum + tx_packets + rx_packets, 0)
    ),
  };
}

/** The kernel's drops are known by chunk: somewhere between its first packet and its last. */
function gapsOf({ chunks, decoded }: DecodedFlow) {
  const drops = new Map(chunks.map(({ chunk_id, capture_drops }) => [chunk_id, capture_drops ?? 0]));
  const captureGaps = decoded.flatMap(({ record, columns, positions }) => {
    const packets = drops.get(record.chunk_id) ?? 0;
    const lastNs = positions.timePosNs + BigInt(Math.round(columns.tNs[columns.length - 1] ?? 0));
    return packets === 0 ? [] : [{ fromNs: positions.timePosNs.toString(), toNs: lastNs.toString(), packets }];
  });
  return captureGaps.length === 0 ? {} : { captureGaps };
}

function endpoint(facts: L4Record | L7Record | undefined, side: 'src' | 'dst'): Endpoint {
  if (facts === undefined) {
    return { ip: '', port: 0 };
  }
  return side === 'src'
    ? {
        ip: facts.src_ip,
        port: facts.src_port,
        podName: facts.src_k8s_pod_name || (facts.host_network === false ? facts.k8s_pod_name : undefined),
        k8sNamespace: facts.src_k8s_namespace || (facts.host_network === false ? facts.k8s_namespace : undefined),
      }
    : {
        ip: facts.dst_ip,
        port: facts.dst_port,
        podName: facts.dst_k8s_pod_name || undefined,
        k8sNamespace: facts.dst_k8s_namespace || undefined,
      };
}
