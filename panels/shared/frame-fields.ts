/**
 * Reads a data frame by field name. A frame comes from a datasource that may not be ours, so every value is checked
 * here and nowhere after.
 */
import { type DataFrame, type Field } from '@grafana/data';
import { type DataProblem, failed, type Result } from './data-problem';

/** Raised inside of a reading function only; `readFrame` turns it into a value. */
class BadFrame extends Error {
  constructor(readonly problem: DataProblem) {
    super(problem.kind);
  }
}

/** The frame of a kind: by `meta.custom.kind`, else by name, else the first that has all of `fields`. */
export function findFrame(series: readonly DataFrame[], kind: string, fields: readonly string[]): Result<DataFrame> {
  const frames = findFrames(series, kind, fields);
  return frames.ok ? { ok: true, value: frames.value[0] } : frames;
}

/** All frames of a kind, by the same rule; one at least. */
export function findFrames(
  series: readonly DataFrame[],
  kind: string,
  fields: readonly string[]
): Result<readonly DataFrame[]> {
  if (series.length === 0) {
    return failed({ kind: 'no-frames' });
  }
  const rules: ReadonlyArray<(frame: DataFrame) => boolean> = [
    (frame) => frameKind(frame) === kind,
    (frame) => frame.name === kind,
    (frame) => fields.every((name) => frame.fields.some((field) => field.name === name)),
  ];
  const frames = rules.map((rule) => series.filter(rule)).find((found) => found.length > 0);
  if (!frames) {
    const got = series.map((f) => frameKind(f) ?? f.name ?? f.refId ?? 'unnamed');
    return failed({ kind: 'wrong-frame', wanted: kind, got });
  }
  return { ok: true, value: frames };
}

function frameKind(frame: DataFrame): string | undefined {
  const custom: unknown = frame.meta?.custom;
  return isRecord(custom) && typeof custom.kind === 'string' ? custom.kind : undefined;
}

/** What the datasource says about a frame; undefined where it says nothing. */
export function noticeOf(frame: DataFrame): string | undefined {
  return frame.meta?.notices?.find(({ text }) => text !== '')?.text;
}

export interface NumberColumn {
  readonly length: number;
  [index: number]: number;
}

export interface FrameReader {
  readonly length: number;
  has(field: string): boolean;
  /** Integers and the like; a value that is no finite number is a problem. `missing` stands for an absent field or null. */
  numbers(field: string, missing?: number): (row: number) => number;
  /** A whole column of `numbers` at once, from `offset` on; for frames with very many rows. */
  copyNumbers(field: string, into: NumberColumn, offset: number, missing?: number): void;
  /** As `numbers`, null kept. */
  nullableNumbers(field: string): (row: number) => number | null;
  texts(field: string, missing?: string): (row: number) => string;
  booleans(field: string, missing?: boolean): (row: number) => boolean;
  /** As `booleans`, null kept. */
  nullableBooleans(field: string): (row: number) => boolean | null;
}

/** Runs `read`; what it meets that cannot be read becomes the problem of the result. */
export function readFrame<T>(frame: DataFrame, read: (fields: FrameReader) => T): Result<T> {
  const name = frame.name ?? frameKind(frame) ?? frame.refId ?? 'unnamed';
  const byName = new Map<string, Field>(frame.fields.map((field) => [field.name, field]));

  function column<V>(fieldName: string, missing: V | undefined, accept: (value: unknown) => V | undefined) {
    const field = byName.get(fieldName);
    if (!field) {
      if (missing === undefined) {
        throw new BadFrame({ kind: 'missing-field', frame: name, field: fieldName });
      }
      return () => missing;
    }
    const values: ArrayLike<unknown> = field.values;
    return (row: number): V => {
      const value = values[row];
      const accepted = (value === null || value === undefined) && missing !== undefined ? missing : accept(value);
      if (accepted === undefined) {
        throw new BadFrame({ kind: 'bad-value', frame: name, field: fieldName, row });
      }
      return accepted;
    };
  }

  function copyNumbers(fieldName: string, into: NumberColumn, offset: number, missing?: number): void {
    const field = byName.get(fieldName);
    if (!field && missing === undefined) {
      throw new BadFrame({ kind: 'missing-field', frame: name, field: fieldName });
    }
    const values: ArrayLike<unknown> | undefined = field?.values;
    for (let row = 0; row < frame.length; row++) {
      const value = values?.[row] ?? undefined;
      if (value === undefined && missing !== undefined) {
        into[offset + row] = missing;
      } else if (typeof value === 'number' && Number.isFinite(value)) {
        into[offset + row] = value;
      } else {
        throw new BadFrame({ kind: 'bad-value', frame: name, field: fieldName, row });
      }
    }
  }

  const reader: FrameReader = {
    length: frame.length,
    has: (field) => byName.has(field),
    numbers: (field, missing) => column(field, missing, finite),
    copyNumbers,
    nullableNumbers: (field) => column<number | null>(field, null, finite),
    texts: (field, missing) => column(field, missing, (v) => (typeof v === 'string' ? v : undefined)),
    booleans: (field, missing) => column(field, missing, truth),
    nullableBooleans: (field) => column<boolean | null>(field, null, truth),
  };
  try {
    return { ok: true, value: read(reader) };
  } catch (error) {
    if (error instanceof BadFrame) {
      return failed(error.problem);
    }
    throw error;
  }
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function truth(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of an untyped object, e.g. of `meta.custom`; '' where there is none. */
export function textOf(object: Readonly<Record<string, unknown>>, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

/** A number of an untyped object; 0 where there is none. */
export function numberOf(object: Readonly<Record<string, unknown>>, key: string): number {
  return finite(object[key]) ?? 0;
}
