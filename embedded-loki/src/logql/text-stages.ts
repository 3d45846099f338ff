/** `| pattern`, `| regexp`, `| unpack` and `| decolorize`. */
import { JSON_ERROR, sanitizeName } from './json-stage';
import { scanJsonObject, unescapeJson } from './json-scanner';
import { type LabelBuilder } from './label-builder';
import { capturesIn, type PatternPart } from './line-pattern';
import { type SearchRegex } from './regex';

function extract(name: string, value: string, labels: LabelBuilder): void {
  const stored = labels.parsedName(name);
  if (labels.hints.shouldExtract(stored)) {
    labels.set('parsed', stored, value);
  }
}

export function extractPattern(line: string, parts: readonly PatternPart[], labels: LabelBuilder): void {
  if (labels.hints.nothingToExtract) {
    return;
  }
  for (const [name, value] of capturesIn(line, parts)) {
    extract(name, value, labels);
  }
}

/** A group that did not match is an empty label. */
export function extractRegexp(line: string, regex: SearchRegex, labels: LabelBuilder): void {
  const match = regex.firstMatch(line);
  for (const [group, name] of match === undefined ? [] : regex.names) {
    extract(sanitizeName(name, true), match?.[group] ?? '', labels);
  }
}

/** The member that holds the line itself. */
const PACKED_ENTRY = '_entry';

/** Undoes the packing of a collector: `{"_entry":"line","label":"value"}`. Without an entry the line stays as it is. */
export function unpacked(line: string, labels: LabelBuilder): string {
  if (line === '' || labels.hints.nothingToExtract) {
    return line;
  }
  if (!line.startsWith('{')) {
    labels.setError(JSON_ERROR, 'expecting json object(6), but it is not');
    return line;
  }
  let entry: string | undefined;
  const members: Array<readonly [string, string]> = [];
  const result = scanJsonObject(line, (key, raw, type) => {
    if (type !== 'string') {
      return;
    }
    if (key === PACKED_ENTRY) {
      entry = unescapeJson(raw);
    } else {
      members.push([key, unescapeJson(raw)]);
    }
  });
  if (result.kind === 'error') {
    labels.setError(JSON_ERROR, result.reason);
    return line;
  }
  if (entry === undefined) {
    return line;
  }
  for (const [name, value] of members) {
    extract(sanitizeName(name, true), value, labels);
  }
  return entry;
}

/** ANSI escape sequences: CSI and OSC, by ESC or by their 8-bit introducer. */
const ESCAPE_SEQUENCE =
  /[\u001b\u009b][[\]()#;?]*(?:(?:(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*)?\u0007)|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~]))/g;

export function withoutColours(line: string): string {
  return line.replace(ESCAPE_SEQUENCE, '');
}
