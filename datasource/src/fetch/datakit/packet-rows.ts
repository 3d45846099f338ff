/** DataKit's `tcp_series`: packets as rows, whose columns `tcp_series_col_name` names. */
import {
  allocatePacketColumns,
  Analysis,
  encodePacketColumns,
  type L4PacketsRecord,
  type L4Record,
  MAX_PACKETS,
  SENT_BY_DST,
  SENT_BY_SRC,
  seqAdd,
  TcpFlag,
  toSeq,
} from '@bpfnet/flow-model';
import { type Fields, numberOf, textOf } from './loose-values';

interface Row {
  readonly sent: boolean;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly len: number;
  readonly win: number;
  readonly tNs: number;
}

/** Rows by the names of their columns; one that lacks what makes a packet is left out. */
export function rowsOf(fields: Fields): readonly Row[] {
  const names = Array.isArray(fields.tcp_series_col_name) ? fields.tcp_series_col_name : [];
  const series = Array.isArray(fields.tcp_series) ? fields.tcp_series.slice(0, MAX_PACKETS) : [];
  const at = (...wanted: string[]) => names.findIndex((name) => wanted.includes(String(name)));
  const column = {
    txrx: at('txrx'),
    flags: at('flags', 'tcp_flags'),
    seq: at('seq'),
    ack: at('ack_seq', 'ack'),
    len: at('payload_size', 'tcp_payload_size'),
    win: at('win'),
    ts: at('ts'),
  };
  return series.flatMap((row: unknown): Row[] => {
    if (!Array.isArray(row)) {
      return [];
    }
    const seq = numberOf(row[column.seq]);
    const tNs = numberOf(row[column.ts]);
    return seq === undefined || tNs === undefined
      ? []
      : [
          {
            sent: row[column.txrx] === 'tx',
            flags: flagsOf(row[column.flags]),
            seq,
            ack: numberOf(row[column.ack]) ?? 0,
            len: numberOf(row[column.len]) ?? 0,
            win: numberOf(row[column.win]) ?? 0,
            tNs,
          },
        ];
  });
}

export function packetsOf(record: L4Record, fields: Fields, rows: readonly Row[]): L4PacketsRecord | undefined {
  if (rows.length === 0) {
    return undefined;
  }
  const txSeqPos = toSeq((numberOf(fields.tx_seq_pos) ?? 0) >>> 0);
  const rxSeqPos = toSeq((numberOf(fields.rx_seq_pos) ?? 0) >>> 0);
  const columns = allocatePacketColumns(rows.length);
  const seen = new Set<string>();
  rows.forEach((row, i) => {
    const [own, other] = row.sent ? [txSeqPos, rxSeqPos] : [rxSeqPos, txSeqPos];
    columns.dir[i] = row.sent ? SENT_BY_SRC : SENT_BY_DST;
    columns.tNs[i] = row.tNs;
    columns.flags[i] = row.flags;
    columns.seq[i] = seqAdd(own, row.seq);
    columns.ack[i] = (row.flags & TcpFlag.Ack) === 0 ? 0 : seqAdd(other, row.ack);
    columns.len[i] = row.len;
    columns.win[i] = row.win;
    // Rows do not say which of them are retransmissions; the same bytes once more are one.
    const bytes = `${row.sent} ${row.seq} ${row.len}`;
    columns.ana[i] = row.len > 0 && seen.has(bytes) ? Analysis.Retransmission : 0;
    seen.add(bytes);
  });
  return {
    v: record.v,
    host: record.host,
    nic_name: record.nic_name,
    inner_traceid: record.inner_traceid,
    chunk_id: record.chunk_id,
    ...encodePacketColumns(columns, { timePosNs: wholeNs(fields.time_pos), txSeqPos, rxSeqPos }),
  };
}

const FLAG_BITS: Readonly<Record<string, number>> = {
  FIN: TcpFlag.Fin,
  SYN: TcpFlag.Syn,
  RST: TcpFlag.Rst,
  PSH: TcpFlag.Psh,
  ACK: TcpFlag.Ack,
  URG: TcpFlag.Urg,
  ECE: TcpFlag.Ece,
  CWR: TcpFlag.Cwr,
};

/** `SYN|ACK`, or the flag byte. */
function flagsOf(value: unknown): number {
  const byte = numberOf(value);
  return byte === undefined
    ? String(value)
        .split(/[^A-Z]+/)
        .reduce((bits, name) => bits | (FLAG_BITS[name] ?? 0), 0)
    : byte & 0xff;
}

/** Nanoseconds pass what a JSON number holds exactly; what is lost is below a microsecond, and the same for all rows. */
function wholeNs(value: unknown): bigint {
  const text = textOf(value) ?? '0';
  return /^\d{1,19}$/.test(text) ? BigInt(text) : BigInt(Math.trunc(Number(text) || 0));
}
