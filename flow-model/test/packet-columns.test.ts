import fc from 'fast-check';
import { fromBase64, toBase64 } from '../src/base64';
import {
  allocatePacketColumns,
  decodePacketColumns,
  encodePacketColumns,
  MAX_PACKETS,
  type PacketColumns,
  type PacketPositions,
} from '../src/packet-columns';
import { toSeq } from '../src/seq';

interface Packet {
  readonly dir: number;
  readonly deltaNs: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly len: number;
  readonly win: number;
  readonly ana: number;
}

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const packet: fc.Arbitrary<Packet> = fc.record({
  dir: fc.integer({ min: 0, max: 1 }),
  deltaNs: fc.oneof(fc.integer({ min: -1000, max: 2 ** 31 }), fc.integer({ min: 0, max: 2 ** 45 })),
  flags: fc.integer({ min: 0, max: 255 }),
  seq: uint32,
  ack: uint32,
  len: fc.integer({ min: 0, max: 65_535 }),
  win: fc.integer({ min: 0, max: 2 ** 30 }),
  ana: fc.integer({ min: 0, max: 0xffff }),
});
const positions: fc.Arbitrary<PacketPositions> = fc.record({
  timePosNs: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }),
  txSeqPos: uint32.map(toSeq),
  rxSeqPos: uint32.map(toSeq),
});

function toColumns(packets: readonly Packet[]): PacketColumns {
  const c = allocatePacketColumns(packets.length);
  let t = 0;
  packets.forEach((p, i) => {
    t += i === 0 ? 0 : p.deltaNs;
    c.dir[i] = p.dir;
    c.tNs[i] = t;
    c.flags[i] = p.flags;
    c.seq[i] = p.seq;
    c.ack[i] = (p.flags & 0x10) !== 0 ? p.ack : 0;
    c.len[i] = p.len;
    c.win[i] = p.win;
    c.ana[i] = p.ana;
  });
  return c;
}

describe('packet columns', () => {
  it('come back as they were, whatever the packets', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), positions, (packets, at) => {
        const columns = toColumns(packets);
        expect(decodePacketColumns(encodePacketColumns(columns, at))).toEqual({ ok: true, columns, positions: at });
      })
    );
  });

  it('take a part of a longer buffer', () => {
    const columns = toColumns([
      { dir: 0, deltaNs: 0, flags: 2, seq: 10, ack: 0, len: 0, win: 64240, ana: 0 },
      { dir: 1, deltaNs: 5, flags: 18, seq: 20, ack: 11, len: 0, win: 65160, ana: 0 },
    ]);
    const at = { timePosNs: 1n, txSeqPos: toSeq(10), rxSeqPos: toSeq(20) };
    const decoded = decodePacketColumns(encodePacketColumns(columns, at, 1));
    expect(decoded.ok && decoded.columns.length).toBe(1);
  });

  it.each([
    ['a column that is no base64', { seq: '%%%%' }, 'column seq is not base64'],
    ['a column that ends early', { ts: '' }, 'column ts is too short'],
    ['a column with too much', { len: 'AAAAAAAAAAAA' }, 'column len is too long'],
    [
      'more packets than a record may hold',
      { packets: MAX_PACKETS + 1 },
      '65537 packets are more than the 65536 that a record may hold',
    ],
    [
      'a direction that does not exist',
      { dir: toBase64(Uint8Array.of(2, 0)) },
      'column dir has a value other than 0 and 1',
    ],
    ['an endless number', { ts: toBase64(new Uint8Array(20).fill(0xff)) }, 'column ts has a number that is too large'],
  ])('say what is wrong with %s', (_, damage, problem) => {
    const sound = encodePacketColumns(
      toColumns([{ dir: 0, deltaNs: 0, flags: 16, seq: 1, ack: 1, len: 5, win: 1, ana: 0 }]),
      {
        timePosNs: 1n,
        txSeqPos: toSeq(0),
        rxSeqPos: toSeq(0),
      }
    );
    expect(decodePacketColumns({ ...sound, ...damage })).toEqual({ ok: false, problem });
  });

  it('never throw on damaged text', () => {
    const sound = encodePacketColumns(toColumns(fc.sample(packet, { numRuns: 20, seed: 7 })), {
      timePosNs: 1n,
      txSeqPos: toSeq(0),
      rxSeqPos: toSeq(0),
    });
    const names = ['dir', 'ts', 'flags', 'seq', 'ack', 'len', 'win', 'ana'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.uint8Array({ maxLength: 64 }), (name, bytes) => {
        expect(typeof decodePacketColumns({ ...sound, [name]: toBase64(bytes) }).ok).toBe('boolean');
      })
    );
  });
});

describe('base64', () => {
  it('is that of the platform', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(toBase64(bytes)).toBe(text);
        expect(fromBase64(text)).toEqual(bytes);
      })
    );
  });

  it('refuses what is none', () => {
    expect(fromBase64('abc')).toBeUndefined();
    expect(fromBase64('ab=c')).toBeUndefined();
    expect(fromBase64('äöüß')).toBeUndefined();
  });
});
