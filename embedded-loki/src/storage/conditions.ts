/**
 * A selection as SQL. Each part is a table, so a query is a union of the parts in its scope, and of flat and other entries
 * where columns decide for the flat ones.
 *
 * Comparisons of a column with a literal are what DuckDB checks while it scans, before it unpacks the lines: hence no
 * bound values there and no condition over two columns.
 */
import { VARCHAR } from '@duckdb/node-api';
import { type LineFilterStage } from '../logql/ast';
import { textsOfPattern } from '../logql/literal-regex';
import { columnOf, isFieldColumn, isNumberColumn } from './field-columns';
import { entriesTable } from './schema';
import { type PartScope } from './scope';
import { type FieldCondition, type Selection } from './selection';
import { labelName, sqlText, type Statement } from './statement';

/** Which entries a branch of the union reads. Flat ones can be read without the column `line`. */
export type EntryKind = 'any' | 'flat' | 'other';

/** `SELECT columns FROM …` over all parts of a scope, with the conditions of the selection. */
export function selectFrom(
  scopes: readonly PartScope[],
  columns: string,
  conditions: readonly string[],
  kind: EntryKind = 'any'
): string {
  const kindCondition = { any: [], flat: ['flat'], other: ['NOT flat'] }[kind];
  return scopes
    .map(
      (scope) =>
        `SELECT ${columns} FROM ${entriesTable(scope.part)} WHERE ${[...place(scope), ...kindCondition, ...conditions].join(' AND ')}`
    )
    .join(' UNION ALL ');
}

function place({ streams, spans }: PartScope): readonly string[] {
  const first = spans[0];
  const last = spans[spans.length - 1];
  return [
    `ts BETWEEN ${first.fromNs} AND ${last.toNs}`,
    ...(spans.length > 1
      ? [`(${spans.map(({ fromNs, toNs }) => `ts BETWEEN ${fromNs} AND ${toNs}`).join(' OR ')})`]
      : []),
    streams.length === 1 ? `stream = ${streams[0]}` : `stream IN (${streams.join(', ')})`,
  ];
}

/** The kinds of entries to read apart: one for all, unless columns decide something. */
export function kindsToRead(selection: Selection): readonly EntryKind[] {
  const { lineFilters, mustPass } = selection;
  const columnsDecide = mustPass.length > 0 || lineFilters.some((filter) => columnValues(filter) !== undefined);
  return columnsDecide ? kindsApart(selection) : ['any'];
}

/** Flat entries, and others where there may be any. */
export function kindsApart({ streams }: Selection): readonly EntryKind[] {
  return streams.some(({ hasOther }) => hasOther) ? ['flat', 'other'] : ['flat'];
}

/** The conditions that columns alone decide for flat entries, without reading a line: true of all that pass. */
export function columnConditions({ lineFilters, mustPass }: Selection): readonly string[] {
  return [
    ...lineFilters.flatMap((filter) => columnCondition(filter) ?? []),
    ...mustPass.filter(isInColumns).map(fieldCondition),
  ];
}

function isInColumns(condition: FieldCondition): boolean {
  return condition.kind === 'either'
    ? condition.anyOf.every((all) => all.every(isInColumns))
    : isFieldColumn(condition.field);
}

/** What entries of a kind must pass. */
export function entryConditions(selection: Selection, sql: Statement, kind: EntryKind): readonly string[] {
  const { lineFilters, mustContain, mustPass } = selection;
  const escaped = kind === 'flat' ? '' : " OR contains(line, '\\') OR metadata IS NOT NULL";
  return [
    ...lineFilters.map((filter) => lineCondition(filter, sql, kind)),
    ...mustContain.map((text) => `(contains(line, ${sql.bind(text, VARCHAR)})${escaped})`),
    ...(kind === 'flat' ? mustPass.map(fieldCondition) : []),
  ];
}

function lineCondition(filter: LineFilterStage, sql: Statement, kind: EntryKind): string {
  const { operator, alternatives } = filter;
  const isNegated = operator === '!=' || operator === '!~';
  if (alternatives.includes('')) {
    // Every line holds the empty text.
    return isNegated ? 'false' : 'true';
  }
  const byColumn = kind === 'flat' ? columnCondition(filter) : undefined;
  if (byColumn !== undefined) {
    return byColumn;
  }
  const any = alternatives
    .flatMap(
      (text) =>
        textsOf(filter, text)?.map((one) => `contains(line, ${sql.bind(one, VARCHAR)})`) ??
          // DuckDB's regular expressions are RE2, the same as Loki's.
          [`regexp_matches(line, ${sql.bind(text, VARCHAR)})`]
    )
    .join(' OR ');
  return isNegated ? `NOT (${any})` : `(${any})`;
}

function columnCondition(filter: LineFilterStage): string | undefined {
  const inColumn = columnValues(filter);
  if (inColumn === undefined) {
    return undefined;
  }
  const isOne = `${columnOf(inColumn.field)} IN (${inColumn.values.map(sqlText).join(', ')})`;
  const isNegated = filter.operator === '!=' || filter.operator === '!~';
  return isNegated ? `(NOT ${isOne} OR ${columnOf(inColumn.field)} IS NULL)` : isOne;
}

/** The texts of which the line must contain one, or undefined for a pattern that is not a list of texts. */
function textsOf({ operator }: LineFilterStage, text: string): readonly string[] | undefined {
  return operator === '|~' || operator === '!~' ? textsOfPattern(text) : [text];
}

/**
 * A filter for `"field":"value"`, or one of several values, of a field with a column. In a flat line no value holds a quote,
 * so the text is there exactly when the field has that value.
 */
function columnValues(
  filter: LineFilterStage
): { readonly field: string; readonly values: readonly string[] } | undefined {
  const members = filter.alternatives
    .flatMap((text) => textsOf(filter, text) ?? [''])
    .map((text) => /^"(\w+)":"([^"\\\0]*)"$/.exec(text));
  const fields = new Set(members.map((member) => member?.[1] ?? ''));
  const [field] = fields;
  return fields.size === 1 && isFieldColumn(field) && !isNumberColumn(field)
    ? { field, values: members.map((member) => member?.[2] ?? '') }
    : undefined;
}

function fieldCondition(condition: FieldCondition): string {
  if (condition.kind === 'either') {
    return `(${condition.anyOf.map((all) => `(${all.map(fieldCondition).join(' AND ')})`).join(' OR ')})`;
  }
  const { field } = condition;
  if (condition.kind === 'present') {
    return `${columnOf(field)} IS NOT NULL`;
  }
  if (condition.kind === 'match') {
    const { operator, value } = condition;
    const column = columnOf(field);
    const text = sqlText(value);
    switch (operator) {
      case '=':
        return value === '' ? `(${column} = '' OR ${column} IS NULL)` : `${column} = ${text}`;
      case '!=':
        return value === '' ? `${column} <> ''` : `(${column} <> ${text} OR ${column} IS NULL)`;
      case '=~':
        return `regexp_full_match(coalesce(${column}, ''), ${text}, 's')`;
      case '!~':
        return `NOT regexp_full_match(coalesce(${column}, ''), ${text}, 's')`;
    }
  }
  const operator = condition.operator === '==' ? '=' : condition.operator;
  const number = `${condition.value}::DOUBLE`;
  if (isFieldColumn(field)) {
    const passes = `${columnOf(field)} ${operator} ${number}`;
    return condition.keepAbsent ? `(${passes} OR ${columnOf(field)} IS NULL)` : passes;
  }
  // A string or a boolean is not a number, which is for the filter itself to report; an array is not a label at all.
  const raw = `json_extract(line, '$.${labelName(field)}')::VARCHAR`;
  const isAbsent = `${raw} IS NULL OR starts_with(${raw}, '[') OR ${raw} = 'null'`;
  return `CASE WHEN ${isAbsent} THEN ${condition.keepAbsent} ELSE coalesce(try_cast(${raw} AS DOUBLE) ${operator} ${number}, true) END`;
}
