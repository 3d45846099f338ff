/**
 * Process 1 of the laboratory's PID namespace: builds the network, starts the wire and the services, and passes commands of
 * the control socket on to the wire.
 *
 * Invariant: nothing outlives it. All other processes are in its PID namespace, so the kernel kills them when it ends, and
 * all NICs, addresses and rules are in network namespaces that only these processes hold. It ends when its standard input does,
 * that is, when the process that started the laboratory ends, however it ends. Lines on that input start and pause the traffic.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eachLine } from '../lines';
import { type HostPlan, hostBatch, HOSTS, NODE_A, NODE_B, podBatch, serviceRules, underlayBatch } from '../topology';
import {
  type InsideOptions,
  type Role,
  roleArguments,
  RUN_FILES,
  type SupervisorMessage,
  type SupervisorOptions,
} from './roles';

/**
 * Prepares a new network namespace and keeps it: forwarding on, IPv6 off (its neighbour discovery is noise here), and no NAT
 * inside of bridges (br_netfilter), which would show `cni0` a connection's requests rewritten and its answers not.
 */
const HOLDER_SCRIPT = [
  'echo 1 > /proc/sys/net/ipv4/ip_forward',
  'filter=/proc/sys/net/bridge/bridge-nf-call-iptables; if [ -e $filter ]; then echo 0 > $filter; fi',
  'for family in all default; do',
  '  if [ -e /proc/sys/net/ipv6 ]; then echo 1 > /proc/sys/net/ipv6/conf/$family/disable_ipv6; fi',
  'done',
  'echo ready',
  'exec sleep infinity',
].join('\n');

export async function runSupervisor(options: SupervisorOptions): Promise<void> {
  process.stdin.once('end', () => process.exit(0));
  try {
    const { pids, cart } = await build(options);
    say({ kind: 'ready', pids });
    eachLine(process.stdin, (command) => cart.stdin?.write(command + '\n'));
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function say(message: SupervisorMessage): void {
  process.stdout.write(JSON.stringify(message) + '\n');
}

function fail(reason: string): void {
  process.stdout.write(JSON.stringify({ kind: 'failed', reason } satisfies SupervisorMessage) + '\n', () =>
    process.exit(1)
  );
}

interface Built {
  /** Process ids of the holders, by the namespace's name. */
  readonly pids: Readonly<Record<string, number>>;
  /** Takes `TrafficCommand`s on its input. */
  readonly cart: ChildProcess;
}

async function build({ program, runDir, rate, seed }: SupervisorOptions): Promise<Built> {
  const names = HOSTS.flatMap((host) => [host.name, host.pod.name]);
  const holders = await Promise.all(names.map(startHolder));
  const pids = Object.fromEntries(names.map((name, i) => [name, holders[i]]));
  const pidOf = (host: HostPlan): number => pids[host.name];

  const start = <R extends Role>(role: R, options: InsideOptions[R], pod?: HostPlan): Promise<ChildProcess> => {
    const node = [process.execPath, ...roleArguments(program, role, options)];
    const command = pod === undefined ? node : ['nsenter', '-t', String(pids[pod.pod.name]), '-n', '--', ...node];
    return startUntilReady(role, command);
  };
  const [wire, , cart] = await Promise.all([
    start('wire', { pidA: pidOf(NODE_A), pidB: pidOf(NODE_B), seed, dropsFile: join(runDir, RUN_FILES.drops) }),
    start('orders', { seed }, NODE_B),
    start('cart', { rate, seed, requestsFile: join(runDir, RUN_FILES.requests) }, NODE_A),
    buildHost(NODE_A, NODE_B, pids),
    buildHost(NODE_B, NODE_A, pids),
    runIn(pidOf(NODE_A), ['nft', '-f', '-'], serviceRules()),
  ]);
  await Promise.all(HOSTS.map((host) => runIn(pidOf(host), ['ip', '-batch', '-'], underlayBatch(host))));
  await serveControl(join(runDir, RUN_FILES.control), wire);
  return { pids, cart };
}

async function buildHost(host: HostPlan, other: HostPlan, pids: Readonly<Record<string, number>>): Promise<void> {
  const podPid = pids[host.pod.name];
  await runIn(pids[host.name], ['ip', '-batch', '-'], hostBatch(host, other, podPid));
  await runIn(podPid, ['ip', '-batch', '-'], podBatch(host));
}

/** Starts a process that does nothing but hold a new network namespace, and returns its id. */
async function startHolder(name: string): Promise<number> {
  const holder = await startUntilReady(`namespace ${name}`, ['unshare', '-n', 'sh', '-e', '-c', HOLDER_SCRIPT]);
  if (holder.pid === undefined) {
    throw new Error(`namespace ${name}: no process`);
  }
  return holder.pid;
}

/** Starts a process that must run as long as the laboratory does; resolves at the first line of its output. */
function startUntilReady(name: string, [file, ...args]: readonly string[]): Promise<ChildProcess> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const reason = `${name} ended (${signal ?? `exit code ${code}`})`;
      reject(new Error(reason));
      fail(reason);
    });
    child.stdout.once('data', () => resolve(child));
  });
}

/** Runs a command in the network namespace of a process, with text on its standard input. */
function runIn(netnsPid: number, command: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ['-t', String(netnsPid), '-n', '--', ...command];
    const child = execFile('nsenter', args, (error, _stdout, stderr) => {
      if (error === null) {
        resolve();
      } else {
        reject(new Error(`${command.join(' ')}: ${stderr.trim() || error.message}`));
      }
    });
    child.stdin?.end(input);
  });
}

/** Serves the control socket: each line is a command for the wire, each answer its status (fault.ts, dropped.ts). */
function serveControl(path: string, wire: ChildProcess): Promise<void> {
  const waiting: Array<(answer: string) => void> = [];
  if (wire.stdout !== null) {
    eachLine(wire.stdout, (line) => waiting.shift()?.(line));
  }
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    eachLine(socket, (line) => {
      waiting.push((answer) => socket.write(answer + '\n'));
      wire.stdin?.write(line + '\n');
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve();
    });
  });
}
