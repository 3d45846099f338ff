/**
 * What a column of a frame is. Each frame has one table of columns; the type of its rows, its writer in the datasource, its reader in the
 * panels and its section of docs/generated/frames.md derive from that table.
 */
type ColumnType = 'text' | 'text?' | 'number' | 'number?' | 'boolean' | 'boolean?' | 'time' | 'object' | 'list';

export interface Column {
  /** With `?`: may be null. `time`: ms since the epoch. `object`: names and values. `list`: pairs of key and value. */
  readonly type: ColumnType;
  /** All values that a text may have; the first takes the place of any other, and of none. */
  readonly of?: readonly string[];
  /** A panel cannot draw a frame without this field. In place of any other it takes null, where the type allows that, '', 0 or false. */
  readonly required?: true;
  readonly title?: string;
  /** By Grafana's name. */
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly color?: string;
  /** What the value means, for whoever feeds a panel from another datasource. */
  readonly about: string;
}

export type Columns = Readonly<Record<string, Column>>;

interface Values {
  readonly text: string;
  readonly 'text?': string | null;
  readonly number: number;
  readonly 'number?': number | null;
  readonly boolean: boolean;
  readonly 'boolean?': boolean | null;
  readonly time: number;
  readonly object: Readonly<Record<string, unknown>>;
  readonly list: ReadonlyArray<{ readonly key: string; readonly value: string | number | boolean }>;
}

type ValueOf<C extends Column> = C extends { readonly of: ReadonlyArray<infer Word> } ? Word : Values[C['type']];

export type RowOf<T extends Columns> = { readonly [Name in keyof T]: ValueOf<T[Name]> };

/** Beginnings of columns: `{ ...MS, title: 'Latency', about: '…' }`. */
export const TEXT = { type: 'text' } as const;
export const BOOLEAN = { type: 'boolean' } as const;
export const TIME = { type: 'time' } as const;
export const WHOLE = { type: 'number', unit: 'none', decimals: 0 } as const;
export const BYTES = { type: 'number', unit: 'decbytes' } as const;
export const MS = { type: 'number', unit: 'ms' } as const;
export const SHARE = { type: 'number', unit: 'percentunit', min: 0, max: 1 } as const;
/** The same, or null where it is not known. */
export const WHOLE_OR_NULL = { ...WHOLE, type: 'number?' } as const;
export const MS_OR_NULL = { ...MS, type: 'number?' } as const;

const EMPTY: Values = {
  text: '',
  'text?': null,
  number: 0,
  'number?': null,
  boolean: false,
  'boolean?': null,
  time: 0,
  object: {},
  list: [],
};

export function emptyValue({ type, of }: Column): unknown {
  return of === undefined ? EMPTY[type] : of[0];
}

/** A row of which nothing is known. */
export function emptyRow<T extends Columns>(columns: T): RowOf<T> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, emptyValue(column)])) as RowOf<T>;
}
