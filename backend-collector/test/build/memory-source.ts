/** Packets from memory into the pipeline, as a capture would hand them over. */
import {
  type Nic,
  PacketDirection,
  type PacketCursor,
  type PacketSource,
  type SourceStats,
} from '../../src/capture/packet-source';
import { type CapturedPacket } from './pcap';

const NIC: Nic = { name: 'memory', linkType: 1 };

class ArrayCursor implements PacketCursor {
  buffer: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  readonly offset = 0;
  capturedLength = 0;
  wireLength = 0;
  tsSec = 0;
  tsNsec = 0;
  readonly nicId = 0;
  readonly direction = PacketDirection.Unknown;
  readonly marks = 0;
  readonly vlanTci = 0;
  private at = 0;

  constructor(
    private readonly packets: readonly CapturedPacket[],
    private readonly stats: SourceStats
  ) {}

  next(): boolean {
    if (this.at === this.packets.length) {
      return false;
    }
    const { bytes, tsNs, wireLength } = this.packets[this.at++];
    this.buffer = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.capturedLength = bytes.length;
    this.wireLength = wireLength ?? bytes.length;
    this.tsSec = Number(tsNs / 1_000_000_000n);
    this.tsNsec = Number(tsNs % 1_000_000_000n);
    this.stats.packets++;
    this.stats.bytes += bytes.length;
    return true;
  }
}

/** @param batches made one after the other, when the pipeline is ready for the next */
export function memorySource(
  batches: Iterable<readonly CapturedPacket[]>,
  drops: (packets: number) => number = () => 0
): PacketSource {
  const stats: SourceStats = { packets: 0, bytes: 0, kernelDrops: 0, freezes: 0 };
  return {
    nics: [NIC],
    stats,
    async *batches() {
      for (const packets of batches) {
        stats.kernelDrops = drops(stats.packets);
        yield await Promise.resolve(new ArrayCursor(packets, stats));
      }
    },
    close: () => Promise.resolve(),
  };
}
