import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { canRunLaboratory, collectorArguments, type Laboratory, startLaboratory } from '../src/index';
import { askWire } from '../src/laboratory';
import { eachLine } from '../src/lines';
import { readPcap } from '../src/recording/pcap-reader';
import { readSegment, type TransportSegment } from '../src/wire/wire-frame';
import { leftBehind, tracesOf } from './left-behind';

// Real sockets on a machine that others load too: a buffer that runs over loses packets that no fault took. Not twice in a row.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const TEST_TIMEOUT_MS = 60_000;
const GONE_WITHIN_MS = 20_000;
/** Time for all that is under way to end once nothing is lost any more: the client waits 1.5 s for an answer that never comes. */
const SETTLED_WITHIN_MS = 2500;
const CART_IP = '10.2.0.5';
const ORDERS_IP = '10.2.1.7';
const SYN = 0x02;
const ACK = 0x10;

const feasible = canRunLaboratory();
const RUN_DIRS: string[] = [];
/** One for all tests that change nothing in it for good; starting it is what takes long on a busy machine. */
let shared: Promise<Laboratory> | undefined;
let sharedRunDir = '';

function sharedLaboratory(): Promise<Laboratory> {
  if (shared === undefined) {
    sharedRunDir = makeRunDir();
    shared = startLaboratory({ runDir: sharedRunDir, rate: 20, holdTraffic: true });
  }
  return shared;
}

afterAll(async () => {
  await (await shared)?.stop();
  RUN_DIRS.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

function makeRunDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bpfnet-lab-'));
  RUN_DIRS.push(folder);
  return folder;
}

/** A test that is skipped, and says why, where no laboratory can be made. */
function inLaboratory(name: string, test: () => Promise<void>, also: () => string | null = () => null): void {
  const obstacle = feasible.ok ? also() : feasible.reason;
  if (obstacle === null) {
    it(name, test, TEST_TIMEOUT_MS);
  } else {
    console.warn(`${name}: skipped, because ${obstacle}`);
    it.skip(name, test);
  }
}

async function output(child: ChildProcess): Promise<string> {
  const pieces: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
  await once(child, 'close');
  return Buffer.concat(pieces).toString();
}

function needsTcpdump(): string | null {
  if (process.geteuid?.() !== 0) {
    return 'tcpdump gives its rights up and cannot in a user namespace; run this test as root';
  }
  try {
    execFileSync('tcpdump', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'tcpdump is not installed';
  }
}

type SeenSegment = TransportSegment & { readonly tsNs: bigint };

interface Dump {
  /** Ends the capture and reads its TCP segments, those inside of the tunnel where there is one. */
  segments(): Promise<readonly SeenSegment[]>;
}

async function dump(
  laboratory: Laboratory,
  where: { readonly host: string; readonly pod?: string },
  nic: string
): Promise<Dump> {
  const file = join(makeRunDir(), 'dump.pcap');
  // Heads only: tcpdump cuts its ring into frames of the snap length, and few large ones overflow on a busy machine.
  const command = ['tcpdump', '-Z', 'root', '-n', '--immediate-mode', '-B', '8192', '-s', '256', '-i', nic, '-w', file];
  const child = laboratory.exec(where, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(said.join('\n'))));
    if (child.stderr !== null) {
      eachLine(child.stderr, (line) => {
        said.push(line);
        if (line.includes('listening on')) {
          resolve();
        }
      });
    }
  });
  return {
    segments: async () => {
      child.kill('SIGINT');
      await once(child, 'close');
      expect(said).toContain('0 packets dropped by kernel');
      return readPcap(readFileSync(file)).flatMap(({ tsNs, bytes }) => {
        const segment = readSegment(bytes);
        return segment?.l4Proto === 'tcp' ? [{ ...segment, tsNs }] : [];
      });
    },
  };
}

/** Names one copy of a segment on the wire. */
function copyKey(copy: Partial<TransportSegment>): string {
  return [
    copy.srcIp,
    copy.srcPort,
    copy.dstIp,
    copy.dstPort,
    copy.ipId,
    copy.seq,
    copy.flags,
    copy.payloadBytes,
  ].join();
}

/** Copies that look alike (some bare ACKs have no IP identification) are counted. */
function countCopies(segments: readonly SeenSegment[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of segments.map(copyKey)) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe('a laboratory', () => {
  inLaboratory('answers requests through the service address, and directly', async () => {
    const laboratory = await sharedLaboratory();
    const get = (url: string): Promise<string> => {
      const script = `fetch(${JSON.stringify(url)}).then(async (r) => console.log(r.status, await r.text()))`;
      return output(laboratory.exec({ host: 'node-a', pod: 'cart-7f9c' }, [process.execPath, '-e', script]));
    };
    expect(await get('http://10.96.0.80/api/orders/12')).toBe('200 {"id":12,"state":"paid"}\n');
    expect(await get('http://10.2.1.7:8080/api/orders/900')).toBe('404 {"error":"no order 900"}\n');
  });

  inLaboratory('makes every kind of traffic, each ending as it should', async () => {
    const laboratory = await sharedLaboratory();
    laboratory.beginTraffic();
    await delay(3500);
    laboratory.pauseTraffic();
    const outcomes = new Set(
      (await laboratory.requestsMade()).map(({ kind, path, status, outcome }) =>
        [path?.replace(/\d+$/, 'N') ?? kind, status, outcome].join(' ').trim()
      )
    );
    expect([...outcomes]).toEqual(
      expect.arrayContaining([
        '/api/orders 200 ok',
        '/api/orders/N 200 ok',
        '/api/orders/N 404 ok',
        '/api/report 200 ok',
        '/api/pay 500 ok',
        '/api/pay 503 ok',
        '/api/catalogue 200 ok',
        '/api/hang  gave-up',
        'dns  ok',
        'dns  not-found',
        'refused  refused',
        'black-hole  gave-up',
      ])
    );
  });

  inLaboratory(
    'shows a connection at every NIC, its sequence numbers untouched by NAT and tunnel',
    async () => {
      const laboratory = await sharedLaboratory();
      const places = [
        [{ host: 'node-a', pod: 'cart-7f9c' }, 'eth0'],
        [{ host: 'node-a' }, 'veth7f9c'],
        [{ host: 'node-a' }, 'cni0'],
        [{ host: 'node-a' }, 'vxlan.1'],
        [{ host: 'node-a' }, 'eth0'],
        [{ host: 'node-b' }, 'eth0'],
        [{ host: 'node-b' }, 'vxlan.1'],
        [{ host: 'node-b' }, 'cni0'],
        [{ host: 'node-b' }, 'veth5d8b'],
        [{ host: 'node-b', pod: 'orders-5d8b' }, 'eth0'],
      ] as const;
      const dumps = await Promise.all(places.map(([where, nic]) => dump(laboratory, where, nic)));
      laboratory.beginTraffic();
      await delay(1000);
      laboratory.pauseTraffic();
      await delay(500);
      const seen = await Promise.all(dumps.map((d) => d.segments()));

      const handshakes = seen.map((segments) =>
        segments
          .filter((s) => (s.flags & (SYN | ACK)) === (SYN | ACK))
          .map((s) => `${s.dstPort} ${s.ack - 1}_${s.seq}`)
          .sort()
      );
      expect(handshakes[0].length).toBeGreaterThan(3);
      handshakes.forEach((atThisNic) => expect(atThisNic).toEqual(handshakes[0]));
      // The first two NICs and the bridge see the service address, all others what it was rewritten to.
      const servers = seen.map((segments) => new Set(segments.filter((s) => s.flags === SYN).map((s) => s.dstIp)));
      expect(servers.map((ips) => ips.has('10.96.0.80'))).toEqual(places.map((_, i) => i < 3));
      expect(seen.map((segments) => segments.every((s) => s.vni === 42))).toEqual(
        places.map(([where, nic]) => nic === 'eth0' && !('pod' in where))
      );
    },
    needsTcpdump
  );

  inLaboratory(
    'lists exactly the segments that are missing between the two ends of the wire',
    async () => {
      const laboratory = await sharedLaboratory();
      const ends = await Promise.all(['node-a', 'node-b'].map((host) => dump(laboratory, { host }, 'eth0')));
      const earlier = (await laboratory.droppedByWire()).length;
      const status = await laboratory.setFault({ loss: 0.1, lossOn: 'any', delayMs: 2 });
      expect(status.fault).toMatchObject({ loss: 0.1, delayMs: 2 });
      laboratory.beginTraffic();
      await delay(3000);
      // Segments sent before the pause have arrived, or were lost and retransmitted, long before the captures end.
      laboratory.pauseTraffic();
      await laboratory.setFault({ loss: 0, delayMs: 1 });
      await delay(SETTLED_WITHIN_MS);
      const [atA, atB] = await Promise.all(ends.map((end) => end.segments()));
      const dropped = (await laboratory.droppedByWire()).slice(earlier);

      const missing = (sent: readonly SeenSegment[], got: readonly SeenSegment[], from: string): readonly string[] => {
        const left = countCopies(got);
        return sent
          .filter(({ srcIp }) => srcIp === from)
          .map(copyKey)
          .filter((key) => {
            const arrived = left.get(key) ?? 0;
            left.set(key, arrived - 1);
            return arrived <= 0;
          })
          .sort();
      };
      const listed = (from: string): readonly string[] =>
        dropped
          .filter(({ srcIp }) => srcIp === from)
          .map(copyKey)
          .sort();
      expect(dropped.every(({ reason }) => reason === 'fault')).toBe(true);
      expect(listed(CART_IP).length).toBeGreaterThan(5);
      expect(listed(ORDERS_IP).length).toBeGreaterThan(5);
      expect(listed(CART_IP)).toEqual(missing(atA, atB, CART_IP));
      expect(listed(ORDERS_IP)).toEqual(missing(atB, atA, ORDERS_IP));
    },
    needsTcpdump
  );

  inLaboratory('refuses a fault that makes no sense, and keeps the one it has', async () => {
    const laboratory = await sharedLaboratory();
    await laboratory.setFault({ loss: 0.2 });
    await expect(laboratory.setFault({ loss: 7 })).rejects.toThrow(/^loss: /);
    expect((await laboratory.wireStatus()).fault.loss).toBe(0.2);
  });

  it('says so where no laboratory answers', async () => {
    await expect(askWire('/nonexistent/lab.sock', {})).rejects.toThrow(/^no laboratory answers at/);
  });

  inLaboratory('outlives a client of its control socket that breaks off', async () => {
    const laboratory = await sharedLaboratory();
    const socket = connect(join(sharedRunDir, 'lab.sock'));
    await once(socket, 'connect');
    socket.write('{}\n{}\n{"loss":');
    socket.destroy();
    expect((await laboratory.wireStatus()).ok).toBe(true);
  });

  inLaboratory('starts a collector that finds the namespaces of the pods', async () => {
    const laboratory = await sharedLaboratory();
    const runDir = sharedRunDir;
    const [host] = laboratory.hosts;
    const args = collectorArguments({ host, runDir });
    const [name, path] = args[args.indexOf('--netns') + 1].split('=');
    const owners = JSON.parse(readFileSync(args[args.indexOf('--nic-owners') + 1], 'utf8'));
    expect(owners[name]).toEqual({ k8s_namespace: 'shop', k8s_pod_name: 'cart-7f9c', k8s_container_name: 'cart' });
    // From where the collector runs, the path leads to the pod: its address is there.
    const found = await output(
      laboratory.exec({ host: host.name }, ['nsenter', `--net=${path}`, 'ip', '-br', 'address'])
    );
    expect(found).toMatch(/^eth0\S* +UP +10\.2\.0\.5\/24/m);
  });

  inLaboratory('leaves nothing behind after stop()', async () => {
    const laboratory = await sharedLaboratory();
    const command = laboratory.exec({ host: 'node-b' }, ['sleep', '1000'], { stdio: 'ignore' });
    const holders = laboratory.hosts.flatMap((host) => [host.netnsPid, ...host.pods.map((pod) => pod.netnsPid)]);
    await delay(100);
    const traces = tracesOf([...holders, command.pid ?? 0]);
    expect(traces.namespaces[4]).toBe(traces.namespaces[2]);
    await laboratory.stop();
    expect(await laboratory.ended).toBe('stopped');
    expect(await leftBehind(traces, 500)).toEqual([]);
  });

  inLaboratory('leaves nothing behind when its parent is killed', async () => {
    const tsx = pathToFileURL(require.resolve('tsx')).href;
    const script = join(__dirname, 'hold-laboratory.ts');
    const parent = spawn(process.execPath, ['--import', tsx, script, makeRunDir()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      eachLine(parent.stdout, resolve);
      parent.once('exit', () => reject(new Error('the parent ended on its own')));
    });
    const { holders, command } = JSON.parse(line);
    await delay(100);
    const traces = tracesOf([...holders, command]);
    parent.kill('SIGKILL');
    expect(await leftBehind(traces, GONE_WITHIN_MS)).toEqual([]);
  });
});
