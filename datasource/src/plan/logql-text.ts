/**
 * Texts from outside as parts of LogQL.
 *
 * Invariant: whatever the text, `quote` gives one string literal, and `escapeRegex` a regular expression that matches that text alone.
 */

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

/** A text as inside the quotes of a JSON string, as a regular expression. */
export function escapeJsonRegex(text: string): string {
  return escapeRegex(JSON.stringify(text).slice(1, -1));
}

/** LogQL has no exponents. */
export function decimal(n: number): string {
  return n.toFixed(6).replace(/\.?0+$/, '');
}
