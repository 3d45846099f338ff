/**
 * One batch in one file: `bpfnspl1`, body length, CRC-32 of the body (both 32 bit, little endian), then the body.
 *
 * The name is `<number>-<lines>.batch`, twelve and eight digits, so that order and loss are known without reading. A file is
 * written as `.tmp` and renamed when whole; what is short, long or altered all the same (a power cut) is detected by length and
 * checksum.
 */
import { crc32 } from 'node:zlib';

const MAGIC = Buffer.from('bpfnspl1', 'latin1');
const HEADER_BYTES = MAGIC.length + 8;

interface BatchName {
  readonly id: number;
  readonly lines: number;
}

export function batchFileName(name: BatchName): string {
  return `${String(name.id).padStart(12, '0')}-${String(name.lines).padStart(8, '0')}.batch`;
}

export function parseBatchFileName(fileName: string): (BatchName & { readonly whole: boolean }) | undefined {
  const match = /^(\d{12})-(\d{8})\.batch(\.tmp)?$/.exec(fileName);
  return match === null ? undefined : { id: Number(match[1]), lines: Number(match[2]), whole: match[3] === undefined };
}

export function encodeBatchFile(body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(body.length, MAGIC.length);
  header.writeUInt32LE(crc32(body), MAGIC.length + 4);
  return Buffer.concat([header, body]);
}

/** Size of the file of a body of that many bytes. */
export const batchFileBytes = (bodyBytes: number): number => HEADER_BYTES + bodyBytes;

/** The body, or undefined where the file is not what was written. */
export function decodeBatchFile(file: Buffer): Buffer | undefined {
  if (file.length < HEADER_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) {
    return undefined;
  }
  const body = file.subarray(HEADER_BYTES);
  const intact = file.readUInt32LE(MAGIC.length) === body.length && file.readUInt32LE(MAGIC.length + 4) === crc32(body);
  return intact ? body : undefined;
}
