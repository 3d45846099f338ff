/**
 * Whether a line is a *flat* JSON object: compact, its names label names, its values strings without escapes, numbers
 * as DuckDB would print them, booleans, null, or arrays of numbers. For such lines DuckDB's own JSON functions yield
 * exactly the labels that `| json` does, so a query may let the database read the fields; other lines go through the
 * parser of this store. Decided once, when the line is written. All lines of the collector without an escape are flat.
 */
const string = '"[^"\\\\\\x00-\\x1f\\ufffd]*"';
// No exponent, no trailing zero, no -0, not so small that it would be printed with an exponent.
const number = '-?(?:[1-9]\\d{0,14}|(?:0|[1-9]\\d{0,14})\\.(?!000)\\d{0,16}[1-9])|0';
const array = '\\[(?:-?\\d{1,15}(?:,-?\\d{1,15})*)?\\]';
const value = `(?:${string}|${number}|true|false|null|${array})`;
const field = `"[a-zA-Z_][a-zA-Z0-9_]*":${value}`;
const flatObject = new RegExp(`^\\{${field}(?:,${field})*\\}$`);

/** Numbers of so many digits that a double may not give them back as they were written. */
const longNumber = /-?[\d.]{16,}/g;

export function isFlatJson(line: string): boolean {
  if (line.charCodeAt(0) !== 0x7b || !flatObject.test(line)) {
    return false;
  }
  const long = line.match(longNumber);
  // Digits inside of a string are tried too: a needless refusal costs time, never a wrong label.
  return long === null || long.every((text) => String(Number(text)) === text);
}
