/**
 * Loki's answers as Grafana's Loki datasource gives them, in both shapes: the older one (`Time Line tsNs labels`) and that of
 * the data plane contract (`timestamp body labels`). Nanoseconds come from `tsNs`, else from a time field's `nanos`, else
 * from the id, which begins with them; milliseconds alone would lose the order of packets.
 */
import { type DataFrame, type Field, FieldType } from '@grafana/data';
import { DataError } from '../data-error';
import { type LogEntry, type Sample, type Series } from './loki-client';

type Labels = Readonly<Record<string, string>>;

const NS_PER_MS = BigInt(1_000_000);

export function entriesOfFrames(frames: readonly DataFrame[]): readonly LogEntry[] {
  return frames.flatMap(entriesOfFrame);
}

function entriesOfFrame(frame: DataFrame): readonly LogEntry[] {
  if (frame.fields.length === 0 || frame.length === 0) {
    return [];
  }
  const lines = fieldNamed(frame, ['body', 'Line', 'line']) ?? frame.fields.find(isPlainText);
  if (lines === undefined) {
    throw badAnswer(`no log lines in a frame of ${frame.fields.map((field) => field.name).join(', ')}`);
  }
  const timeOf = timeReader(frame);
  const labelsOf = labelReader(frame, lines);
  const entries: LogEntry[] = [];
  for (let row = 0; row < frame.length; row++) {
    entries.push({ tsNs: timeOf(row), line: String(lines.values[row]), labels: labelsOf(row) });
  }
  return entries;
}

function timeReader(frame: DataFrame): (row: number) => bigint {
  const exact = fieldNamed(frame, ['tsNs']);
  if (exact !== undefined) {
    return (row) => nanoseconds(String(exact.values[row]));
  }
  const time = frame.fields.find((field) => field.type === FieldType.time);
  const nanos = time?.nanos;
  if (time !== undefined && nanos !== undefined) {
    return (row) => BigInt(Math.trunc(Number(time.values[row]))) * NS_PER_MS + BigInt(nanos[row] ?? 0);
  }
  const id = fieldNamed(frame, ['id']);
  if (id !== undefined) {
    return (row) => nanoseconds(String(id.values[row]).split('_')[0]);
  }
  throw badAnswer('log lines without nanoseconds');
}

function nanoseconds(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) {
    throw badAnswer(`"${text.slice(0, 40)}" is no time in nanoseconds`);
  }
  return BigInt(text);
}

/** Labels have a field of their own, one set per row, or (one frame per stream) are on the field of the lines. */
function labelReader(frame: DataFrame, lines: Field): (row: number) => Labels {
  const field = fieldNamed(frame, ['labels']);
  if (field === undefined) {
    const labels = lines.labels ?? {};
    return () => labels;
  }
  return (row) => labelsOfValue(field.values[row]);
}

function labelsOfValue(value: unknown): Labels {
  const json: unknown = typeof value === 'string' ? parseOrUndefined(value) : value;
  if (typeof json !== 'object' || json === null) {
    return {};
  }
  return Object.fromEntries(Object.entries(json).map(([name, one]) => [name, String(one)]));
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Samples of an instant query: one frame per series with labels on the value, or one table with a column per label. */
export function samplesOfFrames(frames: readonly DataFrame[]): readonly Sample[] {
  return frames.flatMap((frame) => {
    const value = frame.fields.find((field) => field.type === FieldType.number);
    if (value === undefined) {
      return [];
    }
    const columns = frame.fields.filter((field) => field.type === FieldType.string);
    const samples: Sample[] = [];
    for (let row = 0; row < frame.length; row++) {
      const fromColumns = columns.map((field) => [field.name, String(field.values[row] ?? '')] as const);
      samples.push({
        labels: { ...value.labels, ...Object.fromEntries(fromColumns) },
        value: Number(value.values[row]),
      });
    }
    return samples;
  });
}

/** Series of a range query: one frame per series, or one wide frame with a value field per series. */
export function seriesOfFrames(frames: readonly DataFrame[]): readonly Series[] {
  return frames.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    const values = frame.fields.filter((field) => field.type === FieldType.number);
    return time === undefined
      ? []
      : values.map((field) => ({
          labels: field.labels ?? {},
          points: Array.from({ length: frame.length }, (_, row) => ({
            timeMs: Number(time.values[row]),
            value: Number(field.values[row] ?? NaN),
          })).filter(({ value }) => !Number.isNaN(value)),
        }));
  });
}

function fieldNamed(frame: DataFrame, names: readonly string[]): Field | undefined {
  return frame.fields.find((field) => names.includes(field.name));
}

function isPlainText(field: Field): boolean {
  return field.type === FieldType.string && field.name !== 'id' && field.name !== 'tsNs' && field.name !== 'severity';
}

function badAnswer(reason: string): DataError {
  return new DataError({ kind: 'bad-answer', reason });
}
