/**
 * Records as log lines, in the data plane form of Grafana's logs (timestamp, body, severity, id, labels).
 */
import { type DataFrame, DataFrameType } from '@grafana/data';
import { FrameKind, LOG_COLUMNS, type LogLineRow } from '@bpfnet/flow-model/frames';
import { isAnswered } from '../path/exchange-at-nic';
import { type StoredL4, type StoredL7 } from '../fetch/record-reader';
import { columnsFrame } from './columns-frame';
import { timeField, warnings } from './frame-parts';

export type RecordLine =
  ({ readonly source: 'bpf_net_l4_log' } & StoredL4) | ({ readonly source: 'bpf_net_l7_log' } & StoredL7);

interface RecordsFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
}

/** Newest first. */
export function recordsFrame(lines: readonly RecordLine[], { refId, notes }: RecordsFrameOptions): DataFrame {
  const rows = [...lines].sort((a, b) => (a.tsNs < b.tsNs ? 1 : a.tsNs > b.tsNs ? -1 : 0));
  const frame = columnsFrame(rows.map(rowOf), LOG_COLUMNS, {
    name: FrameKind.Records,
    refId,
    meta: {
      type: DataFrameType.LogLines,
      typeVersion: [0, 0],
      preferredVisualisationType: 'logs',
      notices: warnings(notes),
      custom: { kind: FrameKind.Records },
    },
  });
  const timestamp = timeField(
    'timestamp',
    rows.map(({ tsNs }) => tsNs)
  );
  return { ...frame, fields: frame.fields.map((field) => (field.name === timestamp.name ? timestamp : field)) };
}

function rowOf(line: RecordLine): LogLineRow {
  return {
    timestamp: Number(line.tsNs / 1_000_000n),
    body: line.line,
    severity: severityOf(line),
    id: idOf(line),
    labels: labelsOf(line),
    tsNs: line.tsNs.toString(),
  };
}

function severityOf(line: RecordLine): string {
  if (line.source === 'bpf_net_l4_log') {
    return (line.record.tx_retrans ?? 0) + (line.record.rx_retrans ?? 0) > 0 ? 'warning' : 'info';
  }
  return line.record.outcome === 'ok' ? 'info' : isAnswered(line.record.outcome) ? 'warning' : 'error';
}

function idOf({ source, record, tsNs }: RecordLine): string {
  return `${tsNs}_${source}_${record.inner_traceid}`;
}

function labelsOf({ source, record }: RecordLine): LogLineRow['labels'] {
  return {
    source,
    host: record.host,
    nic_name: record.nic_name,
    ...(record.k8s_pod_name === undefined ? {} : { k8s_pod_name: record.k8s_pod_name }),
  };
}
