/**
 * Selectors, parsers and conditions. LogQL is written here, in line-filters.ts and in metric-logql.ts, nowhere else.
 *
 * Invariants: every value from outside goes through `quote`, so it ends up inside of one string literal; line
 * filters come before a parser, because they decide most lines without reading them as JSON; a query names its `source`.
 */
import { type RecordSource } from '@bpfnet/flow-model';
import { type ValueMatch } from '../query/interpolate';
import { type LineFilter } from './line-filters';
import { decimal, escapeRegex, quote } from './logql-text';

declare const logqlBrand: unique symbol;

/** A whole query. */
export type Logql = string & { readonly [logqlBrand]: true };

interface StreamSelection {
  readonly source: RecordSource;
  readonly host?: ValueMatch;
  /** Absent or empty: all shards. */
  readonly shards?: readonly number[];
}

function selector({ source, host, shards = [] }: StreamSelection): string {
  const matchers = [`source=${quote(source)}`];
  if (host?.kind === 'oneOf') {
    matchers.push(matcher('host', host.values));
  }
  if (shards.length > 0) {
    matchers.push(matcher('flow_shard', shards.map(String)));
  }
  return `{${matchers.join(', ')}}`;
}

function matcher(label: string, values: readonly string[]): string {
  return values.length === 1 ? `${label}=${quote(values[0])}` : `${label}=~${quote(values.map(escapeRegex).join('|'))}`;
}

/** A condition on fields that only a parser can decide. Field names are ours: letters, digits and `_`. */
export type FieldCondition =
  /** Any of the fields is a number from `value` on. */
  | { readonly kind: 'atLeast'; readonly anyOf: readonly string[]; readonly value: number }
  | { readonly kind: 'atMost'; readonly field: string; readonly value: number }
  /** `first` ≤ value ≤ `last`, for any of the pairs of fields. */
  | { readonly kind: 'within'; readonly anyOf: ReadonlyArray<readonly [string, string]>; readonly value: number }
  /** A regular expression (RE2) is found anywhere in a text field. */
  | { readonly kind: 'found'; readonly field: string; readonly regex: string }
  /** It fits the whole field, or does not. */
  | { readonly kind: 'fits' | 'fitsNot'; readonly field: string; readonly regex: string };

function conditionFields(condition: FieldCondition): readonly string[] {
  switch (condition.kind) {
    case 'atLeast':
      return condition.anyOf;
    case 'within':
      return condition.anyOf.flat();
    case 'atMost':
    case 'found':
    case 'fits':
    case 'fitsNot':
      return [condition.field];
  }
}

function conditionText(condition: FieldCondition): string {
  switch (condition.kind) {
    case 'atLeast':
      return condition.anyOf.map((field) => `${field} >= ${decimal(condition.value)}`).join(' or ');
    case 'atMost':
      return `${condition.field} <= ${decimal(condition.value)}`;
    case 'within': {
      const value = decimal(condition.value);
      // An absent field would pass, as an error of the comparison.
      return condition.anyOf
        .map(([first, last]) => `(${first} != "" and ${first} <= ${value} and ${last} >= ${value})`)
        .join(' or ');
    }
    case 'found':
      return `${condition.field} =~ ${quote(`(?s).*(?:${condition.regex}).*`)}`;
    case 'fits':
      return `${condition.field} =~ ${quote(condition.regex)}`;
    case 'fitsNot':
      return `${condition.field} !~ ${quote(condition.regex)}`;
  }
}

export interface LogqlParts extends StreamSelection {
  readonly lineFilters: readonly LineFilter[];
  readonly conditions?: readonly FieldCondition[];
}

/** Selector, line filters, then a parser for just the fields that are needed: those of conditions, and `fields`. */
export function logql(
  { lineFilters, conditions = [], ...selection }: LogqlParts,
  fields: readonly string[] = []
): Logql {
  const parsed = [...new Set([...fields, ...conditions.flatMap(conditionFields)])];
  return [
    selector(selection),
    ...lineFilters,
    ...(parsed.length === 0 ? [] : [`| json ${parsed.map((field) => `${field}=${quote(field)}`).join(', ')}`]),
    ...conditions.map((condition) => `| ${conditionText(condition)}`),
  ].join(' ') as Logql;
}
