/**
 * Live capture at full speed: one process floods a veth with UDP datagrams, another reads them from the kernel's ring through the
 * cursor and counts. Both share the machine's cores. Figures: how fast was sent, what was lost (counted by the kernel),
 * and the CPU seconds that the capturing process took for a million packets, its worker included.
 *
 * Needs network namespaces: `unshare -n` for root, `unshare -Urn` for anyone else.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

interface LiveFigures {
  readonly sent: number;
  readonly seen: number;
  readonly dropped: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const PACKETS = 1_000_000;
const SIZES = [64, 512, 1400];

export const bench = {
  name: 'live',
  run: () => {
    const figures = SIZES.map((payloadBytes) => ({ payloadBytes, ...flood(payloadBytes) }));
    const rows = figures.map((f) => ({
      'payload, bytes': f.payloadBytes,
      'sent, k/s': Math.round(f.sent / f.seconds / 1000),
      seen: f.seen,
      'dropped by the kernel': f.dropped,
      'seen + dropped - sent': f.seen + f.dropped - f.sent,
      'CPU s per million': Number(((f.cpuSeconds / f.seen) * 1e6).toFixed(3)),
      'k packets per CPU s': Math.round(f.seen / f.cpuSeconds / 1000),
    }));
    return Promise.resolve({ rows, json: figures });
  },
};

function flood(payloadBytes: number): LiveFigures {
  const namespace = process.getuid?.() === 0 ? '-n' : '-Urn';
  const program = join(__dirname, 'live-flood.ts');
  const output = execFileSync(
    'unshare',
    [namespace, process.execPath, '--require', 'tsx/cjs', program, String(PACKETS), String(payloadBytes)],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: join(__dirname, '../..') }
  );
  return JSON.parse(output.toString()) as LiveFigures;
}
