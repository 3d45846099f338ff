/** Rows of the frame contract as a frame: a field a key, in the order that `columns` says. */
import { createDataFrame, type DataFrame, type FieldConfig, FieldType, type QueryResultMeta } from '@grafana/data';
import { field } from './frame-parts';

export interface Column {
  readonly type: FieldType;
  readonly config?: FieldConfig;
}

export type Columns<R> = { readonly [K in keyof Required<R>]: Column };

export const TEXT = (displayName?: string, config: FieldConfig = {}): Column =>
  column(FieldType.string, displayName, config);
export const NUMBER = (displayName?: string, config: FieldConfig = {}): Column =>
  column(FieldType.number, displayName, config);
export const YES_NO = (displayName?: string): Column => column(FieldType.boolean, displayName, {});
export const TIME = (displayName?: string): Column => column(FieldType.time, displayName, {});

export const MILLISECONDS: FieldConfig = { unit: 'ms' };
export const WHOLE: FieldConfig = { unit: 'none', decimals: 0 };
export const SHARE: FieldConfig = { unit: 'percentunit', min: 0, max: 1 };

function column(type: FieldType, displayName: string | undefined, config: FieldConfig): Column {
  return { type, config: displayName === undefined ? config : { displayName, ...config } };
}

export function columnsFrame<R extends object>(
  rows: readonly R[],
  columns: Columns<R>,
  { name, refId, meta }: { readonly name: string; readonly refId: string; readonly meta: QueryResultMeta }
): DataFrame {
  const names = Object.keys(columns) as Array<keyof R & string>;
  return createDataFrame({
    name,
    refId,
    meta,
    fields: names.map((key) =>
      field<unknown>(
        key,
        columns[key].type,
        rows.map((row) => row[key]),
        columns[key].config ?? {}
      )
    ),
  });
}
