/**
 * Mutated packets without end: `npx tsx backend-collector/bench/fuzz.ts [--cases 1000000] [--seed 1]`. The whole collector runs on them, from
 * the decoder to the text of the records. Fails when anything throws, when a batch of 10 000 takes longer than 30 s, when a line is
 * refused by the contract (every hundredth is looked at), or when memory grows. What it prints names the seed, which gives the same packets again.
 */
import { parseArgs } from 'node:util';
import { decodeLine } from '@bpfnet/flow-model/line-codec';
import { Pipeline } from '../src/pipeline';
import { type LogLine, type LogSink } from '../src/record/log-line';
import { fuzzSources } from '../test/build/fuzz-sources';
import { memorySource } from '../test/build/memory-source';
import { mutatedPackets, seededRandom } from '../test/build/mutate';
import { type CapturedPacket } from '../test/build/pcap';

const BATCH = 10_000;
const BATCH_LIMIT_MS = 30_000;
const MAX_FLOWS = 20_000;
/** What the heap may grow by after the first quarter, MiB. */
const GROWTH_LIMIT_MIB = 64;
const MIB = 1 << 20;

class CheckingSink implements LogSink {
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

function heapMib(): number {
  const gc = (globalThis as { gc?: () => void }).gc;
  gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MIB;
}

function* batches(cases: number, seed: number): Generator<readonly CapturedPacket[]> {
  const random = seededRandom(seed);
  const sources = fuzzSources();
  let early: number | undefined;
  let began = performance.now();
  let aheadNs = 0n;
  for (let done = 0; done < cases; done += BATCH) {
    const packets = mutatedPackets(sources, Math.min(BATCH, cases - done), random);
    const base = aheadNs;
    aheadNs += packets[packets.length - 1].tsNs - packets[0].tsNs;
    yield packets.map((packet) => ({ ...packet, tsNs: packet.tsNs + base }));
    const took = performance.now() - began;
    if (took > BATCH_LIMIT_MS) {
      throw new Error(`packets ${done} to ${done + BATCH} took ${Math.round(took)} ms`);
    }
    if (done >= cases / 4) {
      const heap = heapMib();
      early ??= heap;
      if (heap - early > GROWTH_LIMIT_MIB) {
        throw new Error(`memory grew from ${early.toFixed(0)} to ${heap.toFixed(0)} MiB by packet ${done}`);
      }
    }
    began = performance.now();
  }
  console.log(`memory: ${early?.toFixed(0) ?? '-'} MiB after a quarter, ${heapMib().toFixed(0)} MiB at the end`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
  const cases = Number(values.cases ?? 1_000_000);
  const seed = Number(values.seed ?? 1);
  const sink = new CheckingSink();
  const source = memorySource(batches(cases, seed));
  const report = await new Pipeline({ source, sink, host: 'fuzz', maxFlows: MAX_FLOWS }).run();
  if (report.problem !== undefined) {
    console.error(`seed ${seed}, after ${report.packets} packets:`, report.problem);
    process.exitCode = 1;
    return;
  }
  const { packets, flows, requests, drops } = report;
  console.log(
    `seed ${seed}: ${packets} packets, ${flows} flows, ${requests} requests; left out: ${JSON.stringify(drops)}`
  );
}

void main();
