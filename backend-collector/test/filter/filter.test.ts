import { Ancillary, assemble, decodeProgram, encodeProgram, ifEqual, keep, label } from '../../src/capture/filter/cbpf';
import { run } from './cbpf-interpreter';
import {
  compileByLibpcap,
  compileByTcpdump,
  compileFilter,
  type FilterCompiler,
} from '../../src/capture/filter/compile-filter';
import { HardwareType, socketProgram, type SocketProgramOptions } from '../../src/capture/filter/socket-program';
import { ipv4Packet, ipv6Packet, NETWORK_OFFSET } from './packets';

const tcp = { from: '10.0.0.1', to: '10.0.0.2', protocol: 'tcp', fromPort: 40000, toPort: 80 } as const;
const tcp6 = { ...tcp, from: 'fd00:0:0:0:0:0:0:1', to: 'fd00:0:0:0:0:0:0:2' } as const;

interface Seen {
  readonly nic?: number;
  readonly hardwareType?: number;
  readonly outgoing?: boolean;
  readonly raw?: boolean;
}

/** What the kernel would keep of the packet, bytes. */
function kept(options: SocketProgramOptions, packet: Buffer, seen: Seen = {}): number {
  const bytes = seen.raw === true ? packet.subarray(NETWORK_OFFSET) : packet;
  return run(socketProgram(options), {
    bytes,
    networkOffset: seen.raw === true ? 0 : NETWORK_OFFSET,
    ancillary: {
      [Ancillary.protocol]: packet.readUInt16BE(12),
      [Ancillary.packetType]: seen.outgoing === true ? 4 : 0,
      [Ancillary.interfaceIndex]: seen.nic ?? 2,
      [Ancillary.hardwareType]: seen.hardwareType ?? HardwareType.ethernet,
    },
  });
}

describe('without a filter', () => {
  const all = { snapLength: 256 };
  it('every packet is kept, up to the snap length', () => {
    expect(kept(all, ipv4Packet(tcp))).toBe(256);
    expect(kept(all, ipv6Packet(tcp6), { outgoing: true })).toBe(256);
  });

  it('a loopback packet is kept once', () => {
    expect(kept(all, ipv4Packet(tcp), { hardwareType: HardwareType.loopback, outgoing: true })).toBe(0);
    expect(kept(all, ipv4Packet(tcp), { hardwareType: HardwareType.loopback })).toBe(256);
  });

  it('excluded NICs are left out', () => {
    const excludedNics = Array.from({ length: 300 }, (_, index) => index + 10);
    expect(kept({ ...all, excludedNics }, ipv4Packet(tcp), { nic: 10 })).toBe(0);
    expect(kept({ ...all, excludedNics }, ipv4Packet(tcp), { nic: 209 })).toBe(0);
    expect(kept({ ...all, excludedNics }, ipv4Packet(tcp), { nic: 9 })).toBe(256);
    expect(kept({ ...all, excludedNics }, ipv4Packet(tcp), { nic: 210 })).toBe(256);
  });
});

describe('the store', () => {
  const excludedEndpoints = [
    { address: '10.0.0.2', port: 3100 },
    { address: 'fd00::2', port: 3100 },
    { address: '::ffff:10.0.0.9', port: 3100 },
  ];
  const options = { snapLength: 100, excludedEndpoints };
  it.each([
    ['to it', ipv4Packet({ ...tcp, toPort: 3100 }), 0],
    ['from it', ipv4Packet({ ...tcp, from: '10.0.0.2', to: '10.0.0.1', fromPort: 3100, toPort: 40000 }), 0],
    ['to it by IPv6', ipv6Packet({ ...tcp6, toPort: 3100 }), 0],
    ['from it by IPv6', ipv6Packet({ ...tcp6, from: tcp6.to, to: tcp6.from, fromPort: 3100, toPort: 40000 }), 0],
    ['to its mapped address', ipv4Packet({ ...tcp, to: '10.0.0.9', toPort: 3100 }), 0],
    ['to another port of its host', ipv4Packet(tcp), 100],
    ['to its port on another host', ipv4Packet({ ...tcp, to: '10.0.0.3', toPort: 3100 }), 100],
    ['from its port number on another host', ipv4Packet({ ...tcp, fromPort: 3100 }), 100],
    ['to its address and port by UDP', ipv4Packet({ ...tcp, protocol: 'udp', toPort: 3100 }), 100],
    ['to another port by IPv6', ipv6Packet(tcp6), 100],
  ])('%s', (_, packet, expected) => {
    expect(kept(options, packet)).toBe(expected);
    expect(kept(options, packet, { raw: true, hardwareType: 65534 })).toBe(expected);
  });
});

const COMPILERS: ReadonlyArray<readonly [string, FilterCompiler]> = [
  ['libpcap', compileByLibpcap],
  ['tcpdump', compileByTcpdump],
];

describe.each(COMPILERS)('a filter compiled by %s', (name, compiler) => {
  const compile = async (expression: string): Promise<SocketProgramOptions | undefined> => {
    const known = await compiler('tcp', { number: 1, name: 'EN10MB' }, 100);
    if (known === undefined) {
      console.log(`skipped: ${name} is not installed`);
      return undefined;
    }
    return { snapLength: 100, filter: await compileFilter(expression, 100, [compiler]) };
  };

  it.each([
    ['tcp port 80', 100, 100, 0],
    ['udp', 0, 0, 100],
    ['host 10.0.0.2', 100, 0, 100],
    ['ip6', 0, 100, 0],
    ['tcp[tcpflags] & tcp-syn != 0', 0, 0, 0],
    ['(port 80 or port 443) and not udp', 100, 100, 0],
  ])('%s', async (expression, v4, v6, udp) => {
    const options = await compile(expression);
    if (options === undefined) {
      return;
    }
    const udpPacket = ipv4Packet({ ...tcp, protocol: 'udp' });
    expect([kept(options, ipv4Packet(tcp)), kept(options, ipv6Packet(tcp6)), kept(options, udpPacket)]).toEqual([
      v4,
      v6,
      udp,
    ]);
    const raw = { raw: true, hardwareType: 65534 };
    expect(kept(options, ipv4Packet(tcp), raw)).toBe(v4);
    expect(kept(options, udpPacket, raw)).toBe(udp);
  });

  it('keeps the rest of the program in force', async () => {
    const options = await compile('tcp');
    if (options !== undefined) {
      const excluded = { ...options, excludedNics: [7], excludedEndpoints: [{ address: '10.0.0.2', port: 80 }] };
      expect(kept(excluded, ipv4Packet(tcp))).toBe(0);
      expect(kept(excluded, ipv4Packet({ ...tcp, toPort: 81 }))).toBe(100);
      expect(kept(excluded, ipv4Packet({ ...tcp, toPort: 81 }), { nic: 7 })).toBe(0);
    }
  });

  it('that is invalid is rejected with one line', async () => {
    const known = await compiler('tcp', { number: 1, name: 'EN10MB' }, 100);
    if (known === undefined) {
      return;
    }
    await expect(compileFilter('tcp prot 80', 100, [compiler])).rejects.toMatchObject({
      kind: 'filter-syntax',
      message: expect.stringMatching(/^The filter "tcp prot 80" is invalid: .+\. See "man pcap-filter"[^\n]*$/),
    });
  });

  it('that looks like an option is no option', async () => {
    const known = await compiler('tcp', { number: 1, name: 'EN10MB' }, 100);
    if (known === undefined) {
      return;
    }
    await expect(compileFilter('-w /tmp/x', 100, [compiler])).rejects.toMatchObject({ kind: 'filter-syntax' });
  });
});

describe('a filter', () => {
  it('that only means something on Ethernet keeps nothing of NICs without it', async () => {
    const refused = { kind: 'refused', reason: 'no Ethernet' } as const;
    const everything = { kind: 'program', program: assemble([keep(9)]) } as const;
    const filter = await compileFilter('ether host 1:2:3:4:5:6', 100, [
      (_, linkLayer) => Promise.resolve(linkLayer.number === 1 ? everything : refused),
    ]);
    expect(kept({ snapLength: 100, filter }, ipv4Packet(tcp))).toBe(100);
    expect(kept({ snapLength: 100, filter }, ipv4Packet(tcp), { raw: true, hardwareType: 65534 })).toBe(0);
  });

  it('needs a compiler', async () => {
    await expect(compileFilter('tcp', 100, [() => Promise.resolve(undefined)])).rejects.toMatchObject({
      kind: 'not-supported',
      message: expect.stringMatching(/needs libpcap or tcpdump/),
    });
  });
});

describe('the assembler', () => {
  it('refuses jumps that a program cannot make', () => {
    expect(() => assemble([ifEqual(1, { then: 'nowhere' }), keep(0)])).toThrow(/"nowhere"/);
    expect(() => assemble([label('back'), keep(1), ifEqual(1, { then: 'back' }), keep(0)])).toThrow(/out of reach/);
    const far = [ifEqual(1, { then: 'far' }), ...Array.from({ length: 256 }, () => keep(0)), label('far'), keep(1)];
    expect(() => assemble(far)).toThrow(/out of reach/);
    expect(() => assemble(Array.from({ length: 4097 }, () => keep(0)))).toThrow(/4097 instructions/);
  });

  it('writes what it reads', () => {
    const program = socketProgram({
      snapLength: 96,
      excludedNics: [3],
      excludedEndpoints: [{ address: '1.2.3.4', port: 5 }],
    });
    expect(decodeProgram(encodeProgram(program))).toEqual(program);
  });
});
