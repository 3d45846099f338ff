/**
 * Conditions on records as line filters, which decide most lines without reading them as JSON.
 *
 * Records are compact JSON objects, flat, written by JSON.stringify. `"field":"value"` therefore occurs in a line exactly when the
 * field has that value (inside of a string the quotes would be escaped), and equality needs no parser at all. Numbers may
 * are in quotes: DataKit writes ports and sequence numbers so.
 */
import { type ValueMatch } from '../query/interpolate';
import { escapeJsonRegex, escapeRegex, quote } from './logql-text';

declare const filterBrand: unique symbol;

/** A line filter with its operator, `|= "…"`. */
export type LineFilter = string & { readonly [filterBrand]: true };

function contains(text: string): LineFilter {
  return `|= ${quote(text)}` as LineFilter;
}

function matches(regex: string): LineFilter {
  return `|~ ${quote(regex)}` as LineFilter;
}

function lacks(text: string): LineFilter {
  return `!= ${quote(text)}` as LineFilter;
}

function matchesNot(regex: string): LineFilter {
  return `!~ ${quote(regex)}` as LineFilter;
}

const anyOf = (fields: readonly string[]): string => `"(?:${fields.map(escapeRegex).join('|')})":`;

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
  return match.kind === 'any' ? [] : [matches(`${anyOf(fields)}"(?:${match.values.map(escapeJsonRegex).join('|')})"`)];
}

/** Records with a field, text or number, that has one of the values. */
export function valueIs(field: string, values: readonly string[]): LineFilter {
  return matches(valueRegex(field, values));
}

/** Records with a field that has none of the values, or without that field. */
export function valueIsNot(field: string, values: readonly string[]): LineFilter {
  return matchesNot(valueRegex(field, values));
}

function valueRegex(field: string, values: readonly string[]): string {
  const texts = `"(?:${values.map(escapeJsonRegex).join('|')})"`;
  const plain = values.filter((value) => /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(value));
  return plain.length === 0
    ? `${anyOf([field])}${texts}`
    : `${anyOf([field])}(?:${texts}|(?:${plain.map(escapeRegex).join('|')})[,}])`;
}

/** Records in which any of some number fields has one of the values, whole numbers. */
export function anyNumberIs(fields: readonly string[], values: readonly number[]): readonly LineFilter[] {
  return values.length === 0 ? [] : [matches(`${anyOf(fields)}"?(?:${values.map(Math.trunc).join('|')})[",}]`)];
}

/** Records in which any of some count fields is not 0. */
export function anyCountIsPositive(fields: readonly string[]): LineFilter {
  return matches(countRegex(fields));
}

function countRegex(fields: readonly string[]): string {
  return `${anyOf(fields)}[1-9]`;
}

/** Records in which a text field has one of the values, or any of some count fields is not 0. */
export function fieldIsOrCountIsPositive(
  field: string,
  values: readonly string[],
  counts: readonly string[]
): LineFilter {
  return matches(`${anyOf([field])}"(?:${values.map(escapeJsonRegex).join('|')})"|${countRegex(counts)}`);
}

/** Records with a text field that holds one of the texts. */
export function fieldContains(field: string, match: ValueMatch): readonly LineFilter[] {
  return match.kind === 'any'
    ? []
    : [matches(`"${escapeRegex(field)}":"(?:[^"\\\\]|\\\\.)*(?:${match.values.map(escapeJsonRegex).join('|')})`)];
}

/** Records with a text field that begins with a text: the first half of an id. */
export function fieldStartsWith(field: string, text: string): LineFilter {
  return contains(`"${field}":${JSON.stringify(text).slice(0, -1)}`);
}

/** Records with an id of the form `<number>_<number>` that begins with this number, or any that ends with it. */
export function idHolds(field: string, number: string): LineFilter {
  const one = escapeRegex(number);
  return matches(`"${escapeRegex(field)}":"${one}_|_${one}"`);
}

/** Records in which some text field is this text. */
export function someFieldIs(text: string): LineFilter {
  return contains(JSON.stringify(text));
}

/** Records in which some text field begins with a text. */
export function someFieldStartsWith(text: string): LineFilter {
  return contains(JSON.stringify(text).slice(0, -1));
}

/** Records with a field of texts with commas between that has one of the values among them. */
export function listHas(field: string, values: readonly string[]): LineFilter {
  return matches(`"${escapeRegex(field)}":"(?:[^"]*,)?(?:${values.map(escapeJsonRegex).join('|')})[",]`);
}

/** Records that have a field. */
export function hasField(field: string): LineFilter {
  return contains(`"${field}":`);
}

/** Records that lack a field. */
export function lacksField(field: string): LineFilter {
  return lacks(`"${field}":`);
}
