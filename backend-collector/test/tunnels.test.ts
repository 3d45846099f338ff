/** Tunnels in each other. What is inside is decoded by us, and by tshark where it is installed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '../src/wire/decode';
import { Decoded, Stop, Tunnel } from '../src/wire/decoded';
import { temporaryFolder } from './build/command';
import { Script } from './build/connection';
import { ascii, ethernet, ipv4, ipv6, tcp } from './build/packet';
import { pcap } from './build/pcap';
import { replayPackets } from './build/replay';
import { inGeneve, inGre, inIpv4, inIpv6, inVxlan, labelled } from './build/tunnel';
import { tsharkIsInstalled, witnessedPackets } from './build/tshark';

const segment = tcp(ascii('inside'), { srcPort: 1234, dstPort: 80, seq: 7, ack: 9, flags: 0x18, window: 512 });
const packet = ipv4(segment, { src: '10.1.1.1', dst: '10.1.1.2', protocol: 6 });
const packet6 = ipv6(segment, { src: 'fd00::1', dst: 'fd00::2', protocol: 6 });
const frame = ethernet(packet);
const tagged = ethernet(packet, { vlans: [[0x8100, 9]] });

function decoded(bytes: Uint8Array): Decoded {
  const d = new Decoded();
  decode(d, bytes, 0, bytes.length, bytes.length, 1, -1);
  return d;
}

interface Case {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly tunnel: Tunnel;
  readonly vni?: number;
  readonly vlan?: number;
  readonly v6?: true;
  /** Why tshark does not go in. */
  readonly notForTshark?: string;
}

const CASES: readonly Case[] = [
  { name: 'Geneve', bytes: ethernet(inGeneve(tagged, 77)), tunnel: Tunnel.Geneve, vni: 77, vlan: 9 },
  {
    name: 'Geneve with options, IP straight inside',
    bytes: ethernet(inGeneve(packet, 0xabcdef, 0x0800, new Uint8Array(12))),
    tunnel: Tunnel.Geneve,
    vni: 0xabcdef,
  },
  { name: 'GRE', bytes: ethernet(inGre(packet, 0x0800)), tunnel: Tunnel.Gre },
  {
    name: 'GRE with checksum, key and sequence number, IPv6 inside',
    bytes: ethernet(inGre(packet6, 0x86dd, { key: 0xfffffff1, sequence: 5, checksum: true })),
    tunnel: Tunnel.Gre,
    vni: 0xfffffff1,
    v6: true,
  },
  {
    name: 'GRE with a bridged Ethernet frame',
    bytes: ethernet(inGre(tagged, 0x6558, { key: 3 })),
    tunnel: Tunnel.Gre,
    vni: 3,
    vlan: 9,
  },
  { name: 'IPIP', bytes: ethernet(inIpv4(packet)), tunnel: Tunnel.IpIp },
  { name: 'SIT', bytes: ethernet(inIpv4(packet6)), tunnel: Tunnel.IpIp, v6: true },
  { name: 'IPv4 in IPv6', bytes: ethernet(inIpv6(packet)), tunnel: Tunnel.IpIp },
  { name: 'IPv6 in IPv6', bytes: ethernet(inIpv6(packet6)), tunnel: Tunnel.IpIp, v6: true },
  { name: 'MPLS', bytes: ethernet(labelled(packet, 100, 200, 300), { etherType: 0x8847 }), tunnel: Tunnel.None },
  {
    name: 'MPLS behind a VLAN tag, IPv6 inside',
    bytes: ethernet(labelled(packet6, 100), { etherType: 0x8847, vlans: [[0x8100, 4]] }),
    tunnel: Tunnel.None,
    vlan: 4,
    v6: true,
  },
  {
    name: 'an Ethernet pseudowire with its control word',
    bytes: ethernet(labelled(Uint8Array.of(0, 0, 0, 1, ...tagged), 16), { etherType: 0x8847 }),
    tunnel: Tunnel.None,
    vlan: 9,
    notForTshark: 'it has to be configured by label which pseudowires hold Ethernet behind a control word',
  },
  { name: 'VXLAN in VXLAN', bytes: ethernet(inVxlan(ethernet(inVxlan(frame, 2)), 1)), tunnel: Tunnel.Vxlan, vni: 2 },
  {
    name: 'IPIP in GRE in Geneve in VXLAN, between VLANs',
    bytes: ethernet(
      inVxlan(ethernet(inGeneve(ethernet(inGre(inIpv4(packet), 0x0800), { vlans: [[0x8100, 8]] }), 6)), 5),
      { vlans: [[0x88a8, 7]] }
    ),
    tunnel: Tunnel.IpIp,
    vni: 6,
    vlan: 8,
  },
];

describe('tunnels', () => {
  it.each(CASES)('$name', ({ bytes, tunnel, vni, vlan, v6 }) => {
    expect(decoded(bytes)).toMatchObject({
      stop: Stop.Transport,
      ipVersion: v6 ? 6 : 4,
      srcPort: 1234,
      dstPort: 80,
      payloadLength: 6,
      payloadCaptured: 6,
      tunnel,
      vni: vni ?? -1,
      vlanKey: vlan ?? 0,
    });
  });

  (tsharkIsInstalled() ? it : it.skip)('hold what tshark finds in them', async () => {
    const folder = temporaryFolder();
    try {
      const path = join(folder.path, 'tunnels.pcap');
      writeFileSync(path, pcap(CASES.map(({ bytes }, i) => ({ bytes, tsNs: BigInt(i + 1) * 1_000_000_000n }))));
      const witnessed = await witnessedPackets(path);
      expect(witnessed.map(({ frame: n }) => CASES[n - 1].name)).toEqual(
        CASES.filter(({ notForTshark }) => notForTshark === undefined).map(({ name }) => name)
      );
      for (const w of witnessed) {
        expect(w).toMatchObject({ flags: 0x18, seq: 7, ack: 9, length: 6, window: 512 });
      }
    } finally {
      folder.remove();
    }
  });

  it('are gone into only so far', () => {
    let nested: Uint8Array = packet;
    for (let i = 0; i < 16; i++) {
      nested = inIpv4(nested);
    }
    expect(decoded(ethernet(nested)).stop).toBe(Stop.Transport);
    expect(decoded(ethernet(inIpv4(nested))).stop).toBe(Stop.NestedTooDeep);
    expect(decoded(new Uint8Array(56_000).map((_, i) => (i % 14 === 12 ? 0x65 : i % 14 === 13 ? 0x58 : 2))).stop).toBe(
      Stop.NestedTooDeep
    );
  });

  it('stay plain where they are no such thing: GRE for PPP, Geneve control messages, ICMP inside', () => {
    const ppp = ethernet(inGre(packet, 0x880b));
    ppp[14 + 20 + 1] = 1;
    expect(decoded(ppp)).toMatchObject({ stop: Stop.UnknownTransport, tunnel: Tunnel.None });
    const control = ethernet(inGeneve(frame, 7));
    control[14 + 20 + 8 + 1] = 0x80;
    expect(decoded(control)).toMatchObject({ stop: Stop.Transport, protocol: 17, dstPort: 6081, tunnel: Tunnel.None });
    const icmp = ipv4(new Uint8Array(8), { src: '10.1.1.1', dst: '10.1.1.2', protocol: 1 });
    expect(decoded(ethernet(inIpv4(icmp))).stop).toBe(Stop.UnknownTransport);
  });

  it('stand on records, and keep equal connections in different networks apart', async () => {
    const { packets } = new Script().handshake().sends('client', 'hello').close();
    const around = (wrap: (inner: Uint8Array) => Uint8Array) =>
      packets.map(({ bytes, tsNs }) => ({ bytes: ethernet(wrap(bytes)), tsNs }));
    const all = [
      ...around((f) => inGeneve(f, 1)),
      ...around((f) => inGeneve(f, 2)),
      ...around((f) => inGre(f.subarray(14), 0x0800)),
      ...around((f) => inGre(f.subarray(14), 0x0800, { key: 4_000_000_000 })),
      ...around((f) => inIpv4(f.subarray(14))),
      ...around((f) => inVxlan(ethernet(inIpv4(f.subarray(14))), 1)),
      ...around((f) => inVxlan(ethernet(inGeneve(f, 1)), 9)),
    ];
    const { l4 } = await replayPackets(all);
    expect(l4.map((r) => [r.tunnel, r.vni_id, r.tx_bytes, r.tx_retrans])).toEqual([
      ['geneve', 1, 5, undefined],
      ['geneve', 2, 5, undefined],
      ['gre', undefined, 5, undefined],
      ['gre', 4_000_000_000, 5, undefined],
      ['ipip', undefined, 5, undefined],
      ['ipip', 1, 5, undefined],
      ['geneve', 1, 5, undefined],
    ]);
    expect(new Set(l4.map((r) => r.inner_traceid)).size).toBe(7);
  });
});
