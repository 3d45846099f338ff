/**
 * The cursor over the records that a `ByteWindow` holds. A format subclass moves it from record to record in `next()`; `next()` returns false
 * at the first record that is not wholly there.
 */
import { type CollectorError } from '../../errors';
import { LinkType } from '../../wire/link-type';
import { type Nic, type PacketCursor, PacketDirection } from '../packet-source';
import { type ByteWindow } from './byte-window';
import { directionOfCooked } from './linux-cooked';
import { type FileNics } from './file-nics';

export abstract class FileCursor implements PacketCursor {
  buffer: Uint8Array;
  view: DataView;
  offset = 0;
  capturedLength = 0;
  wireLength = 0;
  tsSec = 0;
  tsNsec = 0;
  nicId = 0;
  direction: PacketDirection = PacketDirection.Unknown;
  readonly marks = 0;
  readonly vlanTci = 0;
  /** What it stood on so far. */
  packets = 0;
  bytes = 0;
  /** Set when the data after this place make no sense. */
  failure: CollectorError | undefined;

  private readonly cookedNics = new Map<number, number>();

  constructor(
    protected readonly window: ByteWindow,
    /** How errors name the file. */
    protected readonly fileName: string,
    protected readonly nicTable: FileNics
  ) {
    this.buffer = window.bytes;
    this.view = window.view;
  }

  abstract next(): boolean;

  /** True where the input ended inside of a record. */
  abstract endedInsideRecord(): boolean;

  /** To be called after the window was filled: its memory may have moved. */
  refresh(): void {
    this.buffer = this.window.bytes;
    this.view = this.window.view;
  }

  /** Reads direction and NIC out of a Linux cooked header. */
  protected readCookedHeader(nicId: number): void {
    const linkType = this.nicTable.nics[nicId].linkType;
    if (linkType === LinkType.LinuxCooked && this.capturedLength >= 2) {
      this.direction = directionOfCooked(this.view.getUint16(this.offset));
    } else if (linkType === LinkType.LinuxCooked2 && this.capturedLength >= 20) {
      this.direction = directionOfCooked(this.buffer[this.offset + 10]);
      this.nicId = this.nicOfIfIndex(nicId, this.view.getUint32(this.offset + 4));
    }
  }

  private nicOfIfIndex(parentId: number, ifIndex: number): number {
    const key = parentId * 2 ** 32 + ifIndex;
    let id = this.cookedNics.get(key);
    if (id === undefined) {
      const parent: Nic = this.nicTable.nics[parentId];
      id = this.nicTable.idOf({ ...parent, name: `${parent.name}#${ifIndex}`, ifIndex });
      this.cookedNics.set(key, id);
    }
    return id;
  }
}
