/**
 * Reads a data frame by field name. A frame comes from a datasource that may not be ours, so every value is checked
 * here and nowhere after.
 */
import { type DataFrame } from '@grafana/data';
import { type Column, type Columns, emptyValue, type RowOf } from '@bpfnet/flow-model/frame-columns';
import { type DataProblem, failed, type Result } from './data-problem';

/** Raised inside of a reading function only; `readFrame` turns it into a value. */
class BadFrame extends Error {
  constructor(readonly problem: DataProblem) {
    super(problem.kind);
  }
}

/** The frame of a kind: by `meta.custom.kind`, else by name, else the first that has all required columns. */
export function findFrame(series: readonly DataFrame[], kind: string, columns: Columns): Result<DataFrame> {
  const frames = findFrames(series, kind, columns);
  return frames.ok ? { ok: true, value: frames.value[0] } : frames;
}

/** All frames of a kind, by the same rule; one at least. */
export function findFrames(series: readonly DataFrame[], kind: string, columns: Columns): Result<readonly DataFrame[]> {
  if (series.length === 0) {
    return failed({ kind: 'no-frames' });
  }
  const fields = Object.keys(columns).filter((name) => columns[name].required === true);
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

interface NumberColumn {
  readonly length: number;
  [index: number]: number;
}

type NumberName<T extends Columns> = { [Name in keyof T]: T[Name]['type'] extends 'number' ? Name : never }[keyof T];

/** Columns of a frame, checked against the contract's table: what is missing or cannot be read is a problem unless the table has a stand-in. */
export interface FrameReader<T extends Columns> {
  readonly length: number;
  has(name: keyof T & string): boolean;
  /** The value in a row. */
  column<Name extends keyof T & string>(name: Name): (row: number) => RowOf<T>[Name];
  /** A whole column at once, from `offset` on; for frames with very many rows. */
  copyNumbers(name: NumberName<T> & string, into: NumberColumn, offset: number, missing?: number): void;
}

/** Runs `read`; what it meets that cannot be read becomes the problem of the result. */
export function readFrame<T extends Columns, V>(
  frame: DataFrame,
  columns: T,
  read: (fields: FrameReader<T>) => V
): Result<V> {
  const name = frame.name ?? frameKind(frame) ?? frame.refId ?? 'unnamed';

  function valuesOf(field: string): ArrayLike<unknown> | undefined {
    const values: ArrayLike<unknown> | undefined = frame.fields.find((one) => one.name === field)?.values;
    if (values === undefined && columns[field].required === true) {
      throw new BadFrame({ kind: 'missing-field', frame: name, field });
    }
    return values;
  }

  const reader: FrameReader<T> = {
    length: frame.length,
    has: (field) => frame.fields.some((one) => one.name === field),
    column<Name extends keyof T & string>(field: Name) {
      const { type, of, required }: Column = columns[field];
      const values = valuesOf(field);
      const empty = emptyValue(columns[field]) as RowOf<T>[Name];
      const isOfType = IS_OF_TYPE[type];
      return (row: number) => {
        const value = values?.[row] ?? undefined;
        if (value === undefined && required !== true) {
          return empty;
        }
        if (!isOfType(value)) {
          throw new BadFrame({ kind: 'bad-value', frame: name, field, row });
        }
        return of === undefined || of.includes(value as string) ? (value as RowOf<T>[Name]) : empty;
      };
    },
    copyNumbers(field, into, offset, missing = 0) {
      const values = valuesOf(field);
      const isRequired = columns[field].required === true;
      for (let row = 0; row < frame.length; row++) {
        const value = values?.[row] ?? undefined;
        if (value === undefined && !isRequired) {
          into[offset + row] = missing;
        } else if (typeof value === 'number' && Number.isFinite(value)) {
          into[offset + row] = value;
        } else {
          throw new BadFrame({ kind: 'bad-value', frame: name, field, row });
        }
      }
    },
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

/** All rows of a frame; for frames with few. */
export function readRows<T extends Columns>(frame: DataFrame, columns: T): Result<ReadonlyArray<RowOf<T>>> {
  return readFrame(frame, columns, (fields) => {
    const byName = Object.keys(columns).map((name) => [name, fields.column(name)] as const);
    return Array.from(
      { length: fields.length },
      (_v, row) => Object.fromEntries(byName.map(([name, value]) => [name, value(row)])) as RowOf<T>
    );
  });
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isBoolean = (value: unknown) => typeof value === 'boolean';

const IS_OF_TYPE: Readonly<Record<Column['type'], (value: unknown) => boolean>> = {
  text: isText,
  'text?': isText,
  number: isNumber,
  'number?': isNumber,
  boolean: isBoolean,
  'boolean?': isBoolean,
  time: isNumber,
  object: isRecord,
  list: Array.isArray,
};

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
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
