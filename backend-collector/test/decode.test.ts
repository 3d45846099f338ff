import fc from 'fast-check';
import { decode } from '../src/wire/decode';
import { Decoded, Layer, Stop } from '../src/wire/decoded';
import { ascii, concat, ethernet, ipv4, ipv6, tcp, udp, vxlan, type IpOptions } from './build/packet';

const addresses = { src: '192.168.1.10', dst: '10.20.30.40' };
const six = { src: 'fd00::1', dst: 'fd00::2' };
const SYN = 2;
const PSH_ACK = 0x18;

const segment = (payload: string, options?: Uint8Array, flags = PSH_ACK) =>
  tcp(ascii(payload), { srcPort: 1234, dstPort: 80, seq: 0xfffffff0, ack: 7, flags, window: 512, options });
const inIpv4 = (payload: Uint8Array, o: Partial<IpOptions> = {}) => ipv4(payload, { ...addresses, protocol: 6, ...o });

interface Given {
  readonly captured?: number;
  readonly wire?: number;
  readonly linkType?: number;
  readonly vlan?: number;
}

function decoded(packet: Uint8Array, given: Given = {}): Decoded {
  const d = new Decoded();
  // Not at the start of its memory, and with other bytes behind: what is read beyond the packet shows.
  const memory = concat(new Uint8Array(5).fill(0xee), packet, new Uint8Array(100).fill(0xee));
  const captured = given.captured ?? packet.length;
  decode(d, memory, 5, captured, given.wire ?? packet.length, given.linkType ?? 1, given.vlan ?? -1);
  return d;
}

describe('TCP over IPv4', () => {
  it('is read to the payload', () => {
    const d = decoded(ethernet(inIpv4(segment('hello'), { id: 77 })));
    expect(d).toMatchObject({
      stop: Stop.Transport,
      ipVersion: 4,
      protocol: 6,
      ipId: 77,
      srcPort: 1234,
      dstPort: 80,
      seq: -16,
      ack: 7,
      flags: PSH_ACK,
      window: 512,
      payloadLength: 5,
      payloadCaptured: 5,
      src0: 0xc0a8010a | 0,
      dst0: 0x0a141e28,
    });
    expect(d.payloadOffset).toBe(5 + 14 + 20 + 20);
  });

  it('does not count the padding of a short frame as payload', () => {
    const frame = concat(ethernet(inIpv4(segment(''))), new Uint8Array(6));
    expect(decoded(frame)).toMatchObject({ stop: Stop.Transport, payloadLength: 0, payloadCaptured: 0 });
  });

  it('passes over IP options', () => {
    expect(decoded(ethernet(inIpv4(segment('x'), { options: new Uint8Array(8) })))).toMatchObject({
      stop: Stop.Transport,
      srcPort: 1234,
      payloadLength: 1,
    });
  });

  it('takes the length from the wire where a super-segment says 0', () => {
    expect(decoded(ethernet(inIpv4(segment('x'.repeat(3000)), { claimedLength: 0 })))).toMatchObject({
      payloadLength: 3000,
    });
  });

  it('believes no length that is larger than the packet', () => {
    expect(decoded(ethernet(inIpv4(segment('abc'), { claimedLength: 9000 })))).toMatchObject({
      stop: Stop.Transport,
      payloadLength: 3,
      payloadCaptured: 3,
    });
  });

  it('distinguishes what was captured from what was on the wire', () => {
    const frame = ethernet(inIpv4(segment('x'.repeat(1000))));
    expect(decoded(frame, { captured: 60 })).toMatchObject({
      stop: Stop.Transport,
      payloadLength: 1000,
      payloadCaptured: 6,
    });
  });

  it('reads the window scale of a SYN, at most 14, and SACK blocks', () => {
    const options = Uint8Array.of(2, 4, 5, 0xb4, 1, 3, 3, 99);
    expect(decoded(ethernet(inIpv4(segment('', options, SYN))))).toMatchObject({ windowScale: 14 });
    const sack = Uint8Array.of(1, 1, 5, 10, 0, 0, 0, 9, 0, 0, 0, 12);
    const d = decoded(ethernet(inIpv4(segment('', sack))));
    expect([d.sackCount, d.sack[0], d.sack[1]]).toEqual([1, 9, 12]);
  });

  it('says of a fragment which part of the datagram it is', () => {
    const first = decoded(ethernet(inIpv4(segment('abcd'), { fragment: 0x2000, id: 9 })));
    expect(first).toMatchObject({
      stop: Stop.Fragment,
      fragmentId: 9,
      fragmentOffset: 0,
      fragmentMore: true,
      protocol: 6,
      payloadLength: 24,
    });
    expect(decoded(ethernet(inIpv4(segment('x'), { fragment: 185 })))).toMatchObject({
      stop: Stop.Fragment,
      fragmentOffset: 1480,
      fragmentMore: false,
    });
  });

  it('says where a header was cut off, what it needed and what it had', () => {
    const frame = ethernet(inIpv4(segment('x')));
    expect(decoded(frame, { captured: 10 })).toMatchObject({
      stop: Stop.Truncated,
      stopLayer: Layer.Link,
      stopNeed: 14,
      stopHave: 10,
    });
    expect(decoded(frame, { captured: 20 })).toMatchObject({
      stop: Stop.Truncated,
      stopLayer: Layer.Network,
      stopNeed: 20,
      stopHave: 6,
    });
    expect(decoded(frame, { captured: 40 })).toMatchObject({
      stop: Stop.Truncated,
      stopLayer: Layer.Transport,
      stopNeed: 20,
      stopHave: 6,
    });
  });
});

describe('other ways in', () => {
  it('reads VLAN tags of all kinds, and takes a priority tag for no network', () => {
    const vlans = (...tags: ReadonlyArray<readonly [number, number]>) =>
      decoded(ethernet(inIpv4(segment('x')), { vlans: tags }));
    expect(vlans([0x8100, 100])).toMatchObject({ stop: Stop.Transport, vlanKey: 100, vlanCount: 1 });
    expect(vlans([0x88a8, 10], [0x8100, 20])).toMatchObject({ vlanKey: (10 << 12) | 20, vlanCount: 2 });
    expect(vlans([0x8100, 0xe000])).toMatchObject({ stop: Stop.Transport, vlanKey: 0, vlanCount: 0 });
    expect(vlans([0x8100, 5], [0x8100, 6], [0x8100, 7])).toMatchObject({ stop: Stop.Transport, vlanCount: 2 });
  });

  it('puts a tag that the NIC took off before the others', () => {
    const frame = ethernet(inIpv4(segment('x')), { vlans: [[0x8100, 20]] });
    expect(decoded(frame, { vlan: 10 })).toMatchObject({ vlanKey: (10 << 12) | 20, vlanCount: 2 });
  });

  it.each([
    ['raw IP', 101, new Uint8Array(0)],
    ['raw IP, as old files say it', 12, new Uint8Array(0)],
    ['BSD loopback', 0, Uint8Array.of(2, 0, 0, 0)],
    ['OpenBSD loopback', 108, Uint8Array.of(0, 0, 0, 2)],
    ['Linux cooked', 113, Uint8Array.of(0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0)],
    ['Linux cooked 2', 276, Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0)],
  ])('reads %s', (_name, linkType, header) => {
    expect(decoded(concat(header, inIpv4(segment('x'))), { linkType })).toMatchObject({
      stop: Stop.Transport,
      srcPort: 1234,
    });
  });

  it('leaves ARP, ICMP and unknown link types out, each for its own reason', () => {
    expect(decoded(ethernet(new Uint8Array(28), { etherType: 0x0806 })).stop).toBe(Stop.NotIp);
    expect(decoded(ethernet(inIpv4(new Uint8Array(8), { protocol: 1 }))).stop).toBe(Stop.UnknownTransport);
    expect(decoded(new Uint8Array(60), { linkType: 127 }).stop).toBe(Stop.UnknownLinkType);
  });

  it('reads UDP, and no more of it than its own length says', () => {
    const frame = ethernet(ipv4(udp(ascii('query+junk'), 5353, 53, 8 + 5), { ...addresses, protocol: 17 }));
    expect(decoded(frame)).toMatchObject({
      stop: Stop.Transport,
      protocol: 17,
      srcPort: 5353,
      dstPort: 53,
      payloadLength: 5,
    });
  });
});

describe('IPv6', () => {
  const inIpv6 = (payload: Uint8Array, first = 6) => ethernet(ipv6(payload, { ...six, protocol: 6 }, first));

  it('is read with its addresses', () => {
    expect(decoded(inIpv6(segment('hi')))).toMatchObject({
      stop: Stop.Transport,
      ipVersion: 6,
      src0: 0xfd000000 | 0,
      src3: 1,
      dst3: 2,
      payloadLength: 2,
    });
  });

  it('passes over extension headers, an atomic fragment among them', () => {
    const hopByHop = Uint8Array.of(44, 0, 0, 0, 0, 0, 0, 0);
    const atomic = Uint8Array.of(60, 0, 0, 0, 1, 2, 3, 4);
    const destination = Uint8Array.of(51, 1, ...new Array<number>(14).fill(0));
    const authentication = Uint8Array.of(6, 4, ...new Array<number>(22).fill(0));
    const packet = inIpv6(concat(hopByHop, atomic, destination, authentication, segment('abc')), 0);
    expect(decoded(packet)).toMatchObject({ stop: Stop.Transport, srcPort: 1234, payloadLength: 3 });
  });

  it('says of a fragment which part of the datagram it is', () => {
    const later = Uint8Array.of(6, 0, 0, 9, 1, 2, 3, 4);
    expect(decoded(inIpv6(concat(later, segment('abc')), 44))).toMatchObject({
      stop: Stop.Fragment,
      fragmentId: 0x01020304,
      fragmentOffset: 8,
      fragmentMore: true,
      protocol: 6,
      payloadLength: 23,
    });
  });

  it('ends where a header leads past the packet', () => {
    const endless = Uint8Array.of(60, 255, 0, 0, 0, 0, 0, 0);
    expect(decoded(inIpv6(endless, 60)).stop).toBe(Stop.Truncated);
  });
});

describe('VXLAN', () => {
  const inner = ethernet(inIpv4(segment('inside')), { vlans: [[0x8100, 9]] });
  const tunnelled = (port: number) =>
    ethernet(ipv4(udp(vxlan(inner, 0x123456), 50000, port), { src: '1.1.1.1', dst: '2.2.2.2', protocol: 17 }), {
      vlans: [[0x8100, 500]],
    });

  it.each([4789, 8472])('shows the inner packet, with the VNI, at port %d', (port) => {
    expect(decoded(tunnelled(port))).toMatchObject({
      stop: Stop.Transport,
      tunnel: 1,
      vni: 0x123456,
      vlanKey: 9,
      srcPort: 1234,
      payloadLength: 6,
      src0: 0xc0a8010a | 0,
    });
  });

  it('stays plain UDP at other ports and where the VNI flag is not set', () => {
    expect(decoded(tunnelled(4000))).toMatchObject({ tunnel: 0, protocol: 17, dstPort: 4000 });
    const noFlag = tunnelled(4789);
    noFlag[18 + 20 + 8] = 0;
    expect(decoded(noFlag)).toMatchObject({ tunnel: 0, protocol: 17 });
  });

  it('counts what the capture cut inside of the tunnel', () => {
    const frame = tunnelled(4789);
    expect(decoded(frame, { captured: frame.length - 4 })).toMatchObject({ payloadLength: 6, payloadCaptured: 2 });
  });
});

describe('anything at all', () => {
  it('decodes without a failure, and never points outside of the packet', () => {
    const whole = [
      ethernet(inIpv4(segment('x'.repeat(40), Uint8Array.of(1, 1, 5, 10, 0, 0, 0, 9, 0, 0, 0, 12)))),
      ethernet(
        ipv6(
          concat(Uint8Array.of(44, 0, 0, 0, 0, 0, 0, 0), Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 1), segment('y')),
          { ...six, protocol: 6 },
          0
        )
      ),
      ethernet(ipv4(udp(vxlan(ethernet(inIpv4(segment('z'))), 7), 1, 4789), { ...addresses, protocol: 17 })),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
        fc.nat(200),
        fc.nat(3000),
        fc.constantFrom(0, 1, 12, 101, 108, 113, 276),
        (packet, changes, cut, more, linkType) => {
          const bytes = packet.slice();
          for (const [at, value] of changes) {
            bytes[at % bytes.length] = value;
          }
          const captured = Math.max(0, bytes.length - cut);
          const d = decoded(bytes, { captured, wire: captured + more, linkType });
          if (d.stop === Stop.Transport) {
            expect(d.payloadCaptured).toBeGreaterThanOrEqual(0);
            expect(d.payloadLength).toBeGreaterThanOrEqual(d.payloadCaptured);
            expect(d.payloadOffset + d.payloadCaptured).toBeLessThanOrEqual(
              5 + captured + (d.payloadCaptured === 0 ? more : 0)
            );
            expect(d.payloadOffset + d.payloadLength).toBeLessThanOrEqual(5 + captured + more);
          }
        }
      ),
      { numRuns: 3000 }
    );
  });
});
