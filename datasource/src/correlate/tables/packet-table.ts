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

interface PlacedLane extends DecodedFlow {
  readonly origin: SeqOrigin;
}

export function packetTable({ flows: input, requestId, story }: PacketTableInput): PacketTable {
  const notes: string[] = [];
  const opened = input.map((lane) => decodeFlow(lane, notes));
  const origins = seqOrigins(opened.map(originFacts));
  const lanes = opened.map((lane, i): PlacedLane => ({ ...lane, origin: origins[i] }));
  const baseNs = earliestNs(lanes);
  const ordered = orderFlows(lanes, requestId);
  const packets = ordered.flows.flatMap((lane) => packetsOf(lane, baseNs, story?.packetTransmissions.get(lane.flowId)));
  packets.sort((a, b) => a.tNs - b.tNs);

  const marks = new Map<Packet, Mark>();
  for (const lane of ordered.flows) {
    markRequests(lane, { packets: packets.filter((packet) => packet.flow === lane), baseNs, requestId, marks });
  }
  if (ordered.clocksTrusted) {
    notes.push("The order of some hosts' flows rests on the hosts' own clocks, which were not compared.");
  }
  const clocks = flowClocks(story?.nics ?? [], story?.clocks ?? []);
  const hosts = new Set(lanes.map((lane) => lane.host));
  if (hosts.size > 1 && [...hosts].some((host) => !clocks.has(host))) {
    notes.push(
      'Packets of hosts whose clocks could not be compared are placed by the clock of each: small differences between them mean nothing.'
    );
  }
  return {
    rows: packets.map((packet) => rowOf(packet, baseNs, marks.get(packet))),
    flows: ordered.flows.map((lane) => laneMeta(lane, clocks.get(lane.host))),
    notes,
  };
}

function originFacts(lane: DecodedFlow): OriginFacts {
  return {
    clientIsSrc: lane.clientIsSrc,
    nicTraceId: lane.facts?.nic_traceid,
    positions: lane.decoded.map(({ positions }) => positions),
  };
}

interface FollowedPacket extends Packet<PlacedLane> {
  readonly way: PacketTransmission;
}

/** @param ways of the lane's packets, in order */
function packetsOf(lane: PlacedLane, baseNs: bigint, ways: FlowTransmissions | undefined): readonly FollowedPacket[] {
  let place = 0;
  return lane.decoded.flatMap((chunk) => {
    const offset = Number(chunk.positions.timePosNs - baseNs);
    return Array.from(chunk.columns.tNs, (tNs, index): FollowedPacket => ({
      flow: lane,
      chunk,
      index,
      tNs: offset + tNs,
      way: ways?.of(place++) ?? NOT_FOLLOWED,
    }));
  });
}

function rowOf(
  { flow: lane, chunk, index, tNs, way }: FollowedPacket,
  baseNs: bigint,
  mark: Mark | undefined
): PacketRow {
  const { columns, record } = chunk;
  const bySrc = columns.dir[index] === SENT_BY_SRC;
  const tsNs = baseNs + BigInt(Math.round(tNs));
  const [own, other] = bySrc ? [lane.origin.src, lane.origin.dst] : [lane.origin.dst, lane.origin.src];
  const hasAck = (columns.flags[index] & TcpFlag.Ack) !== 0;
  return {
    time: Number(tsNs / BigInt(1000)) / 1000,
    tsNs: tsNs.toString(),
    flowId: lane.flowId,
    sender: senderOf(bySrc, lane.clientIsSrc),
    flags: columns.flags[index],
    seq: columns.seq[index],
    ack: columns.ack[index],
    seqRel: lane.l4Proto === 'udp' ? 0 : (columns.seq[index] - own) >>> 0,
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

function laneMeta(lane: DecodedFlow, clock: FlowClock | undefined): FlowMeta {
  const { facts } = lane;
  const known = lane.clientIsSrc !== undefined;
  const src = endpoint(facts, 'src');
  const dst = endpoint(facts, 'dst');
  const [near, far] = lane.clientIsSrc === false ? [dst, src] : [src, dst];
  const withPackets = new Set(lane.packets.map(({ chunk_id }) => chunk_id));
  const told = lane.chunks.filter(({ chunk_id }) => withPackets.has(chunk_id));
  const fetched = lane.packets.reduce((sum, { packets }) => sum + packets, 0);
  return {
    flowId: lane.flowId,
    host: lane.host,
    nicName: lane.nicName,
    podName: facts?.k8s_pod_name,
    direction: facts?.direction ?? 'unknown',
    l4Proto: lane.l4Proto,
    near,
    far,
    clientKnown: known,
    captureDrops: lane.chunks.reduce((sum, { capture_drops }) => sum + (capture_drops ?? 0), 0),
    ...(clock && { clock }),
    ...gapsOf(lane),
    packets: Math.max(
      fetched,
      told.reduce((sum, { tx_packets, rx_packets }) => sum + tx_packets + rx_packets, 0)
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
