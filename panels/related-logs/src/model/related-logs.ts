/** The records related to a request, as rows of three tabs. */
import { type DataFrame } from '@grafana/data';
import {
  FrameKind,
  LOG_COLUMNS,
  type LogLineRow,
  RELATED_DIMENSIONS,
  type RelatedDimension,
} from '@bpfnet/flow-model/frames';
import { failed, type Result } from '../../../shared/data-problem';
import { isRecord, noticeOf, readRows, textOf } from '../../../shared/frame-fields';

export type CellValue = string | number | boolean | null;

export interface LogRow {
  /** Unique within a tab. */
  readonly key: string;
  /** ns since the epoch, decimal; '' where the frame has none. */
  readonly tsNs: string;
  /** ms since the epoch. */
  readonly time: number;
  readonly source: string;
  /** The record's own fields; lists and objects as JSON. */
  readonly values: ReadonlyMap<string, CellValue>;
}

interface RelatedTab {
  readonly dimension: RelatedDimension;
  readonly rows: readonly LogRow[];
}

export interface RelatedLogs {
  readonly tabs: readonly RelatedTab[];
  /** The request's flow at each NIC (`inner_traceid`), client first; empty if no frame says. */
  readonly path: readonly string[];
  readonly notes: readonly string[];
}

export function readRelatedLogs(series: readonly DataFrame[]): Result<RelatedLogs> {
  if (series.length === 0) {
    return failed({ kind: 'no-frames' });
  }
  const tabs: RelatedTab[] = [];
  for (const dimension of RELATED_DIMENSIONS) {
    const frame = series.find((one) => dimensionOf(one) === dimension);
    if (frame === undefined) {
      continue;
    }
    const rows = readRows(frame, LOG_COLUMNS);
    if (!rows.ok) {
      return rows;
    }
    tabs.push({ dimension, rows: rows.value.map(logRow) });
  }
  if (tabs.length === 0) {
    const got = series.map((frame) => frame.name ?? frame.refId ?? 'unnamed');
    return failed({ kind: 'wrong-frame', wanted: FrameKind.RelatedLogs, got });
  }
  const notices = [...new Set(series.flatMap((frame) => frame.meta?.notices?.map(({ text }) => text) ?? []))];
  if (tabs.every(({ rows }) => rows.length === 0)) {
    const because = series.map(noticeOf).find((text) => text !== undefined);
    return failed({ kind: 'no-rows', what: 'records related to this request', because });
  }
  return { ok: true, value: { tabs, path: pathOf(series), notes: notices.filter((text) => text !== '') } };
}

function pathOf(series: readonly DataFrame[]): readonly string[] {
  for (const { meta } of series) {
    const custom: unknown = meta?.custom;
    if (isRecord(custom) && Array.isArray(custom.path)) {
      return custom.path.filter((lane) => typeof lane === 'string');
    }
  }
  return [];
}

function dimensionOf(frame: DataFrame): RelatedDimension | undefined {
  const custom: unknown = frame.meta?.custom;
  if (!isRecord(custom) || textOf(custom, 'kind') !== FrameKind.RelatedLogs) {
    return undefined;
  }
  return RELATED_DIMENSIONS.find((one) => one === custom.dimension);
}

function logRow({ timestamp, body, tsNs, id, labels }: LogLineRow, row: number): LogRow {
  return { key: `${id} ${row}`, tsNs, time: timestamp, source: textOf(labels, 'source'), values: recordValues(body) };
}

/** A line that is no JSON object is kept as it is, under `line`. */
function recordValues(body: string): ReadonlyMap<string, CellValue> {
  const record = parseObject(body);
  return record === undefined
    ? new Map([['line', body]])
    : new Map(Object.entries(record).map(([name, value]) => [name, cellValue(value)]));
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function cellValue(value: unknown): CellValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return value === null || value === undefined ? null : JSON.stringify(value);
  }
}

export function textAt(row: LogRow, name: string): string {
  const value = row.values.get(name);
  return typeof value === 'string' ? value : '';
}

export function numberAt(row: LogRow, name: string): number | null {
  const value = row.values.get(name);
  return typeof value === 'number' ? value : null;
}
