/**
 * Live captures, each in network namespaces of its own: `unshare -Urn node --require tsx/cjs scenarios.ts NAME` builds what it
 * needs, captures, sends, and prints what it saw as JSON. Started by live.test.ts.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadLibc } from '../../src/capture/libc';
import { type LiveOptions, type LiveSource, openLiveSource } from '../../src/capture/live/live-source';
import { PacketDirection, PacketMark } from '../../src/capture/packet-source';

const PORT = 9999;
const CLEAN_UPS: Array<() => void> = [];

function ip(command: string): void {
  execFileSync('ip', command.split(' '), { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A network namespace that lives as long as this process; its path. */
async function otherNamespace(): Promise<{ path: string; pid: number }> {
  const own = statText('/proc/self/ns/net');
  const holder = spawn('unshare', ['-n', 'sleep', '60'], { stdio: 'ignore' });
  CLEAN_UPS.push(() => holder.kill('SIGKILL'));
  const path = `/proc/${holder.pid}/ns/net`;
  while (statText(path) === own) {
    await sleep(5);
  }
  return { path, pid: holder.pid ?? 0 };
}

function statText(path: string): string {
  return execFileSync('readlink', [path]).toString();
}

/** veth0 (10.9.0.1) here, veth1 (10.9.0.2) in a namespace of its own. */
async function twoNamespaces(): Promise<{ path: string; pid: number }> {
  const other = await otherNamespace();
  const there = (command: string): void =>
    void execFileSync('nsenter', ['-n', '-t', String(other.pid), 'ip', ...command.split(' ')]);
  ip('link add veth0 address 02:00:00:00:00:01 type veth peer name veth1 address 02:00:00:00:00:02');
  ip(`link set veth1 netns ${other.pid}`);
  // IPv6 would send packets of its own accord.
  execFileSync('sh', ['-c', 'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f || true; done']);
  execFileSync('nsenter', [
    '-n',
    '-t',
    String(other.pid),
    'sh',
    '-c',
    'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f || true; done',
  ]);
  ip('addr add 10.9.0.1/24 dev veth0');
  ip('link set veth0 up');
  there('addr add 10.9.0.2/24 dev veth1');
  there('link set veth1 up');
  ip('neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev veth0');
  there('neigh replace 10.9.0.1 lladdr 02:00:00:00:00:01 dev veth1');
  return other;
}

/** Sends datagrams of `bytes` payload; each is in the kernel's hands when this resolves. */
async function sendDatagrams(to: string, count: number, bytes = 100): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  const payload = Buffer.alloc(bytes, 'x');
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve) => socket.send(payload, PORT, to, () => resolve()));
  }
  socket.close();
}

/**
 * tcpdump on one NIC; `count` ends it and says how many packets it wrote, or why it could not (as root of a user namespace
 * it cannot: it insists on changing its groups).
 */
async function tcpdump(nic: string, filter: string): Promise<{ count(): Promise<number | string> }> {
  const directory = mkdtempSync(join(tmpdir(), 'bpfnet-live-'));
  CLEAN_UPS.push(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'capture.pcap');
  const child: ChildProcess = spawn('tcpdump', ['-Z', 'root', '-i', nic, '-U', '-B', '8192', '-w', file, filter], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (text) => (said += String(text)));
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', (error) => {
      said = error.message;
      resolve();
    });
  });
  for (let waited = 0; !/listening on|: \S/.test(said) && waited < 3000; waited += 10) {
    await sleep(10);
  }
  await sleep(100);
  return {
    count: async () => {
      const size = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      // Its ring hands a block over when that is full, or after a second.
      for (let before = -1; before !== size(); await sleep(1100)) {
        before = size();
      }
      const running = child.exitCode === null && child.pid !== undefined;
      child.kill('SIGINT');
      await ended;
      if (!running) {
        return said.trim();
      }
      const listing = execFileSync('tcpdump', ['-nr', file], { stdio: ['ignore', 'pipe', 'ignore'] });
      return listing.toString().split('\n').filter(Boolean).length;
    },
  };
}

interface Seen {
  /** `<netns or empty>/<NIC> <direction>` → packets. */
  readonly packets: Record<string, number>;
  readonly marks: { gso: number; largest: number; vlans: number[] };
  readonly batches: number;
  readonly stats: LiveSource['stats'];
  readonly nics: LiveSource['nics'];
}

const DIRECTION_NAMES = ['unknown', 'incoming', 'outgoing'];

async function readAll(source: LiveSource): Promise<Seen> {
  const packets: Record<string, number> = {};
  const marks = { gso: 0, largest: 0, vlans: [] as number[] };
  let batches = 0;
  let [lastSec, lastNsec] = [0, 0];
  for await (const cursor of source.batches()) {
    batches++;
    while (cursor.next()) {
      const nic = source.nics[cursor.nicId];
      const where = nic.hostNetwork === true ? '' : nic.netns;
      const key = `${where}/${nic.name} ${DIRECTION_NAMES[cursor.direction]}`;
      packets[key] = (packets[key] ?? 0) + 1;
      if ((cursor.marks & PacketMark.Gso) !== 0) {
        marks.gso++;
        marks.largest = Math.max(marks.largest, cursor.wireLength);
      }
      if ((cursor.marks & PacketMark.VlanStripped) !== 0) {
        marks.vlans.push(cursor.vlanTci);
      }
      if (cursor.offset + cursor.capturedLength > cursor.buffer.length || cursor.capturedLength > cursor.wireLength) {
        throw new Error('a packet that reaches out of its buffer');
      }
      if (where === '' && cursor.direction !== PacketDirection.Unknown) {
        if (cursor.tsSec < lastSec || (cursor.tsSec === lastSec && cursor.tsNsec < lastNsec)) {
          throw new Error('time went backwards');
        }
        [lastSec, lastNsec] = [cursor.tsSec, cursor.tsNsec];
      }
    }
  }
  return { packets, marks, batches, stats: { ...source.stats }, nics: source.nics };
}

/** Captures while `traffic` runs. */
async function capture(options: LiveOptions, traffic: (source: LiveSource) => Promise<void>): Promise<Seen> {
  const source = await openLiveSource({ keepPrivileges: true, ringBytes: 8 << 20, ...options });
  const seen = readAll(source);
  await traffic(source);
  await source.close();
  return seen;
}

async function openFailure(options: LiveOptions): Promise<{ kind: unknown; message: string }> {
  try {
    const source = await openLiveSource(options);
    await source.close();
    return { kind: 'none', message: '' };
  } catch (error) {
    return { kind: (error as { kind?: unknown }).kind, message: (error as Error).message };
  }
}

/** Sends raw frames out of a NIC, VLAN tags and all. */
async function sendFrames(nicIndex: number, frames: readonly Buffer[]): Promise<void> {
  const libc = await loadLibc();
  const fd = libc.socket(17, 3, 0);
  const address = Buffer.alloc(20);
  address.writeUInt16LE(17, 0);
  address.writeUInt16BE(3, 2);
  address.writeInt32LE(nicIndex, 4);
  libc.bind(fd, address);
  frames.forEach((frame) => libc.send(fd, frame));
  libc.close(fd);
}

function taggedFrame(tci: number): Buffer {
  const frame = Buffer.alloc(64);
  Buffer.from('020000000002020000000001', 'hex').copy(frame);
  frame.writeUInt16BE(0x8100, 12);
  frame.writeUInt16BE(tci, 14);
  frame.writeUInt16BE(0x88b5, 16); // an EtherType for local experiments
  return frame;
}

const openFiles = (): number => readdirSync('/proc/self/fd').length;
const mappedRings = (): number =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes('socket:')).length;

const scenarios: Record<string, () => Promise<unknown>> = {
  loopback: async () => {
    ip('link set lo up');
    const reference = await tcpdump('lo', 'udp');
    const seen = await capture({ filter: 'udp' }, () => sendDatagrams('127.0.0.1', 3000));
    return { seen, tcpdump: await reference.count() };
  },

  namespaces: async () => {
    const other = await twoNamespaces();
    const reference = await tcpdump('veth0', 'udp');
    const owner = { podName: 'orders-1', k8sNamespace: 'shop' };
    const seen = await capture({ namespaces: [{ name: 'orders', path: other.path, owner }], filter: 'udp' }, () =>
      sendDatagrams('10.9.0.2', 2000)
    );
    return { seen, tcpdump: await reference.count() };
  },

  stalled: async () => {
    await twoNamespaces();
    const sent = 30_000;
    const seen = await capture({ filter: 'udp', stallMs: 1500, ringBytes: 2 << 20 }, () =>
      sendDatagrams('10.9.0.2', sent)
    );
    return { seen, sent };
  },

  'slow consumer': async () => {
    await twoNamespaces();
    const sent = 40_000;
    const source = await openLiveSource({ filter: 'udp', keepPrivileges: true, ringBytes: 2 << 20 });
    await sendDatagrams('10.9.0.2', sent, 1400);
    const reading = readAll(source);
    await source.close();
    return { seen: await reading, sent };
  },

  'later NICs': async () => {
    ip('link set lo up');
    const seen = await capture({ nics: ['lo', 'new*', 'renamed'], filter: 'udp' }, async () => {
      await sendDatagrams('127.0.0.1', 10);
      ip('link add new0 type veth peer name peer0');
      ip('addr add 10.9.1.1/24 dev new0');
      ip('link set new0 up');
      ip('link set peer0 up');
      ip('neigh replace 10.9.1.2 lladdr 02:00:00:00:00:02 dev new0');
      await sendDatagrams('10.9.1.2', 100);
      await sleep(50);
      ip('link set new0 name renamed');
      await sleep(1200);
      await sendDatagrams('10.9.1.2', 7);
    });
    return { seen };
  },

  'NIC choice': async () => {
    ip('link set lo up');
    await twoNamespaces();
    const both = async (): Promise<void> => {
      await sendDatagrams('127.0.0.1', 50);
      await sendDatagrams('10.9.0.2', 60);
    };
    return {
      only: await capture({ nics: ['veth*'], filter: 'udp' }, both),
      without: await capture({ nics: ['!veth*'], filter: 'udp' }, both),
      none: await openFailure({ nics: ['wlan0', 'eth?'], keepPrivileges: true }),
    };
  },

  vlan: async () => {
    const other = await twoNamespaces();
    ip('link set lo up'); // libpcap compiles "vlan" against it
    const index = Number(/^(\d+):/.exec(execFileSync('ip', ['-o', 'link', 'show', 'veth0']).toString())?.[1]);
    const frames = [taggedFrame(5), taggedFrame(0x6005), taggedFrame(6)];
    const namespaces = [{ name: 'there', path: other.path }];
    return {
      all: await capture({ namespaces, nics: ['veth1'] }, () => sendFrames(index, frames)),
      filtered: await capture({ namespaces, nics: ['veth1'], filter: 'vlan 5' }, () => sendFrames(index, frames)),
    };
  },

  'super-segments': async () => {
    ip('link set lo mtu 1500');
    ip('link set lo up');
    const bytes = 4 << 20;
    let received = 0;
    const seen = await capture({ filter: 'tcp' }, async () => {
      const server = createServer((socket) => socket.on('data', (data) => (received += data.length)));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
      client.end(Buffer.alloc(bytes));
      await once(client, 'close');
      server.close();
    });
    return { seen, bytes, received };
  },

  'adaptive snap length': async () => {
    const other = await twoNamespaces();
    const server = createServer((socket) => socket.resume().once('end', () => socket.end()));
    CLEAN_UPS.push(() => server.close());
    server.listen(8080, '10.9.0.1');
    await once(server, 'listening');
    const program = `const s = require('net').connect(8080, '10.9.0.1', () => {
      s.setNoDelay(true).write('POST / HTTP/1.1\\r\\nContent-Length: 200000\\r\\n\\r\\n');
      setTimeout(() => s.end('x'.repeat(200000)), 50);
    })`;
    return capture({ adaptiveSnap: true, nics: ['veth0'], filter: 'tcp port 8080' }, async () => {
      const client = spawn('nsenter', ['-n', '-t', String(other.pid), process.execPath, '-e', program]);
      await once(client, 'exit');
    });
  },

  'snap length': async () => {
    await twoNamespaces();
    return capture({ snapLength: 60, nics: ['veth0'] }, () => sendDatagrams('10.9.0.2', 100, 500));
  },

  store: async () => {
    ip('link set lo up');
    const server = createServer((socket) => socket.end('x'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const storePort = (server.address() as AddressInfo).port;
    const visit = async (): Promise<void> => {
      const client = connect(storePort, '127.0.0.1');
      client.resume();
      await once(client, 'close');
    };
    const excludedEndpoints = [{ address: '127.0.0.1', port: storePort }];
    const without = await capture({ excludedEndpoints }, async () => {
      await visit();
      await sendDatagrams('127.0.0.1', 5);
    });
    const with_ = await capture({}, visit);
    server.close();
    return { without, with: with_ };
  },

  'opened and closed': async () => {
    const other = await twoNamespaces();
    const namespaces = [{ name: 'there', path: other.path }];
    const once_ = async (): Promise<void> => {
      const source = await openLiveSource({ namespaces, keepPrivileges: true, ringBytes: 2 << 20 });
      await sendDatagrams('10.9.0.2', 1);
      for await (const batch of source.batches()) {
        batch.next();
        break;
      }
    };
    await once_();
    const before = { files: openFiles(), rings: mappedRings() };
    for (let i = 0; i < 4; i++) {
      await once_();
    }
    const source = await openLiveSource({ namespaces, keepPrivileges: true, ringBytes: 2 << 20 });
    const during = { files: openFiles(), rings: mappedRings() };
    await source.close();
    for await (const batch of source.batches()) {
      throw new Error(`a closed source yields nothing, but this: ${batch.nicId}`);
    }
    return { before, during, after: { files: openFiles(), rings: mappedRings() } };
  },

  idle: () => capture({ filter: 'tcp port 1' }, () => sleep(1600)),

  errors: async () => {
    const other = await otherNamespace();
    return {
      same: await openFailure({ namespaces: [{ name: 'self', path: '/proc/self/ns/net' }], keepPrivileges: true }),
      missing: await openFailure({
        namespaces: [{ name: 'gone', path: '/proc/999999999/ns/net' }],
        keepPrivileges: true,
      }),
      wrong: await openFailure({ namespaces: [{ name: 'file', path: '/etc/passwd' }], keepPrivileges: true }),
      filter: await openFailure({ filter: 'tcp prot 80', keepPrivileges: true }),
      twice: await openFailure({
        namespaces: [
          { name: 'a', path: other.path },
          { name: 'b', path: other.path },
        ],
        keepPrivileges: true,
      }),
      files: openFiles(),
    };
  },

  'listening ports': async () => {
    const other = await twoNamespaces();
    const program = "require('net').createServer().listen(8080, '10.9.0.2', () => console.log('ready'))";
    const there = spawn('nsenter', ['-n', '-t', String(other.pid), process.execPath, '-e', program]);
    CLEAN_UPS.push(() => there.kill('SIGKILL'));
    await once(there.stdout, 'data');
    const here = createServer().listen(9090, '10.9.0.1');
    CLEAN_UPS.push(() => here.close());
    await once(here, 'listening');
    const source = await openLiveSource({ namespaces: [{ name: 'orders', path: other.path }], ringBytes: 2 << 20 });
    const isListening = (nic: string, lastByte: number, listening: number) =>
      source.listeningPorts?.isListening(
        source.nics.findIndex(({ name }) => name === nic),
        {
          protocol: 6,
          ipVersion: 4,
          addresses: Int32Array.of(0x0a090000 + lastByte),
          at: 0,
          port: listening,
        }
      );
    const answers = {
      'orders at its NIC': isListening('veth1', 2, 8080),
      'orders at the other NIC': isListening('veth0', 2, 8080),
      'ours at our NIC': isListening('veth0', 1, 9090),
      'ours at the other NIC': isListening('veth1', 1, 9090),
    };
    await source.close();
    return answers;
  },

  'no privileges': () => openFailure({ keepPrivileges: true }),

  'privileges given up': async () => {
    await twoNamespaces();
    const capabilities = (): string[] =>
      readdirSync('/proc/self/task').map((task) => {
        const status = readFileSync(`/proc/self/task/${task}/status`, 'utf8');
        return `${/^Name:\s+(.*)$/m.exec(status)?.[1]} ${/^CapEff:\s+(.*)$/m.exec(status)?.[1]}`;
      });
    const main = (): string => /^CapEff:\s+(.*)$/m.exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[1] ?? '';
    const before = main();
    const source = await openLiveSource({ filter: 'udp', ringBytes: 2 << 20 });
    const after = main();
    const threads = capabilities();
    const reading = readAll(source);
    await sendDatagrams('10.9.0.2', 20);
    const again = await openFailure({});
    await source.close();
    return { before, after, threads, again, seen: await reading };
  },
};

async function main(): Promise<void> {
  const name = process.argv[2];
  const result = await scenarios[name]();
  process.stdout.write(JSON.stringify(result));
}

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => CLEAN_UPS.forEach((cleanUp) => cleanUp()));
