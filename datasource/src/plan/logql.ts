/**
 * The only file that writes LogQL.
 *
 * Invariants: every value from outside goes through `quote`, so it ends up inside of one string literal; line
 * filters come before a parser, because they decide most lines without reading them as JSON; a query names its `source`.
 *
 * Records are compact JSON objects, flat, written by JSON.stringify. `"field":"value"` therefore stands in a line exactly when the
 * field has that value (inside of a string the quotes would be escaped), and equality needs no parser at all.
 */
import { type RecordSource, SERVICE_NAME } from '@bpfnet/flow-model';
import { type ValueMatch } from '../query/interpolate';

declare const filterBrand: unique symbol;
declare const logqlBrand: unique symbol;

/** A line filter with its operator, `|= "…"`. */
export type LineFilter = string & { readonly [filterBrand]: true };

/** A whole query. */
export type Logql = string & { readonly [logqlBrand]: true };

/**
 * A LogQL (Go) string literal for any text. Besides quotes and backslashes, `$` and `[` are written as escapes: Grafana's
 * Loki datasource replaces template variables in what it is given, and a value that looks like one must stay as it is.
 */
export function quote(text: string): string {
  let out = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') {
      out += `\\${character}`;
    } else if (code >= 0xd800 && code <= 0xdfff) {
      out += '\\ufffd';
    } else if (code < 0x20 || code === 0x7f || character === '$' || character === '[') {
      out += `\\u${code.toString(16).padStart(4, '0')}`;
    } else if (code > 0xffff) {
      out += `\\U${code.toString(16).padStart(8, '0')}`;
    } else if (code > 0x7f) {
      out += `\\u${code.toString(16).padStart(4, '0')}`;
    } else {
      out += character;
    }
  }
  return `${out}"`;
}

/** A text as a regular expression (RE2) that matches just it. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

export interface StreamSelection {
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

function contains(text: string): LineFilter {
  return `|= ${quote(text)}` as LineFilter;
}

function matches(regex: string): LineFilter {
  return `|~ ${quote(regex)}` as LineFilter;
}

/** Lines that hold a text anywhere, upper or lower case. */
export function anywhere(match: ValueMatch): readonly LineFilter[] {
  return match.kind === 'any' ? [] : [matches(`(?i)(?:${match.values.map(escapeRegex).join('|')})`)];
}

/** Records with a text field that has one of the values. */
export function fieldIs(field: string, match: ValueMatch): readonly LineFilter[] {
  if (match.kind === 'any') {
    return [];
  }
  if (match.values.length === 1) {
    return [contains(`"${field}":${JSON.stringify(match.values[0])}`)];
  }
  return anyFieldIs([field], match);
}

/** Records in which any of some text fields has one of the values. */
export function anyFieldIs(fields: readonly string[], match: ValueMatch): readonly LineFilter[] {
  if (match.kind === 'any') {
    return [];
  }
  const values = match.values.map((value) => escapeRegex(JSON.stringify(value).slice(1, -1))).join('|');
  return [matches(`"(?:${fields.map(escapeRegex).join('|')})":"(?:${values})"`)];
}

/** Records in which any of some number fields has one of the values, whole numbers. */
export function anyNumberIs(fields: readonly string[], values: readonly number[]): readonly LineFilter[] {
  return values.length === 0
    ? []
    : [matches(`"(?:${fields.map(escapeRegex).join('|')})":(?:${values.map(Math.trunc).join('|')})[,}]`)];
}

/** Records in which any of some count fields is not 0. */
export function anyCountIsPositive(fields: readonly string[]): LineFilter {
  return matches(`"(?:${fields.map(escapeRegex).join('|')})":[1-9]`);
}

/** Records with a text field that holds one of the texts. */
export function fieldContains(field: string, match: ValueMatch): readonly LineFilter[] {
  if (match.kind === 'any') {
    return [];
  }
  const values = match.values.map((value) => escapeRegex(JSON.stringify(value).slice(1, -1))).join('|');
  return [matches(`"${escapeRegex(field)}":"(?:[^"\\\\]|\\\\.)*(?:${values})`)];
}

/** Records with a text field that begins with a text: the first half of an id. */
export function fieldStartsWith(field: string, text: string): LineFilter {
  return contains(`"${field}":${JSON.stringify(text).slice(0, -1)}`);
}

/** A condition on fields that only a parser can decide. */
export type FieldCondition =
  | { readonly kind: 'atLeast'; readonly anyOf: readonly string[]; readonly value: number }
  | { readonly kind: 'found'; readonly field: string; readonly regex: string };

function conditionFields(condition: FieldCondition): readonly string[] {
  return condition.kind === 'atLeast' ? condition.anyOf : [condition.field];
}

function conditionText(condition: FieldCondition): string {
  return condition.kind === 'atLeast'
    ? condition.anyOf.map((field) => `${field} >= ${decimal(condition.value)}`).join(' or ')
    : `${condition.field} =~ ${quote(`(?s).*(?:${condition.regex}).*`)}`;
}

/** LogQL has no exponents. */
function decimal(n: number): string {
  return n.toFixed(6).replace(/\.?0+$/, '');
}

export interface LogqlParts extends StreamSelection {
  readonly lineFilters: readonly LineFilter[];
  readonly conditions?: readonly FieldCondition[];
}

/** Selector, line filters, then a parser for just the fields that conditions need. */
export function logql({ lineFilters, conditions = [], ...selection }: LogqlParts): Logql {
  const fields = [...new Set(conditions.flatMap(conditionFields))];
  return [
    selector(selection),
    ...lineFilters,
    ...(fields.length === 0 ? [] : [`| json ${fields.map((field) => `${field}=${quote(field)}`).join(', ')}`]),
    ...conditions.map((condition) => `| ${conditionText(condition)}`),
  ].join(' ') as Logql;
}

/** An instant query: records per value of a label over the last `seconds`. */
export function countByLabel(label: 'host', seconds: number): Logql {
  return `sum by (${label}) (count_over_time({service_name=${quote(SERVICE_NAME)}}[${Math.max(1, Math.round(seconds))}s]))` as Logql;
}

/** An instant query: records per value of a field over the last `seconds`. */
export function countByField(source: RecordSource, field: string, seconds: number): Logql {
  const range = `${selector({ source })} ${contains(`"${field}":`)} | json ${field}=${quote(field)}`;
  return `sum by (${field}) (count_over_time(${range} [${Math.max(1, Math.round(seconds))}s]))` as Logql;
}

/** An instant query: the value below which a share of a number field lies over the last `seconds`. */
export function quantileOf(parts: LogqlParts, field: string, share: number, seconds: number): Logql {
  const withField: LogqlParts = {
    ...parts,
    conditions: [{ kind: 'atLeast', anyOf: [field], value: 0 }, ...(parts.conditions ?? [])],
  };
  const range = `${logql(withField)} | unwrap ${field} | __error__=""`;
  return `quantile_over_time(${decimal(share)}, ${range} [${Math.max(1, Math.round(seconds))}s]) by ()` as Logql;
}
