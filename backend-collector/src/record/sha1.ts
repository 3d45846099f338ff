/**
 * SHA-1 (RFC 3174) of a message of one block, over words: the platform's hash costs more per flow than all its packets. Used for
 * Community IDs, never for security.
 */
const schedule = new Int32Array(80);

/**
 * Hashes `length` bytes, at most 55 since the block also holds a bit and the length; writes the 20 bytes of the digest.
 *
 * @param message at least 64 bytes long; what follows the message in it is overwritten
 */
export function sha1OfOneBlock(message: Uint8Array, length: number, digest: Uint8Array): void {
  message.fill(0, length, 64);
  message[length] = 0x80;
  message[62] = (length * 8) >>> 8;
  message[63] = length * 8;
  const w = schedule;
  for (let i = 0, p = 0; i < 16; i++, p += 4) {
    w[i] = (message[p] << 24) | (message[p + 1] << 16) | (message[p + 2] << 8) | message[p + 3];
  }
  for (let i = 16; i < 80; i++) {
    const x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
    w[i] = (x << 1) | (x >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  for (let i = 0; i < 20; i++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + w[i] + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 20; i < 40; i++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i] + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 40; i < 60; i++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + w[i] + -0x70e44324) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 60; i < 80; i++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i] + -0x359d3e2a) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  putWord(digest, 0, 0x67452301 + a);
  putWord(digest, 4, 0xefcdab89 + b);
  putWord(digest, 8, 0x98badcfe + c);
  putWord(digest, 12, 0x10325476 + d);
  putWord(digest, 16, 0xc3d2e1f0 + e);
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
