/** What a command costs, as the kernel counts it: user and system CPU time of the whole process with its threads and children. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function runs(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a command to its end with standard output in a file. CPU seconds. */
export function cpuSeconds(command: readonly string[], output = '/dev/null'): Promise<number> {
  // The shell's `times` prints its own times, then those of its children: user, then system, as 1m2.34s.
  const script = 'out="$1"; shift; "$@" > "$out" || exit 9; times';
  return new Promise((done, failed) => {
    execFile('sh', ['-c', script, 'sh', output, ...command], (error, stdout, stderr) => {
      const times = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
      if (error !== null || times.length !== 2) {
        failed(new Error(`${command.join(' ')} failed: ${stderr.trim()}`));
        return;
      }
      done(times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0));
    });
  });
}

export interface ReplayCost {
  readonly cpuSeconds: number;
  readonly rssMib: number;
}

/** Runs `bpfnet replay` of a capture with its records into a file; the process itself says at its end how much memory it had. */
export async function replayCost(
  script: string,
  capture: string,
  { output, folder }: { readonly output: string; readonly folder: string }
): Promise<ReplayCost> {
  const usage = join(folder, 'max-rss');
  const program = `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(usage)}, String(process.resourceUsage().maxRSS)));
    require(${JSON.stringify(script)});`;
  const seconds = await cpuSeconds([process.execPath, '-e', program, 'replay', capture], output);
  return { cpuSeconds: seconds, rssMib: Number(readFileSync(usage, 'utf8')) / 1024 };
}

/** tshark with all its dissectors, printing a summary of conversations. */
export function tsharkSeconds(capture: string, packets: number): Promise<number> {
  return cpuSeconds(['tshark', '-n', '-q', '-z', 'conv,tcp', '-c', String(packets), '-r', capture]);
}
