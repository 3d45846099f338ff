/** Runs the real command as a process: what a user would run, built once per test run into a temporary folder. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { type RecordSource } from '@bpfnet/flow-model/labels';
import { type L4PacketsRecord, type L4Record, type L7Record } from '@bpfnet/flow-model/records';

const root = resolve(__dirname, '../../..');

interface RunResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  /** The bundled script, to be run by Node. */
  readonly script: string;
  run(
    args: readonly string[],
    options?: { readonly stdin?: Buffer; readonly env?: NodeJS.ProcessEnv }
  ): Promise<RunResult>;
  remove(): void;
}

export async function buildCommand(): Promise<Command> {
  // Inside the repository, so that what stays outside of the bundle is found.
  const folder = mkdtempSync(join(root, 'backend-collector', 'dist-test-'));
  const outfile = join(folder, 'main.js');
  await build({
    entryPoints: [join(root, 'backend-collector/src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
    external: ['koffi', '@duckdb/node-api'],
  });
  return {
    script: outfile,
    run: (args, options = {}) =>
      new Promise((done, failed) => {
        const child = spawn(process.execPath, [outfile, ...args], { env: { ...process.env, ...options.env } });
        let stdout = '';
        let stderr = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
        child.on('error', failed);
        child.on('close', (exitCode) => done({ exitCode, stdout, stderr }));
        child.stdin.on('error', () => undefined);
        child.stdin.end(options.stdin);
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A temporary folder for what a test writes. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'bpfnet-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

interface Line {
  readonly source: RecordSource;
  readonly ts: string;
}

export type OutputRecord = Line &
  (
    | ({ readonly source: 'bpf_net_l4_log' } & L4Record)
    | ({ readonly source: 'bpf_net_l4_packets' } & L4PacketsRecord)
    | ({ readonly source: 'bpf_net_l7_log' } & L7Record)
  );

export function parseRecords(stdout: string): OutputRecord[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as OutputRecord);
}
