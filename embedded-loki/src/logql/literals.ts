/**
 * Values as LogQL writes them: Go string literals, Prometheus and Go durations, byte sizes with SI and IEC units.
 * Every parser returns undefined for text that is not such a value.
 */

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** A Go string literal, raw (backquotes) or interpreted (double quotes), with its quotes. */
export function parseStringLiteral(literal: string): string | undefined {
  if (literal.length < 2) {
    return undefined;
  }
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) {
    return inner;
  }
  let valid = true;
  const text = inner.replace(
    /\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-7]{3}|[\s\S])|\n/g,
    (_, escape: string | undefined) => {
      const simple = escape === undefined ? undefined : SIMPLE_ESCAPES[escape];
      if (simple !== undefined) {
        return simple;
      }
      if (escape === undefined || escape.length === 1) {
        valid = false;
        return '';
      }
      const code = /^[uUx]/.test(escape) ? parseInt(escape.slice(1), 16) : parseInt(escape, 8);
      if (code > 0x10ffff) {
        valid = false;
        return '';
      }
      return String.fromCodePoint(code);
    }
  );
  return valid ? text : undefined;
}

const NANOSECONDS_PER: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
  d: 86_400e9,
  w: 7 * 86_400e9,
  y: 365 * 86_400e9,
};

const DURATION_PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w|y)/y;

/** Nanoseconds. With `goOnly`, days and longer units are not known, as in Go's time.ParseDuration. */
export function parseDuration(text: string, options: { readonly goOnly?: boolean } = {}): number | undefined {
  if (text === '0') {
    return 0;
  }
  const sign = text.startsWith('-') ? -1 : 1;
  let position = /^[+-]/.test(text) ? 1 : 0;
  if (position === text.length) {
    return undefined;
  }
  let total = 0;
  while (position < text.length) {
    DURATION_PART.lastIndex = position;
    const part = DURATION_PART.exec(text);
    if (part === null || (options.goOnly === true && /^[dwy]$/.test(part[2]))) {
      return undefined;
    }
    total += Number(part[1]) * NANOSECONDS_PER[part[2]];
    position = DURATION_PART.lastIndex;
  }
  return sign * total;
}

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...Object.fromEntries(
    ['k', 'm', 'g', 't', 'p', 'e'].flatMap((prefix, index) => [
      [prefix, 1000 ** (index + 1)],
      [`${prefix}b`, 1000 ** (index + 1)],
      [`${prefix}i`, 1024 ** (index + 1)],
      [`${prefix}ib`, 1024 ** (index + 1)],
    ])
  ),
};

/** `42 MB`, `1.5KiB`, `1,000`: whole bytes. */
export function parseBytes(text: string): number | undefined {
  const match = /^([\d.,]+)\s*([a-zA-Z]*)\s*$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const amount = parseFloatStrictly(match[1].replaceAll(',', ''));
  const unit = BYTES_PER_UNIT[match[2].toLowerCase()];
  return amount === undefined || unit === undefined ? undefined : Math.floor(amount * unit);
}

/** What Go's strconv.ParseFloat takes, hexadecimal floats and digit separators aside. */
export function parseFloatStrictly(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    return Number(text);
  }
  if (/^[+-]?inf(inity)?$/i.test(text)) {
    return text.startsWith('-') ? -Infinity : Infinity;
  }
  return /^[+-]?nan$/i.test(text) ? NaN : undefined;
}

type Unit = 'number' | 'duration' | 'bytes';

/** Why a text is not a value of the unit, as Loki words it in `__error_details__`. */
export function describeUnreadable(text: string, unit: Unit): string {
  if (unit === 'duration') {
    return `time: invalid duration ${JSON.stringify(text)}`;
  }
  const amount = unit === 'bytes' ? text.replace(/[^\d.,].*$/, '') : text;
  return unit === 'bytes' && amount !== ''
    ? `unhandled size name: ${text.slice(amount.length).trim().toLowerCase()}`
    : `strconv.ParseFloat: parsing ${JSON.stringify(amount)}: invalid syntax`;
}
