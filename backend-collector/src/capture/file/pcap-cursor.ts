/**
 * Classic pcap (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html): a 24-byte header, then records of a 16-byte header and
 * the packet. Microseconds or nanoseconds, either byte order. One NIC, which the format does not name.
 */
import { CollectorError } from '../../errors';
import { LinkType } from '../../wire/link-type';
import { PacketDirection } from '../packet-source';
import { MAX_BLOCK, type ByteWindow } from './byte-window';
import { FileCursor } from './file-cursor';
import { type FileNics } from './file-nics';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

interface PcapOptions {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  /** Name of the one NIC. */
  readonly nicName: string;
}

export class PcapCursor extends FileCursor {
  private readonly littleEndian: boolean;
  private readonly fractionNs: number;
  private readonly fileNic: number;
  private readonly cooked: boolean;

  /** `window` holds at least the file header. */
  constructor(window: ByteWindow, fileName: string, nicTable: FileNics, options: PcapOptions) {
    super(window, fileName, nicTable);
    this.littleEndian = options.littleEndian;
    this.fractionNs = options.nanoseconds ? 1 : 1000;
    // The upper bits hold the length of the frame check sequence, which the IP length leaves out anyway.
    const linkType = window.view.getUint32(window.start + 20, options.littleEndian) & 0xffff;
    this.fileNic = nicTable.idOf({ name: options.nicName, linkType });
    this.cooked = linkType === LinkType.LinuxCooked || linkType === LinkType.LinuxCooked2;
    window.start += FILE_HEADER;
  }

  next(): boolean {
    const w = this.window;
    const at = w.start;
    if (w.end - at < RECORD_HEADER || this.failure !== undefined) {
      return false;
    }
    const captured = this.view.getUint32(at + 8, this.littleEndian);
    if (captured > MAX_BLOCK) {
      this.failure = new CollectorError(
        'truncated-capture',
        `${this.fileName}: the packet at byte ${w.position()} claims to have ${captured} bytes: the file is damaged from there on; what came before was read.`
      );
      return false;
    }
    if (w.end - at < RECORD_HEADER + captured) {
      return false;
    }
    const fraction = this.view.getUint32(at + 4, this.littleEndian) * this.fractionNs;
    this.tsSec = this.view.getUint32(at, this.littleEndian);
    this.tsNsec = fraction;
    if (fraction >= 1e9) {
      this.tsSec += Math.floor(fraction / 1e9);
      this.tsNsec = fraction % 1e9;
    }
    this.offset = at + RECORD_HEADER;
    this.capturedLength = captured;
    this.wireLength = Math.max(captured, this.view.getUint32(at + 12, this.littleEndian));
    this.nicId = this.fileNic;
    this.direction = PacketDirection.Unknown;
    if (this.cooked) {
      this.readCookedHeader(this.fileNic);
    }
    w.start = at + RECORD_HEADER + captured;
    this.packets++;
    this.bytes += captured;
    return true;
  }

  endedInsideRecord(): boolean {
    return this.window.available() > 0;
  }
}

export const PCAP_HEADER_BYTES = FILE_HEADER;
