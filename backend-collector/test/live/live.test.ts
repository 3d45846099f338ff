import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openingError } from '../../src/capture/live/opening-error';
import { SystemCallError } from '../../src/capture/libc';
import { type Nic } from '../../src/capture/packet-source';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** Root makes a network namespace; anyone else makes one inside a user namespace. */
const ownNetwork = isRoot ? ['-n'] : ['-Urn'];

const missing = ((): string | undefined => {
  try {
    execFileSync('unshare', [...ownNetwork, 'ip', 'link', 'add', 'try0', 'type', 'veth', 'peer', 'name', 'try1'], {
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr ?? error).trim();
  }
})();
if (missing !== undefined) {
  console.log(`skipped: live capture cannot be tried here (${missing})`);
}
const tried = missing === undefined ? describe : describe.skip;

async function scenario<T>(name: string, unshare: readonly string[] = ownNetwork): Promise<T> {
  const { stdout } = await run(
    'unshare',
    [...unshare, process.execPath, '--require', 'tsx/cjs', join(__dirname, 'scenarios.ts'), name],
    { timeout: 40_000, maxBuffer: 1 << 24 }
  );
  return JSON.parse(stdout) as T;
}

interface Stats {
  readonly packets: number;
  readonly bytes: number;
  readonly unselected: number;
  readonly shortened: number;
  readonly malformed: number;
  readonly kernelPackets: number;
  readonly kernelDrops: number;
  readonly freezes: number;
}
interface Seen {
  readonly packets: Record<string, number>;
  readonly marks: { readonly gso: number; readonly largest: number; readonly vlans: number[] };
  readonly batches: number;
  readonly stats: Stats;
  readonly nics: readonly Nic[];
}
interface Failure {
  readonly kind: string;
  readonly message: string;
}

function expectEveryPacketAccountedFor(stats: Stats): void {
  expect(stats.packets + stats.unselected + stats.malformed + stats.kernelDrops).toBe(stats.kernelPackets);
}

function compareWithTcpdump(counted: number | string, expected: number): void {
  if (typeof counted === 'string') {
    console.log(`skipped the comparison with tcpdump: ${counted}`);
  } else {
    expect(counted).toBe(expected);
  }
}

// The scenarios share nothing, and mostly wait.
tried('a live capture', () => {
  jest.setTimeout(45_000);

  it.concurrent('sees each loopback packet once, as tcpdump does', async () => {
    const { seen, tcpdump } = await scenario<{ seen: Seen; tcpdump: number | string }>('loopback');
    expect(seen.packets).toEqual({ '/lo unknown': 3000 });
    compareWithTcpdump(tcpdump, 3000);
    expect(seen.stats).toMatchObject({ packets: 3000, bytes: 3000 * 142, kernelPackets: 3000, kernelDrops: 0 });
  });

  it.concurrent('sees every NIC of several network namespaces, and which way each packet went', async () => {
    const { seen, tcpdump } = await scenario<{ seen: Seen; tcpdump: number | string }>('namespaces');
    expect(seen.packets).toEqual({ '/veth0 outgoing': 2000, 'orders/veth1 incoming': 2000 });
    compareWithTcpdump(tcpdump, 2000);
    expectEveryPacketAccountedFor(seen.stats);
    expect(seen.nics.find((nic) => nic.name === 'veth1')).toMatchObject({
      linkType: 1,
      mac: '02:00:00:00:00:02',
      netns: 'orders',
      virtual: true,
      kind: 'veth',
      peerIfIndex: expect.any(Number),
      peerNetnsId: expect.any(Number),
      hostNetwork: false,
      owner: { podName: 'orders-1', k8sNamespace: 'shop' },
    });
    expect(seen.nics.find((nic) => nic.name === 'veth0')).toMatchObject({
      mac: '02:00:00:00:00:01',
      netns: expect.stringMatching(/^net:\[\d+\]$/),
      hostNetwork: true,
    });
  });

  it.concurrent('knows which ports each namespace listens on', async () => {
    expect(await scenario('listening ports')).toEqual({
      'orders at its NIC': true,
      'orders at the other NIC': false,
      'ours at our NIC': true,
      'ours at the other NIC': false,
    });
  });

  it.concurrent('counts what it lost while its reader was stalled: seen + dropped = sent', async () => {
    const { seen, sent } = await scenario<{ seen: Seen; sent: number }>('stalled');
    expect(seen.stats.kernelDrops).toBeGreaterThan(0);
    expect(seen.stats.kernelDrops).toBe(sent - seen.stats.packets);
    expect(seen.stats.freezes).toBeGreaterThan(0);
    expectEveryPacketAccountedFor(seen.stats);
  });

  it.concurrent('loses nothing uncounted when its consumer is behind', async () => {
    const { seen, sent } = await scenario<{ seen: Seen; sent: number }>('slow consumer');
    expect(seen.stats.kernelDrops).toBeGreaterThan(0);
    expect(seen.stats.packets + seen.stats.kernelDrops).toBe(sent);
    // What lies in shared memory and in the ring was not lost: 16 MiB of packets of 1 442 bytes at the least.
    expect(seen.stats.packets).toBeGreaterThan(10_000);
  });

  it.concurrent(
    'knows a NIC that comes later by its name from the first packet on, and follows a new name',
    async () => {
      const { seen } = await scenario<{ seen: Seen }>('later NICs');
      // veth's other end is not selected: the filter learns of it after its first packets.
      expect(seen.packets).toEqual({ '/lo unknown': 10, '/new0 outgoing': 100, '/renamed outgoing': 7 });
      expectEveryPacketAccountedFor(seen.stats);
    }
  );

  it.concurrent('captures the NICs that were asked for', async () => {
    const { only, without, none } = await scenario<{ only: Seen; without: Seen; none: Failure }>('NIC choice');
    expect(only.packets).toEqual({ '/veth0 outgoing': 60 });
    expect(without.packets).toEqual({ '/lo unknown': 50 });
    // The kernel sorts them out.
    expect([only.stats.unselected, without.stats.unselected]).toEqual([0, 0]);
    expect(none).toEqual({ kind: 'no-such-nic', message: 'No NIC matches "wlan0" "eth?": there are lo, veth0.' });
  });

  it.concurrent('gives the VLAN tag back that the kernel took out, and filters by it', async () => {
    const { all, filtered } = await scenario<{ all: Seen; filtered: Seen }>('vlan');
    expect(all.packets).toEqual({ 'there/veth1 incoming': 3 });
    expect(all.marks.vlans).toEqual([5, 0x6005, 6]);
    expect(filtered.marks.vlans).toEqual([5, 0x6005]);
  });

  it.concurrent('marks super-segments', async () => {
    const { seen, bytes, received } = await scenario<{ seen: Seen; bytes: number; received: number }>('super-segments');
    expect(received).toBe(bytes);
    expect(seen.marks.gso).toBeGreaterThan(10);
    expect(seen.marks.largest).toBeGreaterThan(10_000);
    expect(seen.marks.gso).toBeLessThan(seen.stats.packets);
    expect(seen.stats.bytes).toBeGreaterThan(bytes);
  });

  it.concurrent('keeps as much of each packet as configured', async () => {
    const seen = await scenario<Seen>('snap length');
    expect(seen.packets['/veth0 outgoing']).toBe(100);
    expect(seen.stats.bytes).toBe(60 * seen.stats.packets);
    expect(seen.stats.shortened).toBe(seen.stats.packets);
  });

  it.concurrent('keeps the headers only of bulk', async () => {
    const seen = await scenario<Seen>('adaptive snap length');
    expect(seen.stats.packets).toBeGreaterThan(8);
    expect(seen.stats.shortened).toBeGreaterThan(2);
    // Of 200 000 bytes that passed.
    expect(seen.stats.bytes).toBeLessThan(20_000);
    expectEveryPacketAccountedFor(seen.stats);
  });

  it.concurrent('leaves the traffic with the store out', async () => {
    const seen = await scenario<{ without: Seen; with: Seen }>('store');
    // Five datagrams, and an ICMP message that nobody listens for each.
    expect(seen.without.packets).toEqual({ '/lo unknown': 10 });
    expect(seen.with.packets['/lo unknown']).toBeGreaterThanOrEqual(6);
  });

  it.concurrent('leaves nothing open', async () => {
    const { before, during, after } =
      await scenario<Record<string, { files: number; rings: number }>>('opened and closed');
    expect(during.rings).toBe(2);
    expect(after).toEqual(before);
    expect(after.rings).toBe(0);
  });

  it.concurrent('yields an empty batch every second when nothing passes', async () => {
    const seen = await scenario<Seen>('idle');
    expect(seen.batches).toBe(1);
    expect(seen.stats.packets).toBe(0);
  });

  it.concurrent('says in one line what is wrong with a namespace or a filter, and leaves nothing open', async () => {
    const errors = await scenario<Record<string, Failure>>('errors');
    expect(errors.same.message).toMatch(/is the same as the namespace that the collector runs in/);
    expect(errors.twice.message).toMatch(/is the same as "a"/);
    expect(errors.missing.message).toMatch(/cannot be opened at .+ \(ENOENT\): use a readable \/proc/);
    expect(errors.wrong.message).toMatch(/is not a network namespace/);
    expect(errors.filter).toMatchObject({ kind: 'filter-syntax' });
    for (const name of ['same', 'twice', 'missing', 'wrong', 'filter']) {
      expect(errors[name].message).not.toMatch(/\n/);
    }
  });

  it.concurrent('gives its capabilities up once it is open, and still captures', async () => {
    const { before, after, threads, again, seen } = await scenario<{
      before: string;
      after: string;
      threads: string[];
      again: Failure;
      seen: Seen;
    }>('privileges given up', ['-Urn']);
    expect(Number.parseInt(before, 16)).toBeGreaterThan(0);
    expect(after).toBe('0000000000000000');
    // The main thread and the ring's worker; V8's and libuv's own threads keep theirs.
    expect(threads.filter((thread) => thread.endsWith('0000000000000000')).length).toBeGreaterThanOrEqual(2);
    expect(again.kind).toBe('no-permission');
    expect(seen.packets).toEqual({ '/veth0 outgoing': 20 });
    expectEveryPacketAccountedFor(seen.stats);
  });

  it.concurrent('without privileges says which one is missing', async () => {
    const failure = await scenario<Failure>('no privileges', ['-U']);
    expect(failure.kind).toBe('no-permission');
    expect(failure.message).toMatch(
      /CAP_NET_RAW: run as root, or once "sudo setcap cap_net_raw\+ep .+", or .+"unshare -Urn"/
    );
  });
});

describe('an error in opening', () => {
  it('for want of memory names the option to lower', () => {
    const error = openingError(new SystemCallError('setsockopt', 12), { name: 'own', ringBytes: 64 << 20 });
    expect(error).toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/of 64 MiB: set a smaller --ring-mb/),
    });
  });

  it('for want of CAP_SYS_ADMIN names that', () => {
    const error = openingError(new SystemCallError('setns', 1), { name: 'pod', path: '/x', ringBytes: 1 });
    expect(error).toMatchObject({ kind: 'no-permission', message: expect.stringMatching(/CAP_SYS_ADMIN/) });
  });
});
