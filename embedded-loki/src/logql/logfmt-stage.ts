/** `| logfmt`: `key=value key="quoted value" flag`. Without `--strict`, what is no pair is skipped. */
import { sanitizeName } from './json-stage';
import { type LabelBuilder } from './label-builder';

const logfmtError = 'LogfmtParserErr';
const pair = /([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]*))?)?(?=\s|$)/y;

export function extractLogfmt(
  line: string,
  options: { readonly strict: boolean; readonly keepEmpty: boolean },
  labels: LabelBuilder
): void {
  const { hints } = labels;
  if (hints.nothingToExtract) {
    return;
  }
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at])) {
      at++;
      continue;
    }
    pair.lastIndex = at;
    const match = pair.exec(line);
    if (match === null) {
      if (options.strict) {
        labels.setError(logfmtError, `logfmt syntax error at pos ${at + 1}`);
        return;
      }
      const space = line.slice(at).search(/\s/);
      at = space === -1 ? line.length : at + space;
      continue;
    }
    at = pair.lastIndex;
    const value = match[2] === undefined ? (match[3] ?? '') : unquote(match[2]);
    const name = sanitizeName(match[1], true);
    if (name === '' || (value === '' && !options.keepEmpty)) {
      continue;
    }
    const stored = labels.parsedName(name);
    if (hints.shouldExtract(stored)) {
      labels.set('parsed', stored, value);
    }
    if (hints.allExtracted) {
      return;
    }
  }
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
