/** `| json` and `| json label="path"`. */
import { type JsonPath } from './ast';
import { type JsonType, scanJsonArray, scanJsonObject, unescapeJson } from './json-scanner';
import { type LabelBuilder } from './label-builder';

export const JSON_ERROR = 'JSONParserErr';

/** A label name from a field name: characters that a label name cannot have become `_`. Empty for an empty name. */
export function sanitizeName(name: string, isFirst: boolean): string {
  const trimmed = name.trim();
  const prefixed = isFirst && /^\d/.test(trimmed) ? `_${trimmed}` : trimmed;
  return /^\w*$/.test(prefixed) ? prefixed : prefixed.replace(/[^a-zA-Z0-9_]/gu, '_');
}

function joinNames(parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) {
    const name = sanitizeName(part, joined === '');
    if (name !== '') {
      joined = joined === '' ? name : `${joined}_${name}`;
    }
  }
  return joined;
}

/** Every field of the line, nested names joined by `_`; arrays and nulls become no labels. The first of equal names wins. */
export function extractJson(line: string, labels: LabelBuilder): void {
  const { hints } = labels;
  if (hints.nothingToExtract) {
    return;
  }
  const prefix: string[] = [];
  let failure: string | undefined;

  const visit = (key: string, raw: string, type: JsonType): boolean => {
    switch (type) {
      case 'object': {
        prefix.push(key);
        let stop = false;
        if (hints.shouldExtractPrefix(joinNames(prefix))) {
          const result = scanJsonObject(raw, visit);
          failure = result.kind === 'error' ? result.reason : failure;
          stop = result.kind !== 'done';
        }
        prefix.pop();
        return stop;
      }
      case 'string':
      case 'number':
      case 'boolean': {
        const name = prefix.length === 0 ? sanitizeName(key, true) : joinNames([...prefix, key]);
        if (name !== '') {
          const stored = labels.parsedName(name);
          if (hints.shouldExtract(stored)) {
            labels.set('parsed', stored, type === 'string' ? unescapeJson(raw) : raw);
          }
        }
        break;
      }
      case 'array':
      case 'null':
        break;
    }
    return hints.allExtracted;
  };

  const result = scanJsonObject(line, visit);
  const reason = failure ?? (result.kind === 'error' ? result.reason : undefined);
  if (reason !== undefined) {
    labels.setError(JSON_ERROR, reason);
  }
}

export function extractJsonFields(
  line: string,
  fields: ReadonlyArray<{ readonly label: string; readonly path: JsonPath }>,
  labels: LabelBuilder
): void {
  if (line === '' || labels.hints.nothingToExtract) {
    return;
  }
  if (!/^["{[]/.test(line)) {
    labels.setError(JSON_ERROR, '');
    return;
  }
  const missing: string[] = [];
  for (const { label, path } of fields) {
    const value = valueAt(line, path);
    if (value === undefined) {
      missing.push(label);
    } else {
      labels.set('parsed', labels.parsedName(label), value);
    }
  }
  for (const label of missing) {
    if (labels.get(label) === undefined) {
      labels.set('parsed', label, '');
    }
  }
}

function valueAt(line: string, path: JsonPath): string | undefined {
  let raw = line;
  let type: JsonType = line.startsWith('[') ? 'array' : 'object';
  for (const step of path) {
    let next: { readonly raw: string; readonly type: JsonType } | undefined;
    if (typeof step === 'number' && type === 'array') {
      scanJsonArray(raw, (index, value, valueType) => {
        next = index === step ? { raw: value, type: valueType } : next;
        return next !== undefined;
      });
    } else if (typeof step === 'string' && type === 'object') {
      scanJsonObject(raw, (key, value, valueType) => {
        next = key === step ? { raw: value, type: valueType } : next;
        return next !== undefined;
      });
    }
    if (next === undefined) {
      return undefined;
    }
    ({ raw, type } = next);
  }
  if (type === 'null') {
    return '';
  }
  return type === 'object' ? raw : unescapeJson(raw);
}
