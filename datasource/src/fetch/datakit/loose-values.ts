/** DataKit's values come in several types: numbers as texts, objects as texts. */
import { type LogEntry } from '../../loki/loki-client';

export type Fields = Readonly<Record<string, unknown>>;

/** Labels, then the line, then its message, the later over the earlier; undefined where the line is no JSON object. */
export function flatFields({ line, labels }: LogEntry, nested: 'tcp' | 'http'): Fields | undefined {
  const own = objectOf(line);
  if (own === undefined) {
    return undefined;
  }
  const message = objectOf(own.message);
  return {
    ...labels,
    ...own,
    ...message,
    ...objectOf(own[nested]),
    ...objectOf(message?.[nested]),
  };
}

function objectOf(value: unknown): Fields | undefined {
  let json = value;
  if (typeof value === 'string') {
    try {
      json = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : undefined;
}

export function arrayOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function numbers(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, numberOf(fields[name])]));
}

export function numberOf(value: unknown): number | undefined {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}

export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return String(value);
  }
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function booleanOf(value: unknown): boolean | undefined {
  return value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
}
