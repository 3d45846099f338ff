/**
 * Starts and stops the laboratory: two hosts with a pod each, in namespaces of their own, with real traffic between them
 * (topology.ts). However the caller ends, nothing is left behind: see inside/supervisor.ts.
 */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve as absolutePath } from 'node:path';
import { createInterface } from 'node:readline';
import { childrenByInnerPid } from './caller-pids';
import { roleArguments, RUN_FILES, type SupervisorMessage, type TrafficCommand } from './inside/roles';
import { LaboratoryError } from './laboratory-error';
import { eachLine } from './lines';
import { inNetworkNamespaceOf, inNewNamespaces } from './namespace-commands';
import { buildProcessProgram } from './process-program';
import { type RequestMade } from './services/request-made';
import { HOSTS } from './topology';
import { type Dropped, type WireStatus } from './wire/dropped';
import { type FaultChange } from './wire/fault';

interface LaboratoryOptions {
  /** Made if missing. Holds the control socket, the wire's list of drops and the client's list of requests. */
  readonly runDir: string;
  /** Actions of the client per second, more than 0; 5 unless set. */
  readonly rate?: number;
  /** Determines the mix of the traffic and the losses; 1 unless set. */
  readonly seed?: number;
  /** Leaves the network idle until `beginTraffic` is called, so that captures can be opened first. */
  readonly holdTraffic?: boolean;
  /** Called with each line that the laboratory's processes write to standard error. */
  readonly onLog?: (line: string) => void;
}

export interface LaboratoryHost {
  readonly name: string;
  /** A process in the host's network namespace, as the caller's PID namespace numbers it: /proc/<netnsPid>/ns/net. */
  readonly netnsPid: number;
  readonly pods: readonly LaboratoryPod[];
}

export interface LaboratoryPod {
  readonly name: string;
  readonly k8sNamespace: string;
  readonly containerName: string;
  /** As with the host. */
  readonly netnsPid: number;
}

type WorkingWire = Extract<WireStatus, { ok: true }>;

export interface Laboratory {
  readonly hosts: readonly LaboratoryHost[];
  /** Resolves when the laboratory has ended, with the reason: "stopped", or what broke. */
  readonly ended: Promise<string>;
  /**
   * Starts a command in the network namespace of a host or pod; files, /proc and PIDs are the caller's. It is killed when the
   * laboratory ends or the caller does. Needs to be called from the main thread: the kernel ties it to the calling thread.
   */
  exec(
    where: { readonly host: string; readonly pod?: string },
    command: readonly string[],
    options?: SpawnOptions
  ): ChildProcess;
  /** Starts the client's traffic, where `holdTraffic` was set, or resumes it. */
  beginTraffic(): void;
  /** The client starts no more requests; those in progress go on, for 10 s at most. */
  pauseTraffic(): void;
  /** Changes the named values, from the next frame on; resolves with the whole state. Throws `LaboratoryError` on a bad value. */
  setFault(change: FaultChange): Promise<WorkingWire>;
  wireStatus(): Promise<WorkingWire>;
  /** Every frame that the wire did not carry so far, in order of time. Also after the end. */
  droppedByWire(): Promise<readonly Dropped[]>;
  /** What the client did so far, in order of completion. Also after the end. */
  requestsMade(): Promise<readonly RequestMade[]>;
  /** Resolves when all processes are gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3000;
const CONTROL_TIMEOUT_MS = 3000;
/** `sun_path` in unix(7), less the ending zero. */
const MAX_SOCKET_PATH_BYTES = 107;

/** Throws `LaboratoryError` where it cannot be started; call `canRunLaboratory` first. Takes about half a second. */
export async function startLaboratory(options: LaboratoryOptions): Promise<Laboratory> {
  const runDir = absolutePath(options.runDir);
  const control = join(runDir, RUN_FILES.control);
  if (Buffer.byteLength(control) > MAX_SOCKET_PATH_BYTES) {
    throw new LaboratoryError(
      `the run directory's path is too long for a Unix socket: ${runDir}; choose a shorter one`
    );
  }
  const { rate = 5, seed = 1 } = options;
  if (!(rate > 0 && rate <= 1000)) {
    throw new LaboratoryError(`a rate of ${rate} actions per second is out of range; choose one from 0.1 to 1000`);
  }
  mkdirSync(runDir, { recursive: true });
  const program = await buildProcessProgram(runDir);
  const supervisor = [process.execPath, ...roleArguments(program, 'supervisor', { program, runDir, rate, seed })];
  const [file, ...args] = inNewNamespaces(supervisor);
  // A session of its own: Ctrl-C reaches the caller only, who ends the laboratory in order.
  const unshare = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const commands = new Set<ChildProcess>();
  let failure = '';
  let stopping = false;

  const gone = new Promise<void>((resolve) => {
    unshare.once('error', () => resolve());
    unshare.once('close', () => resolve());
  });
  const ended = gone.then(() => {
    commands.forEach((command) => command.kill('SIGKILL'));
    return stopping ? 'stopped' : failure || 'the supervisor was killed';
  });
  const end = async (): Promise<void> => {
    stopping = true;
    unshare.stdin.end();
    const impatience = setTimeout(() => unshare.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(impatience);
  };

  unshare.stdin.on('error', () => undefined); // It has ended already; `ended` says so.
  eachLine(unshare.stderr, (line) => {
    failure = failure || line;
    options.onLog?.(line);
  });
  const innerPids = await new Promise<Readonly<Record<string, number>>>((resolve, reject) => {
    const refuse = (reason: string): void => {
      failure = reason;
      reject(new LaboratoryError(`the laboratory did not start: ${reason}`));
    };
    const timer = setTimeout(() => refuse(`timeout: not ready after ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    void ended.then((reason) => refuse(reason));
    unshare.once('error', (error) => refuse(error.message));
    eachLine(unshare.stdout, (line) => {
      const message = JSON.parse(line) as SupervisorMessage;
      clearTimeout(timer);
      if (message.kind === 'ready') {
        resolve(message.pids);
      } else {
        options.onLog?.(message.reason);
        refuse(message.reason);
      }
    });
  }).catch(async (error: unknown) => {
    await end();
    throw error;
  });

  const hosts = describeHosts(unshare.pid ?? 0, innerPids);
  const tell = (command: TrafficCommand): void => void unshare.stdin.write(command + '\n');
  if (options.holdTraffic !== true) {
    tell('begin');
  }
  const ask = (change: FaultChange): Promise<WorkingWire> => askWire(control, change);

  return {
    hosts,
    ended,
    exec: (where, [command, ...rest], spawnOptions = {}) => {
      const [nsenter, ...nsenterArgs] = inNetworkNamespaceOf(netnsPidOf(hosts, where), [command, ...rest]);
      const child = spawn(nsenter, nsenterArgs, spawnOptions);
      commands.add(child);
      child.once('exit', () => commands.delete(child));
      return child;
    },
    beginTraffic: () => tell('begin'),
    pauseTraffic: () => tell('pause'),
    setFault: ask,
    wireStatus: () => ask({}),
    droppedByWire: () => readJsonLines<Dropped>(join(runDir, RUN_FILES.drops)),
    requestsMade: () => readJsonLines<RequestMade>(join(runDir, RUN_FILES.requests)),
    stop: async () => {
      const commandsEnded = [...commands].map((command) => new Promise((resolve) => command.once('exit', resolve)));
      await end();
      await Promise.all(commandsEnded);
    },
  };
}

function describeHosts(unsharePid: number, innerPids: Readonly<Record<string, number>>): readonly LaboratoryHost[] {
  const [supervisorPid] = childrenByInnerPid(unsharePid).values();
  const outerPids = childrenByInnerPid(supervisorPid);
  const pidOf = (name: string): number => {
    const pid = outerPids.get(innerPids[name]);
    if (pid === undefined) {
      throw new LaboratoryError(`the process that holds the namespace ${name} is missing from /proc`);
    }
    return pid;
  };
  return HOSTS.map(({ name, pod }) => ({
    name,
    netnsPid: pidOf(name),
    pods: [
      {
        name: pod.name,
        k8sNamespace: pod.k8sNamespace,
        containerName: pod.containerName,
        netnsPid: pidOf(pod.name),
      },
    ],
  }));
}

function netnsPidOf(hosts: readonly LaboratoryHost[], where: { readonly host: string; readonly pod?: string }): number {
  const host = hosts.find(({ name }) => name === where.host);
  const found = where.pod === undefined ? host : host?.pods.find(({ name }) => name === where.pod);
  if (found === undefined) {
    const names = hosts.flatMap(({ name, pods }) => [name, ...pods.map((pod) => `${name}/${pod.name}`)]);
    throw new LaboratoryError(`no ${where.host}/${where.pod ?? ''} here; there are ${names.join(', ')}`);
  }
  return found.netnsPid;
}

/** Sends one command to a running laboratory's control socket, from any process. Throws `LaboratoryError`. */
export function askWire(controlSocket: string, change: FaultChange): Promise<WorkingWire> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlSocket);
    const refuse = (reason: string): void => {
      socket.destroy();
      reject(new LaboratoryError(reason));
    };
    socket.setTimeout(CONTROL_TIMEOUT_MS, () => refuse('timeout: the wire does not answer'));
    socket.once('error', (error) => refuse(`no laboratory answers at ${controlSocket}: ${error.message}`));
    socket.once('close', () => refuse(`the laboratory at ${controlSocket} has ended`));
    eachLine(socket, (line) => {
      const status = JSON.parse(line) as WireStatus;
      if (status.ok) {
        resolve(status);
        socket.destroy();
      } else {
        refuse(status.reason);
      }
    });
    socket.write(JSON.stringify(change) + '\n');
  });
}

/** Reads a file that one of the laboratory's own processes may be appending to: a last line without its end is left out. */
async function readJsonLines<T>(path: string): Promise<readonly T[]> {
  if (!existsSync(path)) {
    return [];
  }
  const values: T[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line.endsWith('}')) {
      values.push(JSON.parse(line) as T);
    }
  }
  return values;
}
