/**
 * What a metric query reads, as SQL: samples grouped by all that its pipeline can tell apart, as single values with
 * their times or added up in buckets of time.
 *
 * Flat lines are read from the field columns, and from the line only where a field has no column; a flat line comes back
 * as a small JSON object of the requested fields. Other lines come back whole.
 */
import { type DuckDBValue } from '@duckdb/node-api';
import { entryConditions, type EntryKind, kindsApart, kindsToRead, selectFrom } from './conditions';
import { columnOf, isFieldColumn } from './field-columns';
import { type PartScope } from './scope';
import { type Selection } from './selection';
import { labelName, Statement } from './statement';

/**
 * `key`: samples with different values are different groups. `compared`: all values pass the same comparisons, which
 * the selection's conditions have made already, so any one of them represents all; such a field has a column.
 */
export interface PlannedField {
  readonly name: string;
  readonly role: 'key' | 'compared';
}

export interface SamplePlan {
  readonly zeroNs: bigint;
  /** False: no stage reads the line. */
  readonly readsLine: boolean;
  /** Undefined: the line is needed as a whole. */
  readonly fields?: readonly PlannedField[];
  /** The sample's value: what the pipeline makes of the line, the line's length, or a number in a field. */
  readonly value: 'line' | 'bytes' | { readonly field: string };
  /** Undefined: every sample with its own time. */
  readonly buckets?: { readonly widthNs: number; readonly combine: 'sum' | 'min' | 'max' };
}

interface SampleStatement {
  readonly sql: Statement;
  /** Columns: stream, metadata, times, values, counts, then what `lineOf` reads. */
  readonly text: string;
  lineOf(members: ReadonlyArray<readonly DuckDBValue[]>, row: number): string;
}

/** A column of a group: its expression in a row, and how a group's rows are reduced to one value. */
interface Member {
  readonly picked: string;
  readonly shown: (name: string) => string;
  readonly isKey: boolean;
  /** The member's value as JSON. */
  readonly json?: { readonly name: string; readonly isText: boolean };
}

export function sampleStatements(
  selection: Selection,
  scopes: readonly PartScope[],
  plan: SamplePlan
): readonly SampleStatement[] {
  const kinds: readonly EntryKind[] =
    plan.readsLine && plan.fields !== undefined ? kindsApart(selection) : kindsToRead(selection);
  return kinds.map((kind) => statement(selection, scopes, plan, kind));
}

function statement(
  selection: Selection,
  scopes: readonly PartScope[],
  plan: SamplePlan,
  kind: EntryKind
): SampleStatement {
  const sql = new Statement();
  const conditions = entryConditions(selection, sql, kind);
  const members = membersOf(plan, kind);
  const picked = [
    'stream',
    'metadata',
    timeOf(plan),
    `${valueOf(plan, kind)} AS value`,
    ...members.map((member, at) => `${member.picked} AS m${at}`),
  ];
  const keys = ['stream', 'metadata', ...members.flatMap(({ isKey }, at) => (isKey ? [`m${at}`] : []))].join(', ');
  const shown = members.map(({ shown: show }, at) => `${show(`m${at}`)} AS m${at}`);
  const rows = selectFrom(scopes, picked.join(', '), conditions, kind);
  return { sql, text: grouped(rows, { keys, shown, plan }), lineOf: lineReader(members) };
}

function timeOf({ zeroNs, buckets }: SamplePlan): string {
  return buckets === undefined
    ? `(ts - ${zeroNs})::DOUBLE AS time`
    : `((((ts - ${zeroNs} - 1) // ${buckets.widthNs}) + 1) * ${buckets.widthNs})::DOUBLE AS time`;
}

function grouped(
  rows: string,
  { keys, shown, plan }: { readonly keys: string; readonly shown: readonly string[]; readonly plan: SamplePlan }
): string {
  const comma = shown.map((column) => `, ${column}`).join('');
  if (plan.buckets === undefined) {
    return `SELECT stream, metadata, list(time), list(value), NULL ${comma} FROM (${rows}) GROUP BY ${keys}`;
  }
  const { combine } = plan.buckets;
  const inner = `SELECT stream, metadata, time, ${combine}(value) AS value, count(*)::DOUBLE AS n ${comma} FROM (${rows}) GROUP BY ${keys}, time`;
  return `SELECT stream, metadata, list(time), list(value), list(n) ${comma} FROM (${inner}) GROUP BY ${keys}`;
}

/** NULL where only the pipeline can tell. */
function valueOf({ value }: SamplePlan, kind: EntryKind): string {
  if (value === 'bytes') {
    return 'bytes::DOUBLE';
  }
  if (value === 'line' || kind !== 'flat') {
    return 'NULL::DOUBLE';
  }
  return numberOf(value.field);
}

function numberOf(field: string): string {
  return isFieldColumn(field) ? columnOf(field) : `try_cast(${jsonOf(field)} AS DOUBLE)`;
}

function jsonOf(field: string): string {
  return `json_extract(line, '$.${labelName(field)}')::VARCHAR`;
}

function membersOf({ fields, value, readsLine }: SamplePlan, kind: EntryKind): readonly Member[] {
  if (!readsLine) {
    return [];
  }
  if (kind !== 'flat' || fields === undefined) {
    return [{ picked: 'line', shown: (name) => name, isKey: true }];
  }
  return [
    ...fields.flatMap(({ name, role }) => (role === 'key' ? [keyMember(name)] : comparedMembers(name))),
    ...(typeof value === 'object' && !fields.some(({ name }) => name === value.field) ? valueMembers(value.field) : []),
  ];
}

function keyMember(field: string): Member {
  const isColumn = isFieldColumn(field);
  return {
    picked: isColumn ? columnOf(field) : jsonOf(field),
    shown: (name) => name,
    isKey: true,
    json: { name: field, isText: !isColumn },
  };
}

/** Present or absent is a difference. */
function comparedMembers(field: string): readonly Member[] {
  const column = columnOf(field);
  return [
    { picked: `${column} IS NULL`, shown: (name) => name, isKey: true },
    { picked: column, shown: (name) => `any_value(${name})`, isKey: false, json: { name: field, isText: false } },
  ];
}

/** A number became the value and is 0 in the line; anything else stays there for the pipeline to judge. */
function valueMembers(field: string): readonly Member[] {
  const isColumn = isFieldColumn(field);
  const own = isColumn ? columnOf(field) : jsonOf(field);
  const picked = `CASE WHEN ${numberOf(field)} IS NOT NULL THEN ${isColumn ? '0' : "'0'"} ELSE ${own} END`;
  return [{ picked, shown: (name) => name, isKey: true, json: { name: field, isText: !isColumn } }];
}

function lineReader(members: readonly Member[]): SampleStatement['lineOf'] {
  const named = members.flatMap(({ json }, column) => (json === undefined ? [] : [{ ...json, column }]));
  if (members.length > 0 && named.length === 0) {
    return (columns, row) => String(columns[0][row]);
  }
  return (columns, row) =>
    `{${named
      .flatMap(({ name, isText, column }) => {
        const value = columns[column][row];
        // An absent field is left out: a null would be a value to some parsers.
        return value === null ? [] : [`"${name}":${isText ? String(value) : JSON.stringify(value)}`];
      })
      .join(',')}}`;
}
