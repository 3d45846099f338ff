/** Text off the wire as a record may carry it: bounded, UTF-8 where it is, control characters as `%XX`. */

const decoder = new TextDecoder('utf-8');

export function wireText(bytes: Uint8Array, from: number, to: number, maxBytes: number): string {
  const end = Math.min(to, from + maxBytes);
  for (let i = from; i < end; i++) {
    if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
      return escaped(decoder.decode(bytes.subarray(from, end)));
    }
  }
  let text = '';
  for (let i = from; i < end; i++) {
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}

function escaped(text: string): string {
  let out = '';
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    out += isControl ? `%${code.toString(16).padStart(2, '0').toUpperCase()}` : c;
  }
  return out;
}
