import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openFileSource } from '../src/capture/file/file-source';
import { TimestampUnits } from '../src/capture/file/timestamp-units';
import { type Nic } from '../src/capture/packet-source';
import { temporaryFolder } from './build/command';
import { ascii, concat } from './build/packet';
import {
  block,
  enhancedPacket,
  interfaceBlock,
  obsoletePacket,
  option,
  pcap,
  sectionHeader,
  simplePacket,
  type CapturedPacket,
} from './build/pcap';

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Seen {
  readonly text: string;
  readonly time: string;
  readonly nic: string;
  readonly wire: number;
  readonly direction: number;
}

interface Reading {
  readonly seen: readonly Seen[];
  readonly nics: readonly Nic[];
  readonly error: string | undefined;
}

let fileNumber = 0;

function file(bytes: Uint8Array): string {
  const path = join(folder.path, `f${fileNumber++}`);
  writeFileSync(path, bytes);
  return path;
}

async function read(...paths: readonly string[]): Promise<Reading> {
  const seen: Seen[] = [];
  let nics: readonly Nic[] = [];
  let error: string | undefined;
  try {
    const source = await openFileSource(paths);
    nics = source.nics;
    for await (const batch of source.batches()) {
      while (batch.next()) {
        seen.push({
          text: Buffer.from(batch.buffer.subarray(batch.offset, batch.offset + batch.capturedLength)).toString(
            'latin1'
          ),
          time: `${batch.tsSec}.${String(batch.tsNsec).padStart(9, '0')}`,
          nic: source.nics[batch.nicId].name,
          wire: batch.wireLength,
          direction: batch.direction,
        });
      }
    }
  } catch (e) {
    error = e instanceof Error ? e.message : String(e);
  }
  return { seen, nics, error };
}

const packet = (text: string, tsNs: bigint): CapturedPacket => ({ bytes: ascii(text), tsNs });
const TWO_PACKETS = [packet('first', 1_700_000_000_123_456_000n), packet('second!', 1_700_000_001_000_001_000n)];

describe('pcap', () => {
  it.each([
    { littleEndian: true, nanoseconds: false },
    { littleEndian: false, nanoseconds: false },
    { littleEndian: true, nanoseconds: true },
    { littleEndian: false, nanoseconds: true },
  ])('is read in the dialect %p', async (dialect) => {
    const { seen, error } = await read(file(pcap(TWO_PACKETS, dialect)));
    expect(error).toBeUndefined();
    expect(seen.map((p) => [p.text, p.time])).toEqual([
      ['first', '1700000000.123456000'],
      ['second!', '1700000001.000001000'],
    ]);
  });

  it('is read gzipped, detected by content and not by name', async () => {
    const { seen, error } = await read(file(gzipSync(pcap(TWO_PACKETS))));
    expect(error).toBeUndefined();
    expect(seen).toHaveLength(2);
  });

  it('is read where it is larger than the reading window, and where a packet crosses its end', async () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      packet(String(i).padEnd(600 + (i % 7), 'x'), 10n ** 18n + BigInt(i) * 1000n)
    );
    const { seen, error } = await read(file(pcap(many)));
    expect(error).toBeUndefined();
    expect(seen.map((p) => parseInt(p.text, 10))).toEqual(many.map((_, i) => i));
  });

  it('yields what came before the place where it is cut off, then says so', async () => {
    const whole = pcap(TWO_PACKETS);
    const path = file(whole.subarray(0, whole.length - 3));
    const { seen, error } = await read(path);
    expect(seen.map((p) => p.text)).toEqual(['first']);
    expect(error).toBe(`${path}: cut off inside a packet at byte 45; what came before was read.`);
  });

  it('yields what came before where gzip is cut off', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => packet(`${i} ${Math.sin(i)}`.padEnd(100), 10n ** 18n));
    const zipped = gzipSync(pcap(many));
    const { seen, error } = await read(file(zipped.subarray(0, zipped.length / 2)));
    expect(seen.length).toBeGreaterThan(500);
    expect(seen.length).toBeLessThan(3000);
    expect(error).toMatch(/cut off inside a packet/);
  });

  it('says where gzip data is damaged, after what came before', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => packet(`${i} ${Math.sin(i)}`.padEnd(100), 10n ** 18n));
    const zipped = gzipSync(pcap(many));
    const half = zipped.length >> 1;
    zipped.fill(0xff, half, half + 64);
    const { seen, error } = await read(file(zipped));
    expect(seen.length).toBeGreaterThan(100);
    expect(error).toMatch(/gzip data is damaged/);
  });

  it('stops at a packet that claims an absurd length', async () => {
    const bytes = pcap(TWO_PACKETS);
    new DataView(bytes.buffer).setUint32(24 + 16 + 5 + 8, 0x7fffffff, true);
    const { seen, error } = await read(file(bytes));
    expect(seen).toHaveLength(1);
    expect(error).toMatch(/the packet at byte 45 claims to have 2147483647 bytes/);
  });

  it('goes on with packets of a link type that nobody knows, and says so at the end', async () => {
    const { seen, error } = await read(file(pcap(TWO_PACKETS, { linkType: 127 })));
    expect(seen).toHaveLength(2);
    expect(error).toMatch(/link type 127 \(radiotap\) .* is not supported/);
  });
});

describe('pcapng', () => {
  it.each([true, false])(
    'is read with several interfaces, their names, units and offsets (little endian: %p)',
    async (little) => {
      const nano = option(9, Uint8Array.of(9), little);
      const offset = new Uint8Array(8);
      new DataView(offset.buffer).setBigInt64(0, 100n, little);
      const bytes = concat(
        sectionHeader(little),
        interfaceBlock(1, [option(2, ascii('eth0'), little), nano, option(3, ascii('netns=web'), little)], little),
        interfaceBlock(1, [option(14, offset, little)], little),
        block(0x0bad, ascii('skipped'), little),
        enhancedPacket({ interfaceId: 0, units: 1_700_000_000_123_456_789n, bytes: ascii('a') }, little),
        enhancedPacket({ interfaceId: 1, units: 1_700_000_000_000_001n, bytes: ascii('bc'), wireLength: 99 }, little),
        obsoletePacket({ interfaceId: 1, units: 1_700_000_000_000_002n, bytes: ascii('d') }, little),
        simplePacket(ascii('e'), little)
      );
      const path = file(bytes);
      const { seen, nics, error } = await read(path);
      expect(error).toBeUndefined();
      expect(seen.map((p) => `${p.text} ${p.time} ${p.nic} ${p.wire}`)).toEqual([
        'a 1700000000.123456789 eth0 1',
        `bc 1700000100.000001000 file:${path.split('/').pop()}#1 99`,
        `d 1700000100.000002000 file:${path.split('/').pop()}#1 1`,
        'e 1700000100.000002000 eth0 1',
      ]);
      expect(nics[0].netns).toBe('web');
    }
  );

  it('says the direction that epb_flags says', async () => {
    const flags = (n: number) => [option(2, Uint8Array.of(n, 0, 0, 0))];
    const { seen } = await read(
      file(
        concat(
          sectionHeader(),
          interfaceBlock(1),
          enhancedPacket({ interfaceId: 0, units: 1n, bytes: ascii('in'), options: flags(1) }),
          enhancedPacket({ interfaceId: 0, units: 2n, bytes: ascii('out'), options: flags(2) }),
          enhancedPacket({ interfaceId: 0, units: 3n, bytes: ascii('?') })
        )
      )
    );
    expect(seen.map((p) => [p.text, p.direction])).toEqual([
      ['in', 1],
      ['out', 2],
      ['?', 0],
    ]);
  });

  it('may hold several sections of either byte order; the same name is the same NIC', async () => {
    const section = (little: boolean, text: string) =>
      concat(
        sectionHeader(little),
        interfaceBlock(1, [option(2, ascii('eth0'), little)], little),
        enhancedPacket({ interfaceId: 0, units: 5n, bytes: ascii(text) }, little)
      );
    const { seen, nics } = await read(file(concat(section(true, 'one'), section(false, 'two'))));
    expect(seen.map((p) => p.text)).toEqual(['one', 'two']);
    expect(nics.map((nic) => nic.name)).toEqual(['eth0']);
  });

  it.each([
    ['a block length that is no multiple of 4', (b: Uint8Array) => b.fill(0x2d, 28 + 4, 28 + 5), /has the length 45/],
    ['a packet longer than its block', (b: Uint8Array) => b.fill(200, 48 + 20, 48 + 21), /longer than its block/],
    ['a packet of an interface that nobody described', (b: Uint8Array) => b.fill(7, 48 + 8, 48 + 9), /interface 7/],
  ])('ends with one clear line at %s', async (_what, damage, message) => {
    const bytes = concat(
      sectionHeader(),
      interfaceBlock(1),
      enhancedPacket({ interfaceId: 0, units: 1n, bytes: ascii('x') })
    );
    damage(bytes);
    const { error } = await read(file(bytes));
    expect(error).toMatch(message);
    expect(error).not.toContain('\n');
  });

  it('splits times of any resolution exactly', () => {
    const split = (resolution: number, units: bigint) => {
      const u = new TimestampUnits(resolution);
      u.split(Number(units >> 32n), Number(units & 0xffffffffn));
      return [u.seconds, u.nanoseconds];
    };
    expect(split(9, 1_700_000_000_999_999_999n)).toEqual([1_700_000_000, 999_999_999]);
    expect(split(6, 1_700_000_000_999_999n)).toEqual([1_700_000_000, 999_999_000]);
    expect(split(12, 1_700_000_000_123_456_789_012n % 2n ** 64n)).toEqual([
      Number((1_700_000_000_123_456_789_012n % 2n ** 64n) / 10n ** 12n),
      Number((((1_700_000_000_123_456_789_012n % 2n ** 64n) % 10n ** 12n) * 10n ** 9n) / 10n ** 12n),
    ]);
    expect(split(0x80 | 10, 1_700_000_000n * 1024n + 512n)).toEqual([1_700_000_000, 500_000_000]);
    expect(split(0, 77n)).toEqual([77, 0]);
  });
});

describe('Linux cooked', () => {
  it('has the direction, and in version 2 the NIC', async () => {
    const cooked2 = (ifIndex: number, type: number) =>
      Uint8Array.of(8, 0, 0, 0, 0, 0, 0, ifIndex, 0, 1, type, 6, ...new Array(8).fill(0));
    const { seen, nics } = await read(
      file(
        pcap(
          [
            { bytes: cooked2(3, 4), tsNs: 1000n },
            { bytes: cooked2(7, 0), tsNs: 2000n },
          ],
          { linkType: 276 }
        )
      )
    );
    expect(seen.map((p) => p.direction)).toEqual([2, 1]);
    expect(nics.map((nic) => nic.ifIndex)).toEqual([undefined, 3, 7]);
  });
});

describe('several files', () => {
  it('are merged by time', async () => {
    const a = [packet('a1', 1000n), packet('a3', 3000n), packet('a5', 5000n)];
    const b = [packet('b2', 2000n), packet('b4', 4000n)];
    const { seen } = await read(file(pcap(a)), file(pcap(b)));
    expect(seen.map((p) => p.text)).toEqual(['a1', 'b2', 'a3', 'b4', 'a5']);
  });

  it('are merged in the order of time however large they are', async () => {
    const make = (odd: number) =>
      Array.from({ length: 20_000 }, (_, i) => packet(`${2 * i + odd}`.padEnd(90), BigInt(2 * i + odd) * 1000n));
    const { seen } = await read(file(pcap(make(0))), file(pcap(make(1))));
    expect(seen).toHaveLength(40_000);
    expect(seen.findIndex((p, i) => Number(p.text) !== i)).toBe(-1);
  });

  it('go on when one of them is damaged', async () => {
    const whole = pcap(TWO_PACKETS);
    const { seen, error } = await read(
      file(whole.subarray(0, whole.length - 1)),
      file(pcap([packet('other', 1_800_000_000n * 10n ** 9n)]))
    );
    expect(seen.map((p) => p.text)).toEqual(['first', 'other']);
    expect(error).toMatch(/cut off/);
  });
});

describe('what is no capture', () => {
  it.each([
    ['an empty file', new Uint8Array(0), /looks like an empty file/],
    ['text', ascii('Hello, this is not a capture at all'), /looks like text/],
    ['a program', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0), /looks like a program/],
    ['a gzipped text', new Uint8Array(gzipSync('just text, quite a lot of it')), /looks like text/],
    ['half of a header', pcap([]).subarray(0, 10), /cut off inside the file header/],
  ])('is named: %s', async (_what, bytes, message) => {
    const { error } = await read(file(bytes));
    expect(error).toMatch(message);
  });

  it('says that a file is missing, or a folder', async () => {
    expect((await read('/nowhere/at/all.pcap')).error).toBe('/nowhere/at/all.pcap does not exist: check the name.');
    expect((await read(folder.path)).error).toMatch(/is a folder/);
  });
});
