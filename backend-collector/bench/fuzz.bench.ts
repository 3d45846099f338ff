/**
 * Mutated packets by the million, for a night: `npm run bench -- fuzz [--cases 10000000] [--seed 1] [--json]`. The whole collector runs on them,
 * from the decoder to the text of the records: single packets of every kind that the decoder knows, and recorded dialogues of every
 * protocol. Fails when anything throws, when a batch of 10 000 takes longer than 30 s, when a line is refused by the contract (every
 * hundredth is looked at), or when memory grows. What it prints names the seed, which gives the same packets again.
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decodeLine } from '@bpfnet/flow-model/line-codec';
import { Pipeline } from '../src/pipeline';
import { type LineSink, type LogLine } from '../src/record/log-line';
import { fuzzSources } from '../test/build/fuzz-sources';
import { memorySource } from '../test/build/memory-source';
import { mutatedDialogue, recordedDialogues } from '../test/build/mutate-dialogues';
import { mutatedPackets } from '../test/build/mutate';
import { type Random, seededRandom } from '@bpfnet/laboratory/seeded-random';
import { type CapturedPacket } from '../test/build/pcap';

const BATCH = 10_000;
const BATCH_LIMIT_MS = 30_000;
const MAX_FLOWS = 20_000;
/** What the heap may grow by after the first quarter, MiB. */
const GROWTH_LIMIT_MIB = 64;
const MIB = 1 << 20;
const START_NS = 1_700_000_000_000_000_000n;

class CheckingSink implements LineSink {
  private lines = 0;

  write({ source, line }: LogLine): void {
    if (this.lines++ % 100 === 0) {
      const decoded = decodeLine(source, line);
      if (!decoded.ok) {
        throw new Error(`${source}: ${decoded.problem.message}\n${line}`);
      }
    }
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<{ readonly linesWritten: number; readonly linesDropped: Readonly<Record<string, number>> }> {
    return Promise.resolve({ linesWritten: this.lines, linesDropped: {} });
  }
}

/** Memory in use once everything that nobody needs is gone. */
class Memory {
  readonly atQuarters: number[] = [];
  private readonly collect: () => void;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.collect = runInNewContext('gc') as () => void;
  }

  note(quarter: number): void {
    this.collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const mib = Math.round((heapUsed + arrayBuffers) / MIB);
    this.atQuarters.push(mib);
    if (mib - this.atQuarters[0] > GROWTH_LIMIT_MIB) {
      throw new Error(`memory grew to ${this.atQuarters.join(', ')} MiB by quarter ${quarter}`);
    }
  }
}

/** Single packets and dialogues in turn, on one clock. */
function* batches(cases: number, random: Random, memory: Memory): Generator<readonly CapturedPacket[]> {
  const sources = fuzzSources();
  const dialogues = recordedDialogues();
  let clockNs = START_NS;
  let done = 0;
  let quarter = 1;
  for (let n = 0; done < cases; n++) {
    const packets =
      n % 2 === 0 ? mutatedPackets(sources, BATCH, random, clockNs) : manyDialogues(dialogues, random, clockNs);
    clockNs = packets.reduce((latest, { tsNs }) => (tsNs > latest ? tsNs : latest), clockNs);
    const began = performance.now();
    yield packets;
    done += packets.length;
    const took = performance.now() - began;
    if (took > BATCH_LIMIT_MS) {
      throw new Error(`packets ${done - packets.length} to ${done} took ${Math.round(took)} ms`);
    }
    for (; quarter <= 4 && done >= (quarter * cases) / 4; quarter++) {
      memory.note(quarter);
    }
  }
}

function manyDialogues(dialogues: Parameters<typeof mutatedDialogue>[0], random: Random, startNs: bigint) {
  const packets: CapturedPacket[] = [];
  while (packets.length < BATCH) {
    const startedNs = packets.length === 0 ? startNs : packets[packets.length - 1].tsNs;
    packets.push(...mutatedDialogue(dialogues, random, startedNs));
  }
  return packets;
}

async function run(args: readonly string[]) {
  const { values } = parseArgs({ args: [...args], options: { cases: { type: 'string' }, seed: { type: 'string' } } });
  const cases = Number(values.cases ?? 10_000_000);
  const seed = Number(values.seed ?? 1);
  const memory = new Memory();
  const began = performance.now();
  const source = memorySource(batches(cases, seededRandom(seed), memory));
  const pipeline = new Pipeline({ source, sink: new CheckingSink(), host: 'fuzz', maxFlows: MAX_FLOWS });
  const { problem, packets, flows, requests, drops } = await pipeline.run();
  if (problem !== undefined) {
    const stack = problem instanceof Error ? problem.stack : String(problem);
    throw new Error(`seed ${seed}, after ${packets} packets: ${stack}`);
  }
  const minutes = Number(((performance.now() - began) / 60_000).toFixed(2));
  const json = { seed, packets, flows, requests, minutes, memory_mib_at_quarters: memory.atQuarters, drops };
  const { drops: _, ...row } = json;
  return { rows: [{ ...row, memory_mib_at_quarters: memory.atQuarters.join(', ') }], json };
}

export const bench = { name: 'fuzz', run };
