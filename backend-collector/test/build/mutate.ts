/** Packets as no sound sender makes them: pieces of real ones, changed, cut, repeated and mixed. The same seed gives the same packets. */
import { type Random } from '@bpfnet/laboratory/seeded-random';
import { type CapturedPacket } from './pcap';

const INTERESTING = [0, 1, 2, 4, 5, 6, 7, 8, 15, 16, 17, 41, 44, 47, 0x40, 0x45, 0x60, 0x7f, 0x80, 0x81, 0x88, 0xff];

function below(random: Random, n: number): number {
  return Math.floor(random() * n);
}

/** One packet of `sources`, probably not as it was. */
function mutatedPacket(sources: readonly CapturedPacket[], random: Random, tsNs: bigint): CapturedPacket {
  const bytes = sources[below(random, sources.length)].bytes;
  let out = bytes.slice();
  if (random() < 0.1) {
    const other = sources[below(random, sources.length)].bytes;
    const at = below(random, Math.min(out.length, other.length));
    out = new Uint8Array([...out.subarray(0, at), ...other.subarray(at)]);
  }
  const changes = random() < 0.3 ? 0 : 1 + below(random, 6);
  for (let i = 0; i < changes && out.length > 0; i++) {
    // Headers are in front, and break more.
    const at = below(random, random() < 0.8 ? Math.min(out.length, 120) : out.length);
    out[at] = random() < 0.5 ? INTERESTING[below(random, INTERESTING.length)] : below(random, 256);
  }
  if (random() < 0.15) {
    out = out.subarray(0, below(random, out.length + 1));
  }
  const wireLength = random() < 0.1 ? out.length + below(random, 70_000) : undefined;
  return { bytes: out, tsNs, wireLength };
}

/** A run of them: mostly forward in time, at times back, at times far ahead. */
export function mutatedPackets(
  sources: readonly CapturedPacket[],
  count: number,
  random: Random,
  startNs = 1_700_000_000_000_000_000n
): CapturedPacket[] {
  let ns = startNs;
  return Array.from({ length: count }, () => {
    const kind = random();
    const step = kind < 0.01 ? 40e9 * random() : kind < 0.05 ? -2e6 * random() : 1e6 * random();
    ns += BigInt(Math.round(step));
    return mutatedPacket(sources, random, ns);
  });
}

/** A capture file with some of its bytes changed, or cut. */
export function mutatedFile(file: Uint8Array, random: Random): Uint8Array {
  const out = file.slice();
  const changes = 1 + below(random, 8);
  for (let i = 0; i < changes; i++) {
    out[below(random, random() < 0.5 ? Math.min(out.length, 64) : out.length)] = below(random, 256);
  }
  return random() < 0.3 ? out.subarray(0, below(random, out.length + 1)) : out;
}
