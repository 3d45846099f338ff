/** Rows as a frame: fields, their types, titles and units are those of the contract's table. */
import { createDataFrame, type DataFrame, type FieldConfig, FieldType, type QueryResultMeta } from '@grafana/data';
import { type Column, type Columns, type RowOf } from '@bpfnet/flow-model/frame-columns';
import { field } from './frame-parts';

const TYPES: Readonly<Record<Column['type'], FieldType>> = {
  text: FieldType.string,
  'text?': FieldType.string,
  number: FieldType.number,
  'number?': FieldType.number,
  boolean: FieldType.boolean,
  'boolean?': FieldType.boolean,
  time: FieldType.time,
  object: FieldType.other,
  list: FieldType.other,
};

export function configOf({ title, unit, decimals, min, max, color }: Column): FieldConfig {
  return {
    ...(title !== undefined && { displayName: title }),
    ...(unit !== undefined && { unit }),
    ...(decimals !== undefined && { decimals }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(color !== undefined && { color: { mode: 'fixed', fixedColor: color } }),
  };
}

export function columnsFrame<T extends Columns>(
  rows: ReadonlyArray<RowOf<T>>,
  columns: T,
  { name, refId, meta }: { readonly name: string; readonly refId: string; readonly meta: QueryResultMeta }
): DataFrame {
  return createDataFrame({
    name,
    refId,
    meta,
    fields: Object.entries(columns).map(([key, column]) =>
      field<unknown>(
        key,
        TYPES[column.type],
        rows.map((row) => row[key]),
        configOf(column)
      )
    ),
  });
}
