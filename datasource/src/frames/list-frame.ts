/**
 * Requests and chunks as tables: one row per record at a NIC, time first, ids always there for links.
 */
import { createDataFrame, type DataFrame, type DataLink, type Field, type FieldConfig, FieldType } from '@grafana/data';
import { FrameKind, LIST_COLUMNS } from '@bpfnet/flow-model/frames';
import { type StoredL4, type StoredL7, type Stored } from '../fetch/record-reader';
import { configOf } from './columns-frame';
import { field, timeField, warnings } from './frame-parts';
import { NO_LINKS, type RecordLinks } from './record-links';
import { L4_FIELDS, L7_FIELDS, type RecordField } from './record-fields';

interface ListFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
  readonly logql?: string;
  /** NICs that saw each request, where rows are merged to one per request. */
  readonly nicsSeen?: readonly number[];
  readonly links?: RecordLinks;
  /** Kind of the frame where it is not just a list. */
  readonly kind?: FrameKind;
}

export function l7ListFrame(rows: readonly StoredL7[], options: ListFrameOptions): DataFrame {
  return listFrame(options.kind ?? FrameKind.L7List, L7_FIELDS, rows, options);
}

export function l4ListFrame(rows: readonly StoredL4[], options: ListFrameOptions): DataFrame {
  return listFrame(options.kind ?? FrameKind.L4List, L4_FIELDS, rows, options);
}

function listFrame<R extends object>(
  kind: FrameKind,
  fields: ReadonlyArray<RecordField<keyof R & string>>,
  rows: ReadonlyArray<Stored<R>>,
  { refId, notes, logql, nicsSeen, links = NO_LINKS }: ListFrameOptions
): DataFrame {
  const columns: Field[] = [
    timeField(
      'time',
      rows.map(({ tsNs }) => tsNs),
      configOf(LIST_COLUMNS.time)
    ),
    ...fields.map(({ name, type, config }) =>
      field<unknown>(
        name,
        type,
        rows.map(({ record }) => valueOf(record[name], type)),
        withLinks(config, links.ofField.get(name))
      )
    ),
    ...(nicsSeen === undefined ? [] : [field('nics', FieldType.number, [...nicsSeen], configOf(LIST_COLUMNS.nics))]),
    field(
      'flow_shard',
      FieldType.number,
      rows.map(({ shard }) => shard ?? null),
      configOf(LIST_COLUMNS.flow_shard)
    ),
    field(
      'tsNs',
      FieldType.string,
      rows.map(({ tsNs }) => tsNs.toString()),
      configOf(LIST_COLUMNS.tsNs)
    ),
  ];
  return createDataFrame({
    name: kind,
    refId,
    meta: {
      preferredVisualisationType: 'table',
      executedQueryString: logql,
      notices: warnings(notes),
      custom: { kind },
    },
    fields: columns,
  });
}

function withLinks(config: FieldConfig, links: readonly DataLink[] | undefined): FieldConfig {
  return links === undefined ? config : { ...config, links: [...links] };
}

function valueOf(value: unknown, type: FieldType): unknown {
  return value === undefined ? (type === FieldType.number ? null : '') : value;
}
