import { type DataFrame, type Labels } from '@grafana/data';

export interface LogRow {
  readonly key: string;
  readonly timeMs: number;
  /** ns since the epoch, decimal. */
  readonly tsNs: string;
  readonly line: string;
  readonly labels: Labels;
}

/** Log lines of Loki frames, newest first by default. */
export function logRows(frames: readonly DataFrame[], order: 'Ascending' | 'Descending' = 'Descending'): LogRow[] {
  const rows = frames.flatMap((frame, frameIndex) => rowsOf(frame, frameIndex));
  const sign = order === 'Ascending' ? 1 : -1;
  return rows.sort((a, b) => sign * (a.timeMs - b.timeMs || compareNs(a.tsNs, b.tsNs)));
}

function rowsOf(frame: DataFrame, frameIndex: number): LogRow[] {
  const times = frame.fields.find((field) => field.type === 'time');
  const lines =
    frame.fields.find((field) => field.name === 'Line' || field.name === 'body') ??
    frame.fields.find((field) => field.type === 'string' && field.name !== 'tsNs' && field.name !== 'id');
  if (times === undefined || lines === undefined) {
    return [];
  }
  const exact = frame.fields.find((field) => field.name === 'tsNs');
  const labels = frame.fields.find((field) => field.name === 'labels');
  return Array.from({ length: frame.length }, (_, index) => ({
    key: `${frameIndex}-${index}`,
    timeMs: times.values[index],
    tsNs: exact?.values[index] ?? `${times.values[index]}000000`,
    line: String(lines.values[index]),
    labels: labels?.values[index] ?? lines.labels ?? {},
  }));
}

function compareNs(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Name and value of each field of a line that is one JSON object; none for other lines. */
export function logFields(line: string): Array<[string, string]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return [];
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return [];
  }
  return Object.entries(parsed).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}
