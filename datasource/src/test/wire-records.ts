/** What a collector would write of a scripted connection (wire-script.ts) at one NIC. */
import {
  allocatePacketColumns,
  encodePacketColumns,
  type EndReason,
  type L4Record,
  type L7Record,
  type Outcome,
  SENT_BY_DST,
  SENT_BY_SRC,
  toSeq,
} from '@bpfnet/flow-model';
import { type FlowRecords } from '../path/flow-records';
import { EPOCH_NS } from './traffic-script';

export interface WatchedNic {
  readonly host: string;
  readonly nic: string;
  readonly pod?: string;
  readonly direction: 'outgoing' | 'incoming';
  /** ms from the client to here, and from here to the client. */
  readonly thereMs: number;
  readonly backMs: number;
  readonly clockAheadMs?: number;
  readonly captureDrops?: number;
  readonly endReason?: EndReason;
}

export interface Sent {
  /** True time at the sender. */
  readonly atMs: number;
  readonly len: number;
  readonly flags: number;
  readonly win: number;
  readonly ana: number;
  readonly byServer: boolean;
  readonly seq: number;
  readonly ack: number;
  /** At the other side, true time; Infinity where it was lost. */
  readonly arrivesMs: number;
  /** By NIC: true time at which it passed, NaN where it did not or was missed. */
  readonly passedMs: readonly number[];
}

export interface Exchange {
  readonly requestId: string;
  readonly request: readonly Sent[];
  readonly response: readonly Sent[];
  readonly outcome?: Outcome;
  /** How long a NIC that saw no answer waited. */
  readonly waitedMs?: number;
  readonly l7?: Partial<L7Record>;
}

/** Soon beyond 2^32. */
export const CLIENT_ISN = 0xffff_ff00;
export const SERVER_ISN = 7000;

interface Happened {
  readonly sent: readonly Sent[];
  readonly exchanges: readonly Exchange[];
}

/** Of one NIC, by its place on the path. */
export function flowRecords(nic: WatchedNic, i: number, { sent, exchanges }: Happened): FlowRecords {
  const seen = sent
    .map((one) => ({ ...one, seenMs: one.passedMs[i] + (nic.clockAheadMs ?? 0) }))
    .filter(({ seenMs }) => !Number.isNaN(seenMs))
    .sort((a, b) => a.seenMs - b.seenMs);
  const clientIsSrc = nic.direction === 'outgoing';
  const flowId = `${String(i).padStart(4, '0')}${'0'.repeat(28)}`;
  const bySrc = (one: Sent): boolean => one.byServer !== clientIsSrc;
  const columns = allocatePacketColumns(seen.length);
  const firstNs = nsAt(seen[0].seenMs);
  seen.forEach((one, p) => {
    columns.dir[p] = bySrc(one) ? SENT_BY_SRC : SENT_BY_DST;
    columns.tNs[p] = Number(nsAt(one.seenMs) - firstNs);
    columns.flags[p] = one.flags;
    columns.seq[p] = one.seq;
    columns.ack[p] = one.ack;
    columns.len[p] = one.len;
    columns.win[p] = one.win;
    columns.ana[p] = one.ana;
  });
  const client = { ip: '10.2.0.5', port: 40_000 };
  const server = { ip: '10.2.1.7', port: 8080 };
  const [src, dst] = clientIsSrc ? [client, server] : [server, client];
  const connection = {
    v: 1,
    host: nic.host,
    nic_name: nic.nic,
    host_network: nic.pod === undefined,
    virtual_nic: nic.pod !== undefined,
    src_ip: src.ip,
    src_port: src.port,
    dst_ip: dst.ip,
    dst_port: dst.port,
    direction: nic.direction,
    client_ip: client.ip,
    client_port: client.port,
    server_ip: server.ip,
    server_port: server.port,
    l4_proto: 'tcp' as const,
    k8s_pod_name: nic.pod,
    capture_drops: nic.captureDrops,
    inner_traceid: flowId,
    nic_traceid: `${CLIENT_ISN}_${SERVER_ISN}`,
    community_id: '1:AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  };
  const count = (src: boolean): number => seen.filter((one) => bySrc(one) === src).length;
  const bytes = (src: boolean): number => seen.reduce((sum, one) => sum + (bySrc(one) === src ? one.len : 0), 0);
  const traffic = {
    tx_packets: count(true),
    rx_packets: count(false),
    tx_bytes: bytes(true),
    rx_bytes: bytes(false),
  };
  const chunk: L4Record = {
    ...connection,
    ...traffic,
    chunk_id: 1,
    duration_ms: seen[seen.length - 1].seenMs - seen[0].seenMs,
    conn_state: 'closed',
    end_reason: nic.endReason ?? 'closed',
  };
  const [txSeqPos, rxSeqPos] = clientIsSrc ? [CLIENT_ISN, SERVER_ISN] : [SERVER_ISN, CLIENT_ISN];
  const positions = { timePosNs: firstNs, txSeqPos: toSeq(txSeqPos), rxSeqPos: toSeq(rxSeqPos) };
  const packets = {
    v: 1,
    host: nic.host,
    nic_name: nic.nic,
    inner_traceid: flowId,
    chunk_id: 1,
    ...encodePacketColumns(columns, positions),
  };
  const spans = exchanges.flatMap(({ requestId, request, response, outcome, waitedMs = 1500, l7 }) => {
    const times = (messages: readonly Sent[]): readonly number[] =>
      messages.map(({ passedMs }) => passedMs[i] + (nic.clockAheadMs ?? 0)).filter((ms) => !Number.isNaN(ms));
    const asked = times(request);
    const answered = times(response);
    if (asked.length === 0) {
      return [];
    }
    const whole =
      answered.length > 0 &&
      new Set(response.map(({ seq }) => seq)).size ===
        new Set(response.filter(({ passedMs }) => !Number.isNaN(passedMs[i])).map(({ seq }) => seq)).size;
    const record: L7Record = {
      ...connection,
      ...traffic,
      l7_proto: 'http',
      request_id: requestId,
      req_seq: request[0].seq,
      resp_seq: answered.length === 0 ? undefined : response[0].seq,
      latency_ms: whole ? Math.max(...answered) - asked[0] : waitedMs,
      cost_req_sent: Math.max(...asked) - asked[0],
      pkt_chunk_range: [1, 1] as [number, number],
      outcome: whole ? (outcome ?? 'ok') : (outcome ?? 'unanswered'),
      l7_op: 'GET',
      l7_resource: '/api/orders',
      l7_status: whole ? '200' : undefined,
      ...l7,
    };
    return [{ record, tsNs: nsAt(asked[0]) }];
  });
  return { flowId, packets: [packets], chunks: [chunk], exchanges: spans };
}

function nsAt(ms: number): bigint {
  return EPOCH_NS + BigInt(Math.round(ms * 1e6));
}
