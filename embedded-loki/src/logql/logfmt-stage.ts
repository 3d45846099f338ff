/** `| logfmt`: `key=value key="quoted value" flag`. Without `--strict`, anything but a pair is skipped. */
import { type LogfmtField } from './ast';
import { sanitizeName } from './json-stage';
import { type LabelBuilder } from './label-builder';

const LOGFMT_ERROR = 'LogfmtParserErr';
const PAIR = /([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]*))?)?(?=\s|$)/y;

export function extractLogfmt(
  line: string,
  options: { readonly strict: boolean; readonly keepEmpty: boolean },
  labels: LabelBuilder
): void {
  const { hints } = labels;
  if (hints.nothingToExtract) {
    return;
  }
  const failure = forEachPair(line, options.strict, (key, value) => {
    const name = sanitizeName(key, true);
    if (name !== '' && (value !== '' || options.keepEmpty)) {
      const stored = labels.parsedName(name);
      if (hints.shouldExtract(stored)) {
        labels.set('parsed', stored, value);
      }
    }
    return hints.allExtracted;
  });
  if (failure !== undefined) {
    labels.setError(LOGFMT_ERROR, failure);
  }
}

/** `| logfmt label="key"`: labels of the keys that are named; empty where the line has no such key. */
export function extractLogfmtFields(
  line: string,
  { strict, fields }: { readonly strict: boolean; readonly fields: readonly LogfmtField[] },
  labels: LabelBuilder
): void {
  if (labels.hints.nothingToExtract) {
    return;
  }
  for (const { label } of fields) {
    if (labels.parsedName(label) === label) {
      labels.set('parsed', label, '');
    }
  }
  const failure = forEachPair(line, strict, (key, value) => {
    const name = sanitizeName(key, true);
    for (const { label } of fields.filter((field) => field.key === name)) {
      labels.set('parsed', labels.parsedName(label), value);
    }
    return false;
  });
  if (failure !== undefined) {
    labels.setError(LOGFMT_ERROR, failure);
  }
}

/** Calls `visit` for each pair until it returns true. Why and where a strict walk ended early, else undefined. */
export function forEachPair(
  line: string,
  strict: boolean,
  visit: (key: string, value: string) => boolean
): string | undefined {
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at])) {
      at++;
      continue;
    }
    PAIR.lastIndex = at;
    const match = PAIR.exec(line);
    if (match === null) {
      if (strict) {
        return `logfmt syntax error at pos ${at + 1}`;
      }
      const space = line.slice(at).search(/\s/);
      at = space === -1 ? line.length : at + space;
      continue;
    }
    at = PAIR.lastIndex;
    if (visit(match[1], match[2] === undefined ? (match[3] ?? '') : unquote(match[2]))) {
      break;
    }
  }
  return undefined;
}

function unquote(text: string): string {
  if (!text.includes('\\')) {
    return text;
  }
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
