import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { canRunLaboratory } from './feasibility';
import { RUN_FILES } from './inside/roles';
import { askWire, type Laboratory, startLaboratory } from './laboratory';
import { LaboratoryError } from './laboratory-error';
import { phaseList, type Phase, recordLaboratory } from './recording/record';

const HELP = `The bpfnet laboratory: two hosts with a pod each in network namespaces, and traffic between them.
Run it as: npx tsx laboratory/src/main.ts COMMAND

  run     [--duration SECONDS] [--rate PER_SECOND] [--seed N] [--run-dir DIR]
  fault   [--run-dir DIR] '{"loss": 0.1, "delayMs": 5}'    change the wire of a running laboratory
  record  [--duration SECONDS] [--rate PER_SECOND] [--seed N] [--out-dir DIR]     a pcapng for each host; needs root
          [--phases '[{"seconds": 5, "fault": {"delayMs": 8}}]']                  what the wire does, instead of --duration
          [--truth]                                                               what really happened, as truth.json
`;

const RECORDING_DIR = join(__dirname, '..', '..', 'testdata', 'laboratory');

export async function runCommand([command, ...rest]: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...rest],
    allowPositionals: true,
    options: {
      duration: { type: 'string' },
      rate: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      phases: { type: 'string' },
      truth: { type: 'boolean', default: false },
      'out-dir': { type: 'string', default: RECORDING_DIR },
      'run-dir': { type: 'string', default: join(tmpdir(), 'bpfnet-laboratory') },
    },
  });
  const runDir = values['run-dir'];
  switch (command) {
    case 'run': {
      const laboratory = await start(runDir, values.rate, values.seed);
      printPlaces(laboratory, runDir);
      const seconds = values.duration === undefined ? Infinity : numberOf('--duration', values.duration);
      await runFor(laboratory, seconds);
      return;
    }
    case 'fault': {
      const status = await askWire(join(runDir, RUN_FILES.control), JSON.parse(positionals[0] ?? '{}'));
      console.log(JSON.stringify(status));
      return;
    }
    case 'record': {
      const half = numberOf('--duration', values.duration ?? '12') / 2;
      const files = await recordLaboratory({
        outDir: values['out-dir'],
        phases: phasesOf(values.phases) ?? [
          { seconds: half, fault: {} },
          { seconds: half, fault: { loss: 0.05 } },
        ],
        rate: numberOf('--rate', values.rate),
        seed: numberOf('--seed', values.seed),
        withTruth: values.truth,
      });
      for (const { path, packets, bytes } of files) {
        console.log(`${path}: ${packets} packets, ${Math.ceil(bytes / 1024)} KiB`);
      }
      return;
    }
    default:
      console.log(HELP);
  }
}

async function start(runDir: string, rate: string, seed: string): Promise<Laboratory> {
  const feasible = canRunLaboratory();
  if (!feasible.ok) {
    throw new LaboratoryError(feasible.reason);
  }
  return startLaboratory({
    runDir,
    rate: numberOf('--rate', rate),
    seed: numberOf('--seed', seed),
    onLog: (line) => console.error(line),
  });
}

/** Until the time is over, a signal comes or something breaks; throws in the last case. */
async function runFor(laboratory: Laboratory, seconds: number): Promise<void> {
  const over = new AbortController();
  const signalled = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const timeUp = Number.isFinite(seconds) ? [delay(seconds * 1000, undefined, { signal: over.signal })] : [];
  const reason = await Promise.race([signalled, laboratory.ended, ...timeUp]);
  over.abort();
  await laboratory.stop();
  if (reason !== undefined) {
    throw new LaboratoryError(`it ended on its own: ${reason}`);
  }
}

function phasesOf(text: string | undefined): readonly Phase[] | undefined {
  if (text === undefined) {
    return undefined;
  }
  try {
    return phaseList.parse(JSON.parse(text));
  } catch {
    throw new LaboratoryError(`--phases needs a list such as [{"seconds": 5, "fault": {"delayMs": 8}}], not ${text}`);
  }
}

function printPlaces({ hosts }: Laboratory, runDir: string): void {
  console.log(`run directory ${runDir}`);
  for (const host of hosts) {
    for (const { name, netnsPid } of [host, ...host.pods]) {
      console.log(`${name.padEnd(12)} /proc/${netnsPid}/ns/net`);
    }
  }
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new LaboratoryError(`${option} needs a number, not "${text}"`);
  }
  return value;
}
