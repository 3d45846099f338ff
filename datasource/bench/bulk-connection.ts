/** One connection with very many packets at two NICs of two hosts, as the records of a collector. */
import { Analysis, TcpFlag } from '@bpfnet/flow-model';
import { type FlowRecords } from '../src/path/flow-records';
import { CLIENT_ISN, flowRecords, type Sent, SERVER_ISN } from '../src/test/wire-records';
import { FOUR_NICS } from '../src/test/wire-script';

/** `download`: segments and ACKs, one in a thousand lost and retransmitted. `equal`: nothing in their headers distinguishes packets, as with datagrams. */
export type BulkKind = 'download' | 'equal';

const NICS = [FOUR_NICS[0], FOUR_NICS[3]] as const;
const MSS = 1400;
const PACKETS_PER_CHUNK = 1024;

/** @param packets at each NIC */
export function bulkConnection(kind: BulkKind, packets: number): readonly FlowRecords[] {
  const sent = Array.from({ length: packets }, (_v, i) => sentAs(kind, i));
  return NICS.map((nic, at) => {
    const chunks: FlowRecords[] = [];
    for (let from = 0; from < packets; from += PACKETS_PER_CHUNK) {
      chunks.push(flowRecords(nic, at, { sent: sent.slice(from, from + PACKETS_PER_CHUNK), exchanges: [] }));
    }
    return {
      ...chunks[0],
      packets: chunks.flatMap((one, i) => one.packets.map((record) => ({ ...record, chunk_id: i + 1 }))),
      chunks: chunks.flatMap((one, i) => one.chunks.map((record) => ({ ...record, chunk_id: i + 1 }))),
    };
  });
}

/** Two segments, then an ACK. */
function sentAs(kind: BulkKind, i: number): Sent {
  const byServer = i % 3 !== 0;
  const lost = kind === 'download' && i % 1000 === 400;
  const again = kind === 'download' && i % 1000 === 406;
  const before = i - Math.ceil(i / 3);
  const atMs = i * 0.02;
  const len = kind === 'download' && byServer ? MSS : 0;
  const segment = again ? before - 4 : before;
  return {
    byServer,
    atMs,
    len,
    flags: TcpFlag.Ack,
    win: 65_535,
    ana: again ? Analysis.Retransmission : 0,
    arrivesMs: lost ? Infinity : atMs + 1,
    seq: byServer ? (SERVER_ISN + (len > 0 ? segment * MSS : 0)) >>> 0 : CLIENT_ISN,
    ack: byServer ? CLIENT_ISN : (SERVER_ISN + (kind === 'download' ? before * MSS : 0)) >>> 0,
    passedMs: NICS.map(({ thereMs, backMs }, nic) =>
      lost && nic === 0 ? NaN : atMs + (byServer ? NICS[1].backMs - backMs : thereMs)
    ),
  };
}
