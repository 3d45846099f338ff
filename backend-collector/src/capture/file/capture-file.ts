/** One capture file as a stream of batches: opens it, detects its format, and reads on when the cursor has run out. */
import { basename } from 'node:path';
import { CollectorError } from '../../errors';
import { isKnownLinkType, linkTypeName } from '../../wire/link-type';
import { openByteInput, type ByteInput } from './byte-input';
import { ByteWindow } from './byte-window';
import { FORMAT_BYTES, detectFormat } from './capture-format';
import { type FileCursor } from './file-cursor';
import { type FileNics } from './file-nics';
import { PCAP_HEADER_BYTES, PcapCursor } from './pcap-cursor';
import { PcapngCursor } from './pcapng-cursor';

export class CaptureFile {
  private constructor(
    private readonly path: string,
    private readonly input: ByteInput,
    private readonly window: ByteWindow,
    readonly cursor: FileCursor,
    private readonly nicTable: FileNics
  ) {}

  /** Throws a `CollectorError`: file-not-found, not-a-capture, no-permission, truncated-capture. */
  static async open(path: string, nicTable: FileNics): Promise<CaptureFile> {
    const name = path === '-' ? 'standard input' : path;
    const input = await openByteInput(path);
    try {
      const window = new ByteWindow(input);
      await window.need(FORMAT_BYTES);
      const cursor = await openCursor(name, window, nicTable);
      return new CaptureFile(name, input, window, cursor, nicTable);
    } catch (error) {
      await input.close();
      throw error;
    }
  }

  /** Reads on after the cursor ran dry. False at the end; throws where the file is damaged or cut off. */
  async more(): Promise<boolean> {
    if (this.cursor.failure !== undefined) {
      throw this.cursor.failure;
    }
    const before = this.window.available();
    if (await this.window.more()) {
      this.cursor.refresh();
      return true;
    }
    if (before > 0 && this.cursor.endedInsideRecord()) {
      throw new CollectorError(
        'truncated-capture',
        `${this.path}: cut off inside a packet at byte ${this.window.position()}; what came before was read.`
      );
    }
    return false;
  }

  /** What is wrong with packets that were read but that nobody can decode. */
  linkTypeProblem(): CollectorError | undefined {
    const unknown = this.nicTable.nics.find((nic) => !isKnownLinkType(nic.linkType));
    return unknown === undefined
      ? undefined
      : new CollectorError(
          'unknown-link-type',
          `${this.path}: link type ${linkTypeName(unknown.linkType)} of ${unknown.name} is not supported: its packets were skipped. Supported are Ethernet, raw IP, Linux cooked and BSD loopback.`
        );
  }

  close(): Promise<void> {
    return this.input.close();
  }
}

async function openCursor(name: string, window: ByteWindow, nicTable: FileNics): Promise<FileCursor> {
  const format = detectFormat(window.bytes.subarray(window.start, Math.min(window.end, window.start + FORMAT_BYTES)));
  const nicName = `file:${basename(name)}`;
  switch (format.kind) {
    case 'pcap':
      if (!(await window.need(PCAP_HEADER_BYTES))) {
        throw new CollectorError('truncated-capture', `${name}: cut off inside the file header; it has no packets.`);
      }
      return new PcapCursor(window, name, nicTable, { ...format, nicName });
    case 'pcapng':
      return new PcapngCursor(window, name, nicTable, nicName);
    case 'other':
      throw new CollectorError(
        'not-a-capture',
        `${name} is not a pcap or pcapng capture; it looks like ${format.looksLike}.`
      );
  }
}
