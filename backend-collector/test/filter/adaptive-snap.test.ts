/** What the kernel would keep of each packet with the adaptive snap length, and what the collector makes of it. */
import { adaptiveSnap, HEAD_BYTES, HEADERS_KEPT } from '../../src/capture/filter/adaptive-snap';
import { Ancillary, assemble } from '../../src/capture/filter/cbpf';
import { run } from './cbpf-interpreter';
import { socketProgram } from '../../src/capture/filter/socket-program';
import { Script } from '../build/connection';
import { ascii, ethernet, ipv4, ipv6, tcp, udp, vxlan } from '../build/packet';
import { type CapturedPacket } from '../build/pcap';
import { replayPackets } from '../build/replay';

const SNAP = 65_535;
const program = assemble(adaptiveSnap(SNAP));
const ends = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 6 };
const ends6 = { src: 'fd00::1', dst: 'fd00::2', protocol: 6 };

function kept(frame: Uint8Array, snap = program): number {
  const etherType = (frame[12] << 8) | frame[13];
  return run(snap, { bytes: frame, networkOffset: 14, ancillary: { [Ancillary.protocol]: etherType } });
}

function segment(start: string, length: number, options?: Uint8Array): Uint8Array {
  const payload = new Uint8Array(length).fill(120);
  payload.set(ascii(start));
  return tcp(payload, { srcPort: 40000, dstPort: 80, seq: 1, flags: 0x18, options });
}

const v4 = (start: string, length = 1400, options?: Uint8Array) =>
  ethernet(ipv4(segment(start, length, options), ends));
const v6 = (start: string, length = 1400) => ethernet(ipv6(segment(start, length), ends6), { etherType: 0x86dd });

it.each([
  ['a request', v4('GET / HTTP/1.1\r\n'), HEAD_BYTES],
  ['a response', v4('HTTP/1.1 200 OK\r\n'), HEAD_BYTES],
  ['a response behind TCP options', v4('HTTP/1.1 200 OK\r\n', 1400, new Uint8Array(40).fill(1)), HEAD_BYTES],
  ['a response by IPv6', v6('HTTP/1.1 200 OK\r\n'), HEAD_BYTES],
  ["HTTP/2's preface", v4('PRI * HTTP/2.0\r\n'), HEAD_BYTES],
  ['a TLS handshake', v4('\x16\x03\x01\x05\x00'), HEAD_BYTES],
  ['TLS data', v4('\x17\x03\x03\x05\x00'), HEADERS_KEPT],
  ['the middle of a body', v4('xxxx'), HEADERS_KEPT],
  ['the middle of a body by IPv6', v6('xxxx'), HEADERS_KEPT],
  ['a short segment', v4('xxxx', 100), SNAP],
  ['UDP', ethernet(ipv4(udp(new Uint8Array(1400), 40000, 443), { ...ends, protocol: 17 })), SNAP],
  ['a tunnelled body', ethernet(ipv4(udp(vxlan(v4('xxxx'), 42), 40000, 4789), { ...ends, protocol: 17 })), SNAP],
  ['a fragment', ethernet(ipv4(segment('xxxx', 1400), { ...ends, fragment: 0x2000 })), SNAP],
  ['neither', ethernet(new Uint8Array(1400), { etherType: 0x0806 }), SNAP],
])('%s', (_, frame, expected) => {
  expect(kept(frame)).toBe(expected);
});

it('goes on where the filter of the user lets a packet pass, and refuses what that refuses', () => {
  const only = (k: number) => ({ ethernet: assemble([{ kind: 'operation', code: 0x06, k }]) });
  const all = { snapLength: SNAP, adaptive: true };
  expect(kept(v4('xxxx'), socketProgram({ ...all, filter: only(SNAP) }))).toBe(0);
  const ethernetNic = { [Ancillary.protocol]: 0x0800, [Ancillary.hardwareType]: 1 };
  const keeps = (k: number) =>
    run(socketProgram({ ...all, filter: only(k) }), { bytes: v4('xxxx'), networkOffset: 14, ancillary: ethernetNic });
  expect(keeps(SNAP)).toBe(HEADERS_KEPT);
  expect(keeps(0)).toBe(0);
});

it('records requests and responses as whole packets do; what is missing of bodies changes nothing', async () => {
  const body = 'x'.repeat(5000);
  const script = new Script({ timestamps: true })
    .handshake()
    .sends('client', `POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    .ack('server')
    .sends('server', `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
    .sends('server', body)
    .ack('client')
    .sends('client', 'GET /orders/7 HTTP/1.1\r\nHost: shop\r\n\r\n')
    .sends('server', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
    .ack('client')
    .close();
  const cut = script.packets.map((packet): CapturedPacket => ({
    ...packet,
    bytes: packet.bytes.subarray(0, kept(packet.bytes)),
    wireLength: packet.bytes.length,
  }));
  const bytes = (packets: readonly CapturedPacket[]) => packets.reduce((sum, p) => sum + p.bytes.length, 0);
  expect(bytes(cut)).toBeLessThan(bytes(script.packets) / 1.8);
  const [whole, adaptive] = await Promise.all([replayPackets(script.packets), replayPackets(cut)]);
  const summaries = ({ l7 }: typeof whole) => l7.map(({ inner_traceid: _, ...rest }) => rest);
  expect(summaries(adaptive)).toHaveLength(2);
  expect(summaries(adaptive)).toEqual(summaries(whole));
});
