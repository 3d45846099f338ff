/**
 * Base64 (RFC 4648 section 4, with padding) between bytes and text, for columns inside of a JSON line. Written out because
 * neither Buffer (not in browsers) nor btoa (text only) serves both sides.
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const CODE = new Uint8Array(64);
const VALUE = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i++) {
  CODE[i] = ALPHABET.charCodeAt(i);
  VALUE[CODE[i]] = i;
}
/** Two letters for 12 bits, as they stand in memory. */
const CODES = new Uint16Array(4096);
for (let i = 0; i < 4096; i++) {
  CODES[i] = CODE[i >> 6] | (CODE[i & 63] << 8);
}
const PAD = 61;

const ascii = new TextDecoder('latin1');

/** Base64 of the first `length` bytes. */
export function toBase64(bytes: Uint8Array, length: number = bytes.length): string {
  const out = new Uint8Array(Math.ceil(length / 3) * 4);
  writeBase64(new DataView(out.buffer), 0, bytes, length);
  return ascii.decode(out);
}

/** Writes the base64 of the first `length` bytes into `out` from `at` on; returns the place after it. */
export function writeBase64(out: DataView, at: number, bytes: Uint8Array, length: number): number {
  let o = at;
  let i = 0;
  for (; i + 2 < length; i += 3, o += 4) {
    const n = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    out.setUint32(o, CODES[n >> 12] | (CODES[n & 4095] << 16), true);
  }
  if (i < length) {
    const n = (bytes[i] << 16) | (i + 1 < length ? bytes[i + 1] << 8 : 0);
    out.setUint16(o, CODES[n >> 12], true);
    out.setUint8(o + 2, i + 1 < length ? CODE[(n >> 6) & 63] : PAD);
    out.setUint8(o + 3, PAD);
    o += 4;
  }
  return o;
}

/** The bytes, or undefined where the text is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) {
    return undefined;
  }
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  let o = 0;
  for (let i = 0; i < text.length; i += 4) {
    const last = i + 4 === text.length;
    let n = 0;
    for (let k = 0; k < 4; k++) {
      const code = text.charCodeAt(i + k);
      const value = code < 256 ? VALUE[code] : 255;
      if (value === 255 && !(last && k >= 4 - padding)) {
        return undefined;
      }
      n = (n << 6) | (value === 255 ? 0 : value);
    }
    for (let shift = 16; shift >= 0 && o < out.length; shift -= 8) {
      out[o++] = (n >> shift) & 255;
    }
  }
  return out;
}
