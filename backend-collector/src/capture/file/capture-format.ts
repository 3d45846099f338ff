/** Tells capture files by their first bytes, and names what else a file seems to be. */

type CaptureFormat =
  | { readonly kind: 'pcap'; readonly littleEndian: boolean; readonly nanoseconds: boolean }
  | { readonly kind: 'pcapng' }
  | { readonly kind: 'other'; readonly looksLike: string };

/** Bytes that `detectFormat` wants to see, where the file has so many. */
export const FORMAT_BYTES = 24;

const MAGICS: ReadonlyArray<readonly [readonly number[], string]> = [
  [[0x7f, 0x45, 0x4c, 0x46], 'a program (ELF)'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive: unpack it first'],
  [[0x42, 0x5a, 0x68], 'bzip2 data: unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz data: unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd data: unpack it first'],
  [[0x73, 0x6e, 0x6f, 0x6f, 0x70, 0x00], 'a snoop capture: convert it with `editcap -F pcapng`'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0x34, 0xcd, 0xb2, 0xa1], 'a capture of a patched libpcap: convert it with `editcap -F pcapng`'],
  [[0xa1, 0xb2, 0xcd, 0x34], 'a capture of a patched libpcap: convert it with `editcap -F pcapng`'],
];

export function detectFormat(head: Uint8Array): CaptureFormat {
  if (head.length === 0) {
    return { kind: 'other', looksLike: 'an empty file' };
  }
  if (startsWith(head, [0x0a, 0x0d, 0x0d, 0x0a])) {
    return { kind: 'pcapng' };
  }
  for (const littleEndian of [true, false]) {
    for (const nanoseconds of [true, false]) {
      const magic = [0xa1, 0xb2, nanoseconds ? 0x3c : 0xc3, nanoseconds ? 0x4d : 0xd4];
      if (startsWith(head, littleEndian ? magic.reverse() : magic)) {
        return { kind: 'pcap', littleEndian, nanoseconds };
      }
    }
  }
  for (const [magic, looksLike] of MAGICS) {
    if (startsWith(head, magic)) {
      return { kind: 'other', looksLike };
    }
  }
  return { kind: 'other', looksLike: isText(head) ? 'text' : 'unknown binary data' };
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((b) => b === 9 || b === 10 || b === 13 || (b >= 32 && b !== 127));
}
