/**
 * The functions of Loki's templates. Not known are those of dates and of the entry's time (`date`, `toDate`, `now`,
 * `unixEpoch`, `__timestamp__` …): a query that names one is refused.
 */
import { compileRegex } from '../regex';
import { parseBytes, parseDuration } from '../literals';
import { formatPrintf } from './template-printf';
import { type TemplateValue } from './template-ast';
import {
  aligned,
  decoded,
  decodedBase64,
  encoded,
  encodedBase64,
  indented,
  replaced,
  substring,
  trimmed,
  truncated,
  withoutPrefix,
  withoutSuffix,
} from './template-text';
import { TemplateError } from './template-tokens';
import { isList, isObject, isTrue, printed, toFloat, toInteger } from './template-values';

type TemplateFunction = (...values: readonly TemplateValue[]) => TemplateValue;

const text = (value: TemplateValue | undefined): string => {
  if (typeof value !== 'string') {
    throw new TemplateError(
      `wrong type for value; expected string; got ${value === undefined ? 'nothing' : typeof value}`
    );
  }
  return value;
};
const count = (value: TemplateValue | undefined): number => Number(toInteger(value ?? 0n));

/** A function of one text. */
const ofText =
  (change: (value: string) => TemplateValue): TemplateFunction =>
  (value) =>
    change(text(value));
const ofIntegers =
  (fold: (a: bigint, b: bigint) => bigint): TemplateFunction =>
  (...values) =>
    values.map(toInteger).reduce(fold);
/** Sums of decimal fractions come out as they would on paper. */
const ofFloats =
  (fold: (a: number, b: number) => number): TemplateFunction =>
  (...values) =>
    values.map(toFloat).reduce((a, b) => Number(fold(a, b).toPrecision(15)));

function divided(a: bigint, b: bigint): bigint {
  if (b === 0n) {
    throw new TemplateError('runtime error: integer divide by zero');
  }
  return a / b;
}

function compared(a: TemplateValue, b: TemplateValue): number {
  if (typeof a !== typeof b) {
    throw new TemplateError('incompatible types for comparison');
  }
  if (a === null || b === null || typeof a === 'object' || typeof b === 'object') {
    throw new TemplateError('invalid type for comparison');
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Half away from zero, after so many decimals. */
function rounded(value: number, decimals: number): number {
  const scaled = Math.abs(value) * 10 ** decimals;
  return (Math.sign(value) * Math.floor(scaled + 0.5)) / 10 ** decimals;
}

function fromJson(value: string): TemplateValue {
  try {
    const read = (parsed: unknown): TemplateValue => {
      if (Array.isArray(parsed)) {
        return parsed.map(read);
      }
      return typeof parsed === 'object' && parsed !== null
        ? Object.fromEntries(Object.entries(parsed).map(([name, member]) => [name, read(member)]))
        : (parsed as TemplateValue);
    };
    return read(JSON.parse(value));
  } catch {
    return null;
  }
}

function measured(value: string, read: (text: string) => number | undefined, what: string): number {
  const found = read(value);
  if (found === undefined) {
    throw new TemplateError(`invalid ${what} ${JSON.stringify(value)}`);
  }
  return found;
}

function lengthOf(value: TemplateValue): bigint {
  if (typeof value === 'string') {
    return BigInt(new TextEncoder().encode(value).length);
  }
  if (isList(value)) {
    return BigInt(value.length);
  }
  if (isObject(value)) {
    return BigInt(Object.keys(value).length);
  }
  throw new TemplateError(`len of type ${typeof value}`);
}

function indexed(value: TemplateValue, ...keys: readonly TemplateValue[]): TemplateValue {
  return keys.reduce<TemplateValue>((holder, key) => {
    if (isList(holder) || typeof holder === 'string') {
      // A text is its bytes.
      const items = isList(holder) ? holder : [...new TextEncoder().encode(holder)].map(BigInt);
      const at = Number(toInteger(key));
      if (at < 0 || at >= items.length) {
        throw new TemplateError(`index out of range: ${at}`);
      }
      return items[at];
    }
    if (isObject(holder)) {
      return Object.hasOwn(holder, text(key)) ? holder[text(key)] : '';
    }
    throw new TemplateError(`can't index item of type ${typeof holder}`);
  }, value);
}

const functions: Readonly<Record<string, TemplateFunction>> = {
  ToLower: ofText((value) => value.toLowerCase()),
  ToUpper: ofText((value) => value.toUpperCase()),
  lower: ofText((value) => value.toLowerCase()),
  upper: ofText((value) => value.toUpperCase()),
  title: ofText((value) =>
    value.replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_, before: string, first: string) => before + first.toUpperCase())
  ),
  Replace: (value, from, to, times) => replaced(text(value), text(from), text(to), count(times)),
  replace: (from, to, value) => replaced(text(value), text(from), text(to), -1),
  Trim: (value, cut) => trimmed(text(value), text(cut), 'both'),
  TrimLeft: (value, cut) => trimmed(text(value), text(cut), 'left'),
  TrimRight: (value, cut) => trimmed(text(value), text(cut), 'right'),
  TrimPrefix: (value, prefix) => withoutPrefix(text(value), text(prefix)),
  TrimSuffix: (value, suffix) => withoutSuffix(text(value), text(suffix)),
  TrimSpace: ofText((value) => value.trim()),
  trim: ofText((value) => value.trim()),
  trimAll: (cut, value) => trimmed(text(value), text(cut), 'both'),
  trimPrefix: (prefix, value) => withoutPrefix(text(value), text(prefix)),
  trimSuffix: (suffix, value) => withoutSuffix(text(value), text(suffix)),
  trunc: (length, value) => truncated(count(length), text(value)),
  substr: (start, end, value) => substring(count(start), count(end), text(value)),
  contains: (part, value) => text(value).includes(text(part)),
  hasPrefix: (prefix, value) => text(value).startsWith(text(prefix)),
  hasSuffix: (suffix, value) => text(value).endsWith(text(suffix)),
  indent: (width, value) => indented(count(width), text(value)),
  nindent: (width, value) => `\n${indented(count(width), text(value))}`,
  repeat: (times, value) => text(value).repeat(Math.min(10_000, Math.max(0, count(times)))),
  alignLeft: (width, value) => aligned(count(width), text(value), 'left'),
  alignRight: (width, value) => aligned(count(width), text(value), 'right'),
  int: (value) => toInteger(value),
  float64: (value) => toFloat(value),
  add: ofIntegers((a, b) => a + b),
  sub: ofIntegers((a, b) => a - b),
  mul: ofIntegers((a, b) => a * b),
  div: ofIntegers(divided),
  mod: ofIntegers((a, b) => a - divided(a, b) * b),
  max: ofIntegers((a, b) => (b > a ? b : a)),
  min: ofIntegers((a, b) => (b < a ? b : a)),
  addf: ofFloats((a, b) => a + b),
  subf: ofFloats((a, b) => a - b),
  mulf: ofFloats((a, b) => a * b),
  divf: ofFloats((a, b) => a / b),
  maxf: ofFloats(Math.max),
  minf: ofFloats(Math.min),
  ceil: (value) => Math.ceil(toFloat(value)),
  floor: (value) => Math.floor(toFloat(value)),
  round: (value, decimals) => rounded(toFloat(value), count(decimals)),
  default: (fallback, value) => (value !== undefined && isTrue(value) ? value : fallback),
  fromJson: ofText(fromJson),
  b64enc: ofText(encodedBase64),
  b64dec: ofText(decodedBase64),
  urlencode: ofText(encoded),
  urldecode: ofText(decoded),
  urlquery: (...values) => encoded(values.map(printed).join('')),
  bytes: ofText((value) => measured(value, parseBytes, 'size')),
  duration: ofText((value) => measured(value, goDuration, 'duration') / 1e9),
  duration_seconds: ofText((value) => measured(value, goDuration, 'duration') / 1e9),
  regexReplaceAll: (pattern, value, to) => compileRegex(text(pattern)).replaceAll(text(value), text(to)),
  regexReplaceAllLiteral: (pattern, value, to) => compileRegex(text(pattern)).replaceAllLiteral(text(value), text(to)),
  count: (pattern, value) => BigInt(compileRegex(text(pattern)).countIn(text(value))),
  not: (value) => !isTrue(value),
  len: lengthOf,
  index: indexed,
  print: (...values) => spacedOut(values),
  println: (...values) => `${values.map(printed).join(' ')}\n`,
  printf: (format, ...values) => formatPrintf(text(format), values),
  eq: (value, ...others) => others.some((other) => compared(value, other) === 0),
  ne: (a, b) => compared(a, b) !== 0,
  lt: (a, b) => compared(a, b) < 0,
  le: (a, b) => compared(a, b) <= 0,
  gt: (a, b) => compared(a, b) > 0,
  ge: (a, b) => compared(a, b) >= 0,
};

/** With a space between two of which neither is a text. */
function spacedOut(values: readonly TemplateValue[]): string {
  return values
    .map((value, at) => {
      const before = values[at - 1];
      const joined = at === 0 || typeof value === 'string' || typeof before === 'string';
      return `${joined ? '' : ' '}${printed(value)}`;
    })
    .join('');
}

const goDuration = (value: string) => parseDuration(value, { goOnly: true });
/** `and` and `or` look at their arguments one by one, `__line__` at the line: the renderer knows them itself. */
export const lazyFunctions: readonly string[] = ['and', 'or', '__line__'];

export function isTemplateFunction(name: string): boolean {
  return lazyFunctions.includes(name) || Object.hasOwn(functions, name);
}

/** @throws TemplateError where the arguments do not fit. */
export function callTemplateFunction(name: string, values: readonly TemplateValue[]): TemplateValue {
  return functions[name](...values) ?? null;
}
