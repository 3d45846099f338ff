/** Sound packets of every kind that the decoder knows, to be made unsound. */
import { Script } from './connection';
import { ascii, concat, ethernet, ipv4, ipv6, tcp, udp } from './packet';
import { type CapturedPacket } from './pcap';
import { inGeneve, inGre, inIpv4, inIpv6, inVxlan, labelled } from './tunnel';

export function fuzzSources(): CapturedPacket[] {
  const web = new Script({ timestamps: true })
    .handshake()
    .sends('client', 'GET /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc')
    .sends('server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
    .ack('client')
    .repeats(3)
    .close();
  const dns = udp(
    concat(Uint8Array.of(0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 97, 2, 98, 99, 0), Uint8Array.of(0, 1, 0, 1)),
    40000,
    53
  );
  const ends4 = { src: '10.0.0.1', dst: '10.0.0.2' };
  const ends6 = { src: 'fd00::1', dst: 'fd00::2' };
  const segment = tcp(ascii('GET / HTTP/1.1\r\n\r\n'), { srcPort: 5, dstPort: 80, seq: 1, ack: 1, flags: 0x18 });
  const packet = ipv4(segment, { ...ends4, protocol: 6 });
  const packet6 = ipv6(segment, { ...ends6, protocol: 6 });
  const long = udp(ascii('y'.repeat(2000)), 40000, 9);
  const part = (from: number, to: number, more: boolean) =>
    ipv4(long.subarray(from, to), { ...ends4, protocol: 17, id: 5, fragment: (from >> 3) | (more ? 0x2000 : 0) });
  const part6 = (from: number, to: number, more: boolean) =>
    ipv6(
      concat(Uint8Array.of(17, 0, (from | +more) >> 8, (from | +more) & 255, 0, 0, 0, 9), long.subarray(from, to)),
      { ...ends6, protocol: 17 },
      44
    );
  const frames = [
    ethernet(packet6),
    ethernet(ipv4(dns, { ...ends4, protocol: 17 })),
    ethernet(packet, {
      vlans: [
        [0x88a8, 5],
        [0x8100, 6],
      ],
    }),
    ethernet(inVxlan(ethernet(inGeneve(ethernet(packet), 3)), 4)),
    ethernet(inGre(packet6, 0x86dd, { key: 1, sequence: 2, checksum: true })),
    ethernet(inGre(ethernet(packet), 0x6558)),
    ethernet(inIpv6(inIpv4(packet6))),
    ethernet(labelled(packet, 16, 17), { etherType: 0x8847 }),
    ethernet(part(0, 1000, true)),
    ethernet(part(1000, 2008, false)),
    ethernet(part6(0, 1000, true)),
    ethernet(part6(1000, 2008, false)),
    ethernet(
      ipv6(
        concat(Uint8Array.of(60, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0), segment),
        { ...ends6, protocol: 6 },
        0
      )
    ),
  ];
  return [...web.packets, ...frames.map((bytes) => ({ bytes, tsNs: 0n }))];
}
