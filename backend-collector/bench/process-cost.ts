/** What a command costs, as the kernel counts it: user and system CPU time of the process, and its largest resident set. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ReplayCost {
  readonly cpuSeconds: number;
  readonly rssMib: number;
  readonly records: number;
}

/** Runs `bpfnet replay` of a capture into /dev/null and lets the process itself say at its end what it used. */
export function replayCost(script: string, capture: string): Promise<ReplayCost> {
  const nothing = openSync('/dev/null', 'w');
  const child = spawn(
    process.execPath,
    [
      '-e',
      `process.on('exit', () => {
         const u = process.resourceUsage();
         require('fs').writeSync(3, JSON.stringify({ cpu: u.userCPUTime + u.systemCPUTime, rss: u.maxRSS }));
       });
       require(${JSON.stringify(script)});`,
      'replay',
      capture,
    ],
    { stdio: ['ignore', nothing, 'pipe', 'pipe'] }
  );
  closeSync(nothing);
  let summary = '';
  let usage = '';
  child.stderr?.on('data', (text: Buffer) => (summary += text.toString()));
  (child.stdio[3] as NodeJS.ReadableStream).on('data', (text: Buffer) => (usage += text.toString()));
  return new Promise((done, failed) => {
    child.on('close', (code) => {
      if (code !== 0) {
        failed(new Error(`replay ended with ${code}: ${summary}`));
        return;
      }
      const { cpu, rss } = JSON.parse(usage) as { readonly cpu: number; readonly rss: number };
      const records = Number(/(\d+) records written/.exec(summary)?.[1]);
      done({ cpuSeconds: cpu / 1e6, rssMib: rss / 1024, records });
    });
  });
}

export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** CPU seconds of a command, its threads and children. */
function cpuSeconds(command: readonly string[]): Promise<number> {
  // The shell's `times` prints its own times, then those of its children: user, then system, as 1m2.34s.
  const script = '"$@" > /dev/null 2>&1 || exit 9; times';
  return new Promise((done, failed) => {
    execFile('sh', ['-c', script, 'sh', ...command], (error, stdout) => {
      const times = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
      if (error !== null || times.length !== 2) {
        failed(new Error(`${command.join(' ')} failed`));
        return;
      }
      done(times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0));
    });
  });
}

/** Suricata with what compares to ours: flows and HTTP as JSON, no rules, one packet thread. */
const SURICATA_SETTINGS = `%YAML 1.1
---
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - http
        - flow
stats:
  enabled: no
app-layer:
  protocols:
    http:
      enabled: yes
stream:
  memcap: 1gb
  reassembly:
    memcap: 2gb
flow:
  memcap: 2gb
`;

export function suricataSeconds(capture: string, folder: string): Promise<number> {
  const settings = join(folder, 'suricata.yaml');
  const logs = join(folder, 'suricata');
  mkdirSync(logs, { recursive: true });
  writeFileSync(settings, SURICATA_SETTINGS);
  return cpuSeconds([
    'suricata',
    ...['-c', settings, '-S', '/dev/null', '-l', logs, '-k', 'none', '--runmode', 'single', '-r', capture],
  ]);
}

/** tshark with all its dissectors, printing a summary of conversations. */
export function tsharkSeconds(capture: string, packets: number): Promise<number> {
  return cpuSeconds(['tshark', '-n', '-q', '-z', 'conv,tcp', '-c', String(packets), '-r', capture]);
}
