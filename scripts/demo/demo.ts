/**
 * The whole path on one machine: store, laboratory, a collector on each of its hosts, workbench. `npm start` runs it, and so
 * do the end-to-end tests. All that it makes lies in a folder of its own and is gone after `stop()`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStore } from '@bpfnet/embedded-loki';
import {
  canRunLaboratory,
  collectorArguments,
  type Laboratory,
  type LaboratoryHost,
  startLaboratory,
} from '@bpfnet/laboratory';
import { startWorkbench } from '@bpfnet/workbench';

const ROOT = path.join(__dirname, '..', '..');
const COLLECTOR = path.join(ROOT, 'backend-collector/dist/main.js');
const RECORDING = path.join(ROOT, 'testdata/laboratory');
const COLLECTOR_STOP_MS = 5000;

export interface DemoOptions {
  /** 0 takes a free port. */
  readonly storePort: number;
  readonly workbenchPort: number;
  /** Client actions per second in the laboratory. */
  readonly rate?: number;
  /** Makes the recording play although a laboratory could be made. */
  readonly recordingOnly?: boolean;
  /** Of the recording, the hosts that are captured; all unless named. */
  readonly recordedHosts?: readonly string[];
  /** What the user should know, a line each. */
  readonly say: (line: string) => void;
  /** What the parts themselves say, a line each. */
  readonly detail: (line: string) => void;
}

export interface Demo {
  /** The workbench. */
  readonly url: string;
  readonly storeUrl: string;
  /** Absent where no namespaces can be made; then a recording was replayed. */
  readonly laboratory?: Laboratory;
  /** Where the laboratory's control socket lies. */
  readonly runDir: string;
  /** Resolves with a sentence when a part ends that should not. */
  readonly broken: Promise<string>;
  /** Stops the collectors, so that every record is in the store. */
  stopCapture(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { say, detail } = options;
  const runDir = mkdtempSync(path.join(tmpdir(), 'bpfnet-'));
  const closing: Array<() => Promise<unknown> | void> = [() => rmSync(runDir, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) {
      await close();
    }
  };
  let reportBroken: (sentence: string) => void = () => undefined;
  const broken = new Promise<string>((resolve) => (reportBroken = resolve));

  try {
    const socketPath = path.join(runDir, 'store.sock');
    const store = await startStore({ port: options.storePort, socketPath, file: path.join(runDir, 'store.duckdb') });
    closing.push(() => store.close());
    say(`store at ${store.url}`);

    const workbench = await startWorkbench({
      port: options.workbenchPort,
      storeUrl: store.url,
      distDir: path.join(ROOT, 'dist'),
      pageDir: path.join(ROOT, 'workbench/dist/page'),
      dashboardsDir: path.join(ROOT, 'provisioning/dashboards'),
    });
    closing.push(() => workbench.close());

    const feasible =
      options.recordingOnly === true ? { ok: false as const, reason: 'asked for the recording' } : canRunLaboratory();
    if (!feasible.ok) {
      say(`no laboratory (${feasible.reason}): replaying a recording of it instead; its times are moved to now`);
      await replayRecording(store.url, options);
      return { url: workbench.url, storeUrl: store.url, runDir, broken, stopCapture: async () => undefined, stop };
    }

    const laboratory = await startLaboratory({
      runDir,
      rate: options.rate,
      // Begins when the captures are open, so that no connection's beginning is missed.
      holdTraffic: true,
      onLog: (line) => detail(`laboratory: ${line}`),
    });
    let stopping = false;
    closing.push(() => {
      stopping = true;
      return laboratory.stop();
    });
    void laboratory.ended.then((reason) => stopping || reportBroken(`the laboratory ended: ${reason}`));

    const collectors = laboratory.hosts.map((host) => startCollector({ laboratory, host, runDir, detail }));
    const stopCapture = async (): Promise<void> => {
      stopping = true;
      await Promise.all(collectors.map(({ process: collector }) => endCollector(collector)));
    };
    closing.push(stopCapture);
    await Promise.all(collectors.map(({ ready }) => ready));
    collectors.forEach(({ ended }) => void ended.then((reason) => stopping || reportBroken(reason)));
    laboratory.beginTraffic();
    const pods = laboratory.hosts.map((host) => `${host.name} with ${host.pods.map((pod) => pod.name).join(', ')}`);
    say(`laboratory: ${pods.join('; ')}; a collector on each`);

    return { url: workbench.url, storeUrl: store.url, runDir, laboratory, broken, stopCapture, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface CollectorOptions {
  readonly laboratory: Laboratory;
  readonly host: LaboratoryHost;
  readonly runDir: string;
  readonly detail: (line: string) => void;
}

interface RunningCollector {
  readonly process: ChildProcess;
  /** Resolves when its rings are open; rejects when it ended before. */
  readonly ready: Promise<void>;
  /** Resolves with a sentence when it has ended. */
  readonly ended: Promise<string>;
}

function startCollector({ laboratory, host, runDir, detail }: CollectorOptions): RunningCollector {
  const spoolDir = path.join(runDir, `spool-${host.name}`);
  const args = [COLLECTOR, ...collectorArguments({ host, runDir }), '--spool-dir', spoolDir];
  const collector = laboratory.exec({ host: host.name }, [process.execPath, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let lastLine = '';
  const ended = new Promise<string>((resolve) =>
    collector.once('close', (code) => resolve(`the collector on ${host.name} ended with status ${code}: ${lastLine}`))
  );
  const ready = new Promise<void>((resolve, reject) => {
    eachLine(collector, (line) => {
      lastLine = line;
      detail(`collector ${host.name}: ${line}`);
      if (line.startsWith('capturing on')) {
        resolve();
      }
    });
    void ended.then((reason) => reject(new Error(reason)));
  });
  return { process: collector, ready, ended };
}

/** Asks a collector to write what it has, then waits for its end. */
function endCollector(collector: ChildProcess): Promise<void> {
  if (collector.exitCode !== null || collector.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const impatient = setTimeout(() => collector.kill('SIGKILL'), COLLECTOR_STOP_MS);
    collector.once('exit', () => {
      clearTimeout(impatient);
      resolve();
    });
    collector.kill('SIGTERM');
  });
}

/** One file a host, named after it: `node-a.pcapng.gz`. */
async function replayRecording(
  storeUrl: string,
  { recordedHosts, detail }: Pick<DemoOptions, 'recordedHosts' | 'detail'>
): Promise<void> {
  for (const file of readdirSync(RECORDING).filter((name) => /\.pcapng(\.gz)?$/.test(name))) {
    const host = file.replace(/\.pcapng(\.gz)?$/, '');
    if (recordedHosts?.includes(host) === false) {
      continue;
    }
    const owners = path.join(RECORDING, `owners-${host}.json`);
    const args = [
      'replay',
      path.join(RECORDING, file),
      '--host',
      host,
      '--rebase-time',
      '--nic-owners',
      owners,
      '--output',
      'loki',
      '--loki-url',
      storeUrl,
    ];
    const collector = spawn(process.execPath, [COLLECTOR, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    eachLine(collector, (line) => detail(`replay ${host}: ${line}`));
    const code = await new Promise<number | null>((resolve) => collector.once('exit', resolve));
    if (code !== 0) {
      throw new Error(`replaying ${file} ended with status ${code}`);
    }
  }
}

function eachLine(child: ChildProcess, use: (line: string) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.filter((line) => line !== '').forEach(use);
  });
}
