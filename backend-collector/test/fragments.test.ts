/** IP fragments: made whole, or dropped and counted; never more memory than the limits say. */
import fc from 'fast-check';
import { type Decoded } from '../src/wire/decoded';
import { Fragments } from '../src/wire/fragments';
import { ascii, concat, ethernet, ipv4, ipv6, tcp, udp } from './build/packet';
import { type CapturedPacket } from './build/pcap';
import { replayPackets } from './build/replay';
import { inVxlan } from './build/tunnel';

const FOUR = { src: '10.0.0.1', dst: '10.0.0.2' };
const SIX = { src: 'fd00::1', dst: 'fd00::2' };

interface Part {
  readonly from: number;
  readonly to: number;
  readonly more: boolean;
}

/** Cuts `[0, length)` at multiples of 8. */
function parts(length: number, ...cuts: readonly number[]): Part[] {
  const edges = [0, ...cuts, length];
  return cuts
    .map((_, i) => ({ from: edges[i], to: edges[i + 1], more: true }))
    .concat([{ from: edges[edges.length - 2], to: length, more: false }]);
}

function four(payload: Uint8Array, protocol: number, { from, to, more }: Part, id = 77): Uint8Array {
  const fragment = (from >> 3) | (more ? 0x2000 : 0);
  return ethernet(ipv4(payload.subarray(from, to), { ...FOUR, protocol, id, fragment }));
}

function six(payload: Uint8Array, protocol: number, { from, to, more }: Part): Uint8Array {
  const word = from | (more ? 1 : 0);
  const header = Uint8Array.of(protocol, 0, word >> 8, word & 255, 0, 0, 0, 99);
  return ethernet(ipv6(concat(header, payload.subarray(from, to)), { ...SIX, protocol }, 44));
}

function at(frames: readonly Uint8Array[], stepMs = 1): CapturedPacket[] {
  return frames.map((bytes, i) => ({ bytes, tsNs: 10n ** 18n + BigInt(Math.round(i * stepMs * 1e6)) }));
}

const datagram = udp(ascii('x'.repeat(3000)), 40000, 9000);

describe('fragments', () => {
  it.each([
    ['in order', [0, 1, 2]],
    ['the last first', [2, 1, 0]],
    ['with one captured twice', [0, 1, 1, 2]],
  ])('of IPv4 become one datagram: %s', async (_name, order) => {
    const cut = parts(datagram.length, 1000, 2000);
    const { l4, report } = await replayPackets(at(order.map((i) => four(datagram, 17, cut[i]))));
    expect(l4).toMatchObject([{ src_port: 40000, dst_port: 9000, tx_packets: 1, tx_bytes: 3000 }]);
    expect(report.drops).toEqual({});
  });

  it('of IPv6 become one datagram', async () => {
    const cut = parts(datagram.length, 1000, 2000);
    const { l4 } = await replayPackets(at(cut.map((part) => six(datagram, 17, part))));
    expect(l4).toMatchObject([{ src_ip: 'fd00::1', src_port: 40000, tx_packets: 1, tx_bytes: 3000 }]);
  });

  it('hold a request that TCP sent in them', async () => {
    const segment = tcp(ascii(`GET /in-fragments HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(2000)}\r\n\r\n`), {
      srcPort: 40000,
      dstPort: 80,
      seq: 1001,
      ack: 1,
      flags: 0x18,
    });
    const { l7 } = await replayPackets(at(parts(segment.length, 16, 1400).map((part) => four(segment, 6, part))));
    expect(l7).toMatchObject([{ l7_op: 'GET', http_path: '/in-fragments', req_seq: 1001 }]);
  });

  it('hold a tunnel, with fragments inside of it', async () => {
    const inner = parts(datagram.length, 1600).map((part) => four(datagram, 17, part));
    const outer = inner.flatMap((frame, i) => {
      const packet = inVxlan(frame, 5).subarray(20);
      return parts(packet.length, 800).map((part) => four(packet, 17, part, 500 + i));
    });
    const { l4 } = await replayPackets(at(outer));
    expect(l4).toMatchObject([{ tunnel: 'vxlan', vni_id: 5, src_port: 40000, tx_packets: 1, tx_bytes: 3000 }]);
  });

  it('are whole on the wire also where the capture cut them short', async () => {
    const frames = at(parts(datagram.length, 1000, 2000).map((part) => four(datagram, 17, part)));
    const cut = frames.map((p) => ({ ...p, bytes: p.bytes.subarray(0, 60), wireLength: p.bytes.length }));
    const { l4 } = await replayPackets(cut);
    expect(l4).toMatchObject([{ src_port: 40000, tx_packets: 1, tx_bytes: 3000, truncated_packets: 1 }]);
  });

  it('that overlap are dropped, all of them', async () => {
    const cut = parts(datagram.length, 1000, 2000);
    const evil: Part = { from: 992, to: 2000, more: true };
    const { l4, report } = await replayPackets(at([cut[0], evil, cut[1], cut[2]].map((p) => four(datagram, 17, p))));
    expect(l4).toEqual([]);
    expect(report.drops).toEqual({ fragments: { overlap: 4 } });
  });

  it('that lie beyond the end, or end twice, are dropped', async () => {
    const [first, , last] = parts(datagram.length, 1000, 2000);
    const beyond: Part = { from: 3200, to: 3208, more: true };
    const long = concat(datagram, new Uint8Array(400));
    const { l4, report } = await replayPackets(at([last, beyond, first].map((p) => four(long, 17, p))));
    expect(l4).toEqual([]);
    expect(report.drops).toEqual({ fragments: { overlap: 3 } });
  });

  it('whose others never come are dropped after 30 s, or with the capture', async () => {
    const [first] = parts(datagram.length, 1000);
    const frames = [four(datagram, 17, first, 1), four(datagram, 17, first, 2)];
    const { report } = await replayPackets(at(frames, 40_000));
    expect(report.drops).toEqual({ fragments: { 'timed out': 1, incomplete: 1 } });
  });

  it('that are no multiple of 8, empty, or lead past 65 535 are malformed', async () => {
    const odd: Part = { from: 0, to: 1001, more: true };
    const empty: Part = { from: 8, to: 8, more: true };
    const far = ethernet(ipv4(new Uint8Array(100), { ...FOUR, protocol: 17, fragment: 0x1fff }));
    const { report } = await replayPackets(at([four(datagram, 17, odd), four(datagram, 17, empty), far]));
    expect(report.drops).toEqual({ fragments: { malformed: 3 } });
  });

  it('take bounded memory, whoever sends them', () => {
    const fragments = new Fragments();
    const bytes = new Uint8Array(1480);
    const d = {
      ipVersion: 4,
      protocol: 17,
      fragmentOffset: 0,
      fragmentMore: true,
      payloadOffset: 0,
      payloadLength: 1480,
      payloadCaptured: 1480,
    } as Decoded;
    for (let id = 0; id < 20_000; id++) {
      d.fragmentId = id;
      fragments.join(d, bytes, 0, id);
    }
    expect(fragments.size).toBeLessThanOrEqual(1024);
    expect(fragments.drops['table full']).toBe(20_000 - fragments.size);
  });

  it('in any order, with any repeats, give the datagram', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4000 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 499 }), { maxLength: 20 }),
        fc.infiniteStream(fc.nat()),
        (length, eighths, random) => {
          const whole = Uint8Array.from({ length }, (_, i) => i * 7);
          const cuts = eighths
            .map((n) => n * 8)
            .filter((n) => n < length)
            .sort((a, b) => a - b);
          const order = parts(length, ...cuts)
            .map((part) => ({ part, key: random.next().value }))
            .sort((a, b) => a.key - b.key)
            .map(({ part }) => part);
          const fragments = new Fragments();
          let joined: Uint8Array | undefined;
          for (const [i, { from, to, more }] of [
            ...order.slice(0, -1),
            ...order.slice(0, -1),
            ...order.slice(-1),
          ].entries()) {
            const d = {
              ipVersion: 6,
              protocol: 17,
              fragmentId: 1,
              fragmentOffset: from,
              fragmentMore: more,
              payloadOffset: from,
              payloadLength: to - from,
              payloadCaptured: to - from,
            } as Decoded;
            expect(joined).toBeUndefined();
            joined = fragments.join(d, whole, 0, i);
          }
          expect(fragments.length).toBe(length);
          expect(joined?.subarray(0, length)).toEqual(whole);
          expect(fragments.size).toBe(0);
        }
      ),
      { numRuns: 300 }
    );
  });
});
