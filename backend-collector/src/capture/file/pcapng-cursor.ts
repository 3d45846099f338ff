/**
 * pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html): section headers, interface descriptions, enhanced,
 * simple and obsolete packet blocks. Other blocks are skipped. Several sections, each with its own byte order and interfaces.
 *
 * Every block says its length twice; a length that is not a multiple of 4, too small or beyond `MAX_BLOCK` means damage, and reading
 * ends there with an error.
 */
import { CollectorError } from '../../errors';
import { LinkType } from '../../wire/link-type';
import { PacketDirection, type Nic } from '../packet-source';
import { MAX_BLOCK, type ByteWindow } from './byte-window';
import { FileCursor } from './file-cursor';
import { type FileNics } from './file-nics';
import { TimestampUnits } from './timestamp-units';

const enum Block {
  InterfaceDescription = 1,
  ObsoletePacket = 2,
  SimplePacket = 3,
  EnhancedPacket = 6,
  SectionHeader = 0x0a0d0d0a,
}

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const enum InterfaceOption {
  Name = 2,
  Description = 3,
  MacAddress = 6,
  TimestampResolution = 9,
  TimestampOffset = 14,
}

const EPB_FLAGS = 2;

interface Interface {
  readonly nicId: number;
  readonly snapLength: number;
  readonly units: TimestampUnits;
  readonly offsetSeconds: number;
  readonly cooked: boolean;
}

export class PcapngCursor extends FileCursor {
  private littleEndian = true;
  private interfaces: Interface[] = [];
  private readonly utf8 = new TextDecoder('utf-8');

  constructor(
    window: ByteWindow,
    fileName: string,
    nicTable: FileNics,
    /** Name of an interface that the file does not name. */
    private readonly unnamedNic: string
  ) {
    super(window, fileName, nicTable);
  }

  next(): boolean {
    const w = this.window;
    while (w.end - w.start >= 12 && this.failure === undefined) {
      const at = w.start;
      const type = this.view.getUint32(at, this.littleEndian);
      if (type === Block.SectionHeader && !this.readByteOrder(at)) {
        return false;
      }
      const length = this.view.getUint32(at + 4, this.littleEndian);
      if (length < 12 || length % 4 !== 0 || length > MAX_BLOCK) {
        this.fail(`the block at byte ${w.position()} has the length ${length}`);
        return false;
      }
      if (w.end - at < length) {
        return false;
      }
      const end = at + length - 4;
      const isPacket = this.readBlock(type, at + 8, end);
      if (this.failure !== undefined) {
        return false;
      }
      w.start = at + length;
      if (isPacket) {
        this.packets++;
        this.bytes += this.capturedLength;
        return true;
      }
    }
    return false;
  }

  endedInsideRecord(): boolean {
    return this.window.available() > 0;
  }

  private fail(what: string): void {
    this.failure = new CollectorError(
      'truncated-capture',
      `${this.fileName}: ${what}: the file is damaged from there on; what came before was read.`
    );
  }

  private readByteOrder(at: number): boolean {
    for (const littleEndian of [true, false]) {
      if (this.view.getUint32(at + 8, littleEndian) === BYTE_ORDER_MAGIC) {
        this.littleEndian = littleEndian;
        return true;
      }
    }
    this.fail(`the section at byte ${this.window.position()} has no byte-order magic`);
    return false;
  }

  /** True where the block is a packet; the cursor then stands on it. */
  private readBlock(type: number, body: number, end: number): boolean {
    switch (type) {
      case Block.EnhancedPacket:
        return this.readPacket(body, end, this.u32(body), 20);
      case Block.ObsoletePacket:
        return this.readPacket(body, end, this.view.getUint16(body, this.littleEndian), 20);
      case Block.SimplePacket:
        return this.readSimplePacket(body, end);
      case Block.InterfaceDescription:
        this.readInterface(body, end);
        return false;
      case Block.SectionHeader:
        this.interfaces = [];
        return false;
      default:
        return false;
    }
  }

  private u32(at: number): number {
    return this.view.getUint32(at, this.littleEndian);
  }

  /** Enhanced and obsolete packet blocks differ in the first word only. */
  private readPacket(body: number, end: number, interfaceId: number, header: number): boolean {
    if (end - body < header) {
      this.fail(`the packet block at byte ${this.window.position()} is too short`);
      return false;
    }
    const from = this.interfaces[interfaceId];
    const captured = this.u32(body + 12);
    if (from === undefined || captured > end - body - header) {
      this.fail(
        from === undefined
          ? `the packet at byte ${this.window.position()} names interface ${interfaceId}, which the file does not describe`
          : `the packet at byte ${this.window.position()} is longer than its block`
      );
      return false;
    }
    from.units.split(this.u32(body + 4), this.u32(body + 8));
    this.tsSec = from.units.seconds + from.offsetSeconds;
    this.tsNsec = from.units.nanoseconds;
    this.offset = body + header;
    this.capturedLength = captured;
    this.wireLength = Math.max(captured, this.u32(body + 16));
    this.nicId = from.nicId;
    this.direction = PacketDirection.Unknown;
    if (from.cooked) {
      this.readCookedHeader(from.nicId);
    }
    const options = this.offset + ((captured + 3) & ~3);
    if (options + 4 <= end) {
      this.readPacketFlags(options, end);
    }
    return true;
  }

  private readPacketFlags(from: number, end: number): void {
    let at = from;
    while (at + 4 <= end) {
      const code = this.view.getUint16(at, this.littleEndian);
      const length = this.view.getUint16(at + 2, this.littleEndian);
      if (code === 0) {
        return;
      }
      if (code === EPB_FLAGS && length === 4 && at + 8 <= end) {
        const inOut = this.u32(at + 4) & 3;
        if (inOut === 1) {
          this.direction = PacketDirection.Incoming;
        } else if (inOut === 2) {
          this.direction = PacketDirection.Outgoing;
        }
        return;
      }
      at += 4 + ((length + 3) & ~3);
    }
  }

  /** Has neither time nor interface: the section's first interface, and the time of the packet before. */
  private readSimplePacket(body: number, end: number): boolean {
    const from = this.interfaces[0];
    if (from === undefined || end - body < 4) {
      this.fail(`the simple packet at byte ${this.window.position()} comes before any interface`);
      return false;
    }
    this.wireLength = this.u32(body);
    this.offset = body + 4;
    this.capturedLength = Math.min(
      this.wireLength,
      end - body - 4,
      from.snapLength === 0 ? MAX_BLOCK : from.snapLength
    );
    this.nicId = from.nicId;
    this.direction = PacketDirection.Unknown;
    if (from.cooked) {
      this.readCookedHeader(from.nicId);
    }
    return true;
  }

  private readInterface(body: number, end: number): void {
    if (end - body < 8) {
      this.fail(`the interface description at byte ${this.window.position()} is too short`);
      return;
    }
    const linkType = this.view.getUint16(body, this.littleEndian);
    let name: string | undefined;
    let place: NicPlace = {};
    let mac: string | undefined;
    let resolution = 6;
    let offsetSeconds = 0;
    for (let at = body + 8; at + 4 <= end;) {
      const code = this.view.getUint16(at, this.littleEndian);
      const length = this.view.getUint16(at + 2, this.littleEndian);
      const value = at + 4;
      if (code === 0 || value + length > end) {
        break;
      }
      if (code === InterfaceOption.Name) {
        name = this.text(value, length);
      } else if (code === InterfaceOption.Description) {
        place = placeOf(this.text(value, length));
      } else if (code === InterfaceOption.MacAddress && length === 6) {
        mac = Array.from(this.buffer.subarray(value, value + 6), (b) => b.toString(16).padStart(2, '0')).join(':');
      } else if (code === InterfaceOption.TimestampResolution && length >= 1) {
        resolution = this.buffer[value];
      } else if (code === InterfaceOption.TimestampOffset && length === 8) {
        offsetSeconds = Number(this.view.getBigInt64(value, this.littleEndian));
      }
      at = value + ((length + 3) & ~3);
    }
    const nic: Nic = {
      name: name ?? (this.interfaces.length === 0 ? this.unnamedNic : `${this.unnamedNic}#${this.interfaces.length}`),
      linkType,
      ...(mac === undefined ? {} : { mac }),
      ...place,
    };
    this.interfaces.push({
      nicId: this.nicTable.idOf(nic),
      snapLength: this.u32(body + 4),
      units: new TimestampUnits(resolution),
      offsetSeconds,
      cooked: linkType === LinkType.LinuxCooked || linkType === LinkType.LinuxCooked2,
    });
  }

  private text(at: number, length: number): string {
    return this.utf8.decode(this.buffer.subarray(at, at + length)).replace(/\0+$/, '');
  }
}

type NicPlace = Pick<Nic, 'netns' | 'hostNetwork' | 'virtual'>;

/**
 * What an interface description says of the NIC in words of the form `name=value`: `netns=NAME`, the namespace of a container or pod;
 * `host=NAME` alone, the host's own; `kind=physical`, or a kind of virtual NIC (`veth`, `bridge`, `vxlan`, …).
 */
function placeOf(description: string): NicPlace {
  const words = new Map<string, string>();
  for (const [, name, value] of description.matchAll(/(?:^|[\s,;])(\w+)=([^\s,;]+)/g)) {
    words.set(name, value);
  }
  const netns = words.get('netns');
  const kind = words.get('kind');
  return {
    ...(netns !== undefined ? { netns, hostNetwork: false } : words.has('host') ? { hostNetwork: true } : {}),
    ...(kind === undefined ? {} : { virtual: kind !== 'physical' }),
  };
}
