/**
 * Records as a collector would write them, from a script that says what happened on the wire and who saw it.
 */
import {
  allocatePacketColumns,
  Analysis,
  encodePacketColumns,
  type L4PacketsRecord,
  type L4Record,
  type L7Record,
  type RecordSource,
  segmentSpan,
  SENT_BY_DST,
  SENT_BY_SRC,
  seqAdd,
  shardOfClientIsn,
  streamLabels,
  TcpFlag,
  toSeq,
} from '@bpfnet/flow-model';
import { type LogEntry } from '../loki/loki-client';

/** 2026-01-01T00:00:00Z. */
export const EPOCH_NS = BigInt(1_767_225_600_000) * BigInt(1_000_000);

export const SHARD_COUNT = 16;

/** A NIC that watches the connection. */
export interface Watcher {
  readonly host: string;
  readonly nic: string;
  /** ms that a packet of the client has been under way when it passes here. */
  readonly thereMs: number;
  /** ms from here back to the client. */
  readonly backMs: number;
  readonly direction: 'outgoing' | 'incoming';
  readonly hostNetwork?: boolean;
  readonly virtualNic?: boolean;
  readonly pod?: string;
  /** What the host's clock is ahead of the true time. */
  readonly clockAheadMs?: number;
  /** Addresses as they are here. */
  readonly client?: string;
  readonly server?: string;
  readonly vni?: number;
  readonly captureDrops?: number;
  /** It sees the handshake but not the request, or not the response. */
  readonly misses?: 'request' | 'response';
}

export interface Exchange {
  readonly requestId: string;
  /** ms after the epoch at which the client sends. */
  readonly atMs: number;
  /** ms that the server takes; undefined: no answer. */
  readonly serverMs?: number;
  readonly clientIsn?: number;
  readonly serverIsn?: number;
  readonly resource?: string;
  readonly status?: string;
  /** The client sends the request a second time after this, ms. */
  readonly resendAfterMs?: number;
}

export interface Traffic {
  readonly l7: ReadonlyArray<Seen<L7Record>>;
  readonly l4: ReadonlyArray<Seen<L4Record>>;
  readonly packets: ReadonlyArray<Seen<L4PacketsRecord>>;
}

interface Seen<R> {
  readonly source: RecordSource;
  readonly record: R;
  readonly tsNs: bigint;
}

const REQUEST_BYTES = 120;
const RESPONSE_BYTES = 400;
const WAIT_MS = 30_000;

/** One request over a fresh connection, as every watcher sees it. The path from the last watcher to the server takes no time. */
export function traffic(exchange: Exchange, watchers: readonly Watcher[]): Traffic {
  const seen = watchers.map((watcher, i) => observe(exchange, watcher, i, watchers[watchers.length - 1]));
  return {
    l7: seen.flatMap(({ l7 }) => l7),
    l4: seen.flatMap(({ l4 }) => l4),
    packets: seen.flatMap(({ packets }) => packets),
  };
}

interface Sent {
  readonly byClient: boolean;
  readonly atMs: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly len: number;
  readonly ana?: number;
}

function observe(exchange: Exchange, watcher: Watcher, index: number, end: Watcher): Traffic {
  const {
    requestId,
    atMs,
    serverMs,
    clientIsn = 1000,
    serverIsn = 9000,
    resource = '/api/orders',
    status = '200',
  } = exchange;
  const clock = watcher.clockAheadMs ?? 0;
  const forwardMs = end.thereMs;
  const backwardMs = end.backMs;
  const answered = serverMs !== undefined;
  const requestSeq = seqAdd(toSeq(clientIsn), 1);
  const responseSeq = seqAdd(toSeq(serverIsn), 1);

  // True times at which packets pass the client.
  const wire: Sent[] = [
    { byClient: true, atMs: atMs - 3, flags: TcpFlag.Syn, seq: clientIsn, ack: 0, len: 0 },
    {
      byClient: false,
      atMs: atMs - 3 + forwardMs + backwardMs,
      flags: TcpFlag.Syn | TcpFlag.Ack,
      seq: serverIsn,
      ack: requestSeq,
      len: 0,
    },
    { byClient: true, atMs: atMs - 0.1, flags: TcpFlag.Ack, seq: requestSeq, ack: responseSeq, len: 0 },
  ];
  if (watcher.misses !== 'request') {
    const request = { byClient: true, flags: TcpFlag.Psh | TcpFlag.Ack, seq: requestSeq, ack: responseSeq };
    wire.push({ ...request, atMs, len: REQUEST_BYTES });
    if (exchange.resendAfterMs !== undefined) {
      wire.push({
        ...request,
        atMs: atMs + exchange.resendAfterMs,
        len: REQUEST_BYTES,
        ana: Analysis.Retransmission,
      });
    }
  }
  const seesAnswer = answered && watcher.misses === undefined;
  if (seesAnswer) {
    wire.push({
      byClient: false,
      atMs: atMs + forwardMs + (serverMs ?? 0) + backwardMs,
      flags: TcpFlag.Psh | TcpFlag.Ack,
      seq: responseSeq,
      ack: seqAdd(requestSeq, REQUEST_BYTES),
      len: RESPONSE_BYTES,
    });
  }
  const passes = wire
    .map((packet) => ({
      ...packet,
      atMs: packet.atMs + clock + (packet.byClient ? watcher.thereMs : -watcher.backMs),
    }))
    .sort((a, b) => a.atMs - b.atMs);

  const clientIsSrc = watcher.direction === 'outgoing';
  const client = address(watcher.client ?? '10.1.0.5:40000');
  const server = address(watcher.server ?? '10.2.1.7:8080');
  const [src, dst] = clientIsSrc ? [client, server] : [server, client];
  const inner = `${requestId.slice(-8)}${String(index).padStart(24, '0')}`;
  const connection = {
    v: 1,
    host: watcher.host,
    nic_name: watcher.nic,
    virtual_nic: watcher.virtualNic ?? true,
    host_network: watcher.hostNetwork ?? true,
    src_ip: src.ip,
    src_port: src.port,
    dst_ip: dst.ip,
    dst_port: dst.port,
    direction: watcher.direction,
    client_ip: client.ip,
    client_port: client.port,
    server_ip: server.ip,
    server_port: server.port,
    l4_proto: 'tcp' as const,
    l7_proto: 'http',
    k8s_pod_name: watcher.pod,
    vni_id: watcher.vni,
    tunnel: watcher.vni === undefined ? undefined : ('vxlan' as const),
    capture_drops: watcher.captureDrops,
    inner_traceid: inner,
    nic_traceid: `${clientIsn}_${serverIsn}`,
    community_id: '1:AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  };
  const count = (bySrc: boolean) => passes.filter(({ byClient }) => (byClient === clientIsSrc) === bySrc);
  const bytes = (bySrc: boolean) => count(bySrc).reduce((sum, { len }) => sum + len, 0);
  const retrans = (bySrc: boolean) => count(bySrc).filter(({ ana }) => ana !== undefined).length;
  /** In order of sequence numbers, as this script sends them. */
  const rangeOf = (bySrc: boolean) => {
    const sent = count(bySrc).map(({ seq, flags, len }) => [toSeq(seq), seqAdd(toSeq(seq), segmentSpan(flags, len))]);
    return [sent[0]?.[0], sent[sent.length - 1]?.[1]];
  };
  const [txSeqMin, txSeqMax] = rangeOf(true);
  const [rxSeqMin, rxSeqMax] = rangeOf(false);
  const traffic = {
    tx_packets: count(true).length,
    rx_packets: count(false).length,
    tx_bytes: bytes(true),
    rx_bytes: bytes(false),
    tx_retrans: retrans(true),
    rx_retrans: retrans(false),
  };
  const firstNs = nsAt(passes[0].atMs);

  const l4: L4Record = {
    ...connection,
    ...traffic,
    chunk_id: 1,
    duration_ms: passes[passes.length - 1].atMs - passes[0].atMs,
    tx_seq_min: txSeqMin,
    tx_seq_max: txSeqMax,
    rx_seq_min: rxSeqMin,
    rx_seq_max: rxSeqMax,
    conn_state: 'closed',
    end_reason: answered ? 'closed' : 'timed_out',
  };
  const l7: L7Record = {
    ...connection,
    ...traffic,
    request_id: requestId,
    l7_traceid: `${requestSeq}_${seesAnswer ? responseSeq : 0}`,
    req_seq: requestSeq,
    resp_seq: seesAnswer ? responseSeq : undefined,
    latency_ms: seesAnswer ? forwardMs - watcher.thereMs + (serverMs ?? 0) + (backwardMs - watcher.backMs) : WAIT_MS,
    pkt_chunk_range: [1, 1],
    outcome: seesAnswer ? (Number(status) >= 500 ? 'server_error' : 'ok') : 'unanswered',
    l7_op: 'GET',
    l7_resource: resource,
    l7_status: seesAnswer ? status : undefined,
  };
  const [txSeqPos, rxSeqPos] = clientIsSrc ? [clientIsn, serverIsn] : [serverIsn, clientIsn];
  const columns = allocatePacketColumns(passes.length);
  passes.forEach((packet, i) => {
    columns.dir[i] = packet.byClient === clientIsSrc ? SENT_BY_SRC : SENT_BY_DST;
    columns.tNs[i] = Number(nsAt(packet.atMs) - firstNs);
    columns.flags[i] = packet.flags;
    columns.seq[i] = packet.seq;
    columns.ack[i] = packet.ack;
    columns.len[i] = packet.len;
    columns.win[i] = 65_535;
    columns.ana[i] = packet.ana ?? 0;
  });
  const packets: L4PacketsRecord = {
    v: 1,
    host: watcher.host,
    nic_name: watcher.nic,
    inner_traceid: inner,
    chunk_id: 1,
    ...encodePacketColumns(columns, {
      timePosNs: firstNs,
      txSeqPos: toSeq(txSeqPos),
      rxSeqPos: toSeq(rxSeqPos),
    }),
  };
  const requestNs = nsAt(atMs + watcher.thereMs + clock);
  return {
    l7: watcher.misses === 'request' ? [] : [{ source: 'bpf_net_l7_log', record: l7, tsNs: requestNs }],
    l4: [{ source: 'bpf_net_l4_log', record: l4, tsNs: firstNs }],
    packets: [{ source: 'bpf_net_l4_packets', record: packets, tsNs: firstNs }],
  };
}

/** All records as lines of a store. */
export function linesOf(...all: readonly Traffic[]): readonly LogEntry[] {
  return all.flatMap(({ l7, l4, packets }) => {
    const shard = shardOfClientIsn(toSeq(Number(l4[0].record.nic_traceid?.split('_')[0])), SHARD_COUNT);
    return [...l7, ...l4, ...packets].map(({ source, record, tsNs }) => ({
      tsNs,
      line: JSON.stringify(record),
      labels: { ...streamLabels(source, record.host, shard) },
    }));
  });
}

function nsAt(ms: number): bigint {
  return EPOCH_NS + BigInt(Math.round(ms * 1e6));
}

function address(text: string): { readonly ip: string; readonly port: number } {
  const [ip, port] = text.split(':');
  return { ip, port: Number(port) };
}

/** Pod on node-a → its host → underlay (VXLAN) → node-b → pod there; the service address is translated on node-a. */
export const TWO_HOSTS: readonly Watcher[] = [
  {
    host: 'node-a',
    nic: 'eth0',
    thereMs: 0,
    backMs: 0,
    direction: 'outgoing',
    hostNetwork: false,
    pod: 'web-1',
    server: '10.96.0.80:80',
  },
  { host: 'node-a', nic: 'veth1', thereMs: 0.02, backMs: 0.03, direction: 'incoming', server: '10.96.0.80:80' },
  { host: 'node-a', nic: 'uplink', thereMs: 0.1, backMs: 0.12, direction: 'outgoing', virtualNic: false, vni: 42 },
  {
    host: 'node-b',
    nic: 'uplink',
    thereMs: 0.6,
    backMs: 0.7,
    direction: 'incoming',
    virtualNic: false,
    vni: 42,
    clockAheadMs: -40,
  },
  {
    host: 'node-b',
    nic: 'eth0',
    thereMs: 0.7,
    backMs: 0.85,
    direction: 'incoming',
    hostNetwork: false,
    pod: 'api-1',
    clockAheadMs: -40,
  },
];
