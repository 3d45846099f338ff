/**
 * Patterns of `| pattern "<ip> - <_>"` and `|> "<_>error<_>"`: texts with captures between them. A capture takes what
 * precedes the first occurrence of the next text.
 */
export type PatternPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'capture'; readonly name: string };

/** A capture without a name is called this. */
const UNNAMED = '_';

type PatternRead =
  | { readonly ok: true; readonly parts: readonly PatternPart[] }
  /** In Loki's words. */
  | { readonly ok: false; readonly reason: string };

function partsOf(pattern: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let at = 0;
  for (const match of pattern.matchAll(/<([A-Za-z_]\w*)>/g)) {
    if (match.index > at) {
      parts.push({ kind: 'text', text: pattern.slice(at, match.index) });
    }
    parts.push({ kind: 'capture', name: match[1] });
    at = match.index + match[0].length;
  }
  return at < pattern.length ? [...parts, { kind: 'text', text: pattern.slice(at) }] : parts;
}

function consecutive(parts: readonly PatternPart[]): string | undefined {
  const at = parts.findIndex((part, index) => part.kind === 'capture' && parts[index + 1]?.kind === 'capture');
  const shown = (part: PatternPart) => (part.kind === 'capture' ? `<${part.name}>` : part.text);
  return at === -1
    ? undefined
    : `found consecutive capture '${shown(parts[at])}${shown(parts[at + 1])}': invalid expression`;
}

/** For the parser: named captures, each name once. */
export function readCapturePattern(pattern: string): PatternRead {
  const parts = partsOf(pattern);
  const names = captureNames(parts);
  if (names.length === 0) {
    return { ok: false, reason: 'at least one capture is required' };
  }
  const neighbours = consecutive(parts);
  if (neighbours !== undefined) {
    return { ok: false, reason: neighbours };
  }
  const twice = names.find((name, at) => names.indexOf(name) < at);
  return twice === undefined
    ? { ok: true, parts }
    : { ok: false, reason: `duplicate capture name (${twice}): invalid expression` };
}

/** For the line filter: captures without names only. */
export function readFilterPattern(pattern: string): PatternRead {
  const parts = partsOf(pattern);
  const neighbours = consecutive(parts);
  if (neighbours !== undefined) {
    return { ok: false, reason: neighbours };
  }
  const [named] = captureNames(parts);
  return named === undefined
    ? { ok: true, parts }
    : { ok: false, reason: `named captures are not allowed: found '<${named}>'` };
}

function captureNames(parts: readonly PatternPart[]): readonly string[] {
  return parts.flatMap((part) => (part.kind === 'capture' && part.name !== UNNAMED ? [part.name] : []));
}

/** What the named captures take. Where a text is missing, the capture before it takes the rest and is the last. */
export function capturesIn(
  line: string,
  parts: readonly PatternPart[]
): ReadonlyArray<readonly [name: string, value: string]> {
  const found: Array<readonly [string, string]> = [];
  const [first] = parts;
  if (line === '' || (first.kind === 'text' && !line.startsWith(first.text))) {
    return found;
  }
  let rest = first.kind === 'text' ? line.slice(first.text.length) : line;
  for (let at = first.kind === 'text' ? 1 : 0; at < parts.length; at += 2) {
    const part = parts[at];
    const next = parts[at + 1];
    const end = next?.kind === 'text' ? rest.indexOf(next.text) : -1;
    if (part.kind === 'capture' && part.name !== UNNAMED) {
      found.push([part.name, end === -1 ? rest : rest.slice(0, end)]);
    }
    if (end === -1 || next?.kind !== 'text') {
      break;
    }
    rest = rest.slice(end + next.text.length);
  }
  return found;
}

/** Whether a whole line is of the pattern. Captures take one character at least. */
export function matchesPattern(line: string, parts: readonly PatternPart[]): boolean {
  if (line === '' || parts.length === 0) {
    return line === '' && parts.length === 0;
  }
  let from = 0;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part.kind === 'capture') {
      continue;
    }
    const found = line.indexOf(part.text, from);
    if (found === -1 || (at > 0 && found === from)) {
      return false;
    }
    from = found + part.text.length;
  }
  return (parts[parts.length - 1].kind === 'capture') === from < line.length;
}
