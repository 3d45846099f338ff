/** A selection as SQL. Each part is a table, so a query is a union of the parts in its scope. */
import { DOUBLE, VARCHAR } from '@duckdb/node-api';
import { type LineFilterStage } from '../logql/ast';
import { textsOfPattern } from '../logql/literal-regex';
import { columnOf, isFieldColumn } from './field-columns';
import { entriesTable } from './schema';
import { type PartScope } from './scope';
import { type FieldCondition, type Selection } from './selection';
import { labelName, type Statement } from './statement';

/** Which lines a branch of the union reads. Flat lines can be read without the column `line`. */
export type LineKind = 'any' | 'flat' | 'other';

/** `SELECT columns FROM …` over all parts of a scope, with the conditions of the selection. */
export function selectFrom(
  scopes: readonly PartScope[],
  columns: string,
  conditions: readonly string[],
  kind: LineKind = 'any'
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

/** What lines of a kind must pass. */
export function lineConditions(selection: Selection, sql: Statement, kind: LineKind = 'any'): readonly string[] {
  const { lineFilters, mustContain, mustPass } = selection;
  return [
    ...lineFilters.filter(({ alternatives }) => !alternatives.includes('')).map((filter) => lineCondition(filter, sql)),
    ...lineFilters.filter(({ alternatives }) => alternatives.includes('')).flatMap(emptyFilterCondition),
    ...mustContain.map(
      (text) => `(contains(line, ${sql.bind(text, VARCHAR)}) OR contains(line, '\\') OR metadata IS NOT NULL)`
    ),
    ...(kind === 'other' ? [] : mustPass.map((condition) => fieldCondition(condition, sql, kind))),
  ];
}

/** Every line holds the empty text. */
function emptyFilterCondition({ operator }: LineFilterStage): readonly string[] {
  return operator === '|=' || operator === '|~' ? [] : ['false'];
}

/** DuckDB's regular expressions are RE2, the same as Loki's. */
function lineCondition({ operator, alternatives }: LineFilterStage, sql: Statement): string {
  const isPattern = operator === '|~' || operator === '!~';
  const any = alternatives
    .flatMap((text) => {
      const texts = isPattern ? textsOfPattern(text) : [text];
      return texts === undefined
        ? [`regexp_matches(line, ${sql.bind(text, VARCHAR)})`]
        : texts.map((one) => `contains(line, ${sql.bind(one, VARCHAR)})`);
    })
    .join(' OR ');
  return operator === '|=' || operator === '|~' ? `(${any})` : `NOT (${any})`;
}

function fieldCondition(condition: FieldCondition, sql: Statement, kind: LineKind): string {
  // CASE and not OR: the JSON functions must not see a line that is no JSON.
  const decided = `${kind === 'any' ? 'flat AND ' : ''}metadata IS NULL`;
  return `CASE WHEN ${decided} THEN coalesce(${fieldTest(condition, sql)}, ${absentPasses(condition)}) ELSE true END`;
}

/** NULL where the field is absent. */
function fieldTest(condition: FieldCondition, sql: Statement): string {
  if (condition.kind === 'match') {
    const { field, operator, value } = condition;
    const text = `coalesce(${columnOf(field)}, '')`;
    const bound = sql.bind(value, VARCHAR);
    switch (operator) {
      case '=':
        return `${text} = ${bound}`;
      case '!=':
        return `${text} <> ${bound}`;
      case '=~':
        return `regexp_full_match(${text}, ${bound}, 's')`;
      case '!~':
        return `NOT regexp_full_match(${text}, ${bound}, 's')`;
    }
  }
  const { field, value } = condition;
  const operator = condition.operator === '==' ? '=' : condition.operator;
  const bound = sql.bind(value, DOUBLE);
  if (isFieldColumn(field)) {
    return `${columnOf(field)} ${operator} ${bound}`;
  }
  // A text or a boolean is no number, which the filter itself must say; an array is no label at all.
  const raw = `json_extract(line, '$.${labelName(field)}')::VARCHAR`;
  return `CASE WHEN ${raw} IS NULL OR starts_with(${raw}, '[') OR ${raw} = 'null' THEN NULL ELSE coalesce(try_cast(${raw} AS DOUBLE) ${operator} ${bound}, true) END`;
}

function absentPasses(condition: FieldCondition): boolean {
  return condition.kind === 'match' || condition.keepAbsent;
}
