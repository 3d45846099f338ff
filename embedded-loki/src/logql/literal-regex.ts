/**
 * Regular expressions that are a list of texts in disguise, such as `"(?:src_ip|dst_ip)":"10\.0\.0\.1"`. A search for
 * such a pattern is a search for any of its texts: exactly the same, and cheaper.
 */
const MAX_TEXTS = 64;
/** Characters that RE2 takes literally after a backslash. */
const ESCAPABLE = /[\\.+*?()|[\]{}^$"'/\-#&~<>=:!@%,; ]/;

/** The texts, or undefined where the pattern has anything but texts, groups, alternatives, `[…]` and `?`. */
export function textsOfPattern(pattern: string): readonly string[] | undefined {
  const scan = { pattern, at: 0 };
  const texts = alternatives(scan);
  return texts === undefined || scan.at < pattern.length ? undefined : [...new Set(texts)];
}

interface Scan {
  readonly pattern: string;
  at: number;
}

function alternatives(scan: Scan): readonly string[] | undefined {
  const all: string[] = [];
  for (;;) {
    const texts = sequence(scan);
    if (texts === undefined || all.length + texts.length > MAX_TEXTS) {
      return undefined;
    }
    all.push(...texts);
    if (scan.pattern[scan.at] !== '|') {
      return all;
    }
    scan.at++;
  }
}

function sequence(scan: Scan): readonly string[] | undefined {
  let texts: readonly string[] = [''];
  for (;;) {
    const character = scan.pattern[scan.at];
    if (character === undefined || character === '|' || character === ')') {
      return texts;
    }
    const once = character === '(' ? group(scan) : character === '[' ? oneOf(scan) : literal(scan);
    const next = once === undefined ? undefined : atMostOnce(scan, once);
    if (next === undefined || texts.length * next.length > MAX_TEXTS || /[*+?{]/.test(scan.pattern[scan.at] ?? '')) {
      return undefined;
    }
    texts = texts.flatMap((text) => next.map((end) => text + end));
  }
}

function group(scan: Scan): readonly string[] | undefined {
  scan.at += scan.pattern.startsWith('(?:', scan.at) ? 3 : 1;
  const texts = alternatives(scan);
  if (texts === undefined || scan.pattern[scan.at] !== ')') {
    return undefined;
  }
  scan.at++;
  return texts;
}

/** `[",}]`: without ranges, escapes, names of classes and `^`. */
function oneOf(scan: Scan): readonly string[] | undefined {
  const end = scan.pattern.indexOf(']', scan.at + 1);
  const members = [...scan.pattern.slice(scan.at + 1, Math.max(end, 0))];
  scan.at = end + 1;
  return members.length === 0 || members.some((member) => /[\\[^-]/.test(member)) ? undefined : members;
}

/** With the `?` that may follow. */
function atMostOnce(scan: Scan, once: readonly string[]): readonly string[] {
  if (scan.pattern[scan.at] !== '?') {
    return once;
  }
  scan.at++;
  return [...once, ''];
}

function literal(scan: Scan): readonly string[] | undefined {
  const character = String.fromCodePoint(scan.pattern.codePointAt(scan.at) ?? 0);
  if (character === '\\') {
    const escaped = scan.pattern[scan.at + 1];
    scan.at += 2;
    return escaped !== undefined && ESCAPABLE.test(escaped) ? [escaped] : undefined;
  }
  if (/[.+*?[\]{}^$]/.test(character)) {
    return undefined;
  }
  scan.at += character.length;
  return [character];
}
