/** What the functions of templates do to texts; lengths and places count characters. */
import { TemplateError } from './template-tokens';

const runes = (value: string): readonly string[] => [...value];

/** The characters of `cut` away from both ends, or from one. */
export function trimmed(value: string, cut: string, ends: 'both' | 'left' | 'right'): string {
  const characters = runes(value);
  let from = 0;
  let to = characters.length;
  while (ends !== 'right' && from < to && cut.includes(characters[from])) {
    from++;
  }
  while (ends !== 'left' && to > from && cut.includes(characters[to - 1])) {
    to--;
  }
  return characters.slice(from, to).join('');
}

export function replaced(value: string, from: string, to: string, times: number): string {
  let rest = value;
  let done = '';
  for (let at = 0; at !== times; at++) {
    const found = rest.indexOf(from);
    if (found === -1 || from === '') {
      break;
    }
    done += rest.slice(0, found) + to;
    rest = rest.slice(found + from.length);
  }
  return done + rest;
}

export function substring(start: number, end: number, value: string): string {
  const characters = runes(value);
  if (start < 0) {
    return characters.slice(0, Math.max(0, end)).join('');
  }
  return characters.slice(start, end < 0 ? undefined : end).join('');
}

export function truncated(length: number, value: string): string {
  const characters = runes(value);
  if (length < 0) {
    return characters.length + length > 0 ? characters.slice(length).join('') : value;
  }
  return characters.slice(0, length).join('');
}

export function aligned(width: number, value: string, side: 'left' | 'right'): string {
  const characters = runes(value);
  if (width < 0) {
    return value;
  }
  const pad = ' '.repeat(Math.max(0, width - characters.length));
  return side === 'left'
    ? characters.slice(0, width).join('') + pad
    : pad + characters.slice(Math.max(0, characters.length - width)).join('');
}

export const indented = (width: number, value: string): string => {
  const pad = ' '.repeat(Math.max(0, width));
  return pad + value.replaceAll('\n', `\n${pad}`);
};

export function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    throw new TemplateError(`invalid URL escape in ${JSON.stringify(value)}`);
  }
}

export const encoded = (value: string): string =>
  encodeURIComponent(value)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export function decodedBase64(value: string): string {
  const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

export const encodedBase64 = (value: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(value)));

export const withoutPrefix = (value: string, prefix: string) =>
  value.startsWith(prefix) ? value.slice(prefix.length) : value;
export const withoutSuffix = (value: string, suffix: string) =>
  suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value;
