/**
 * Clocks of short connections, from the recorded laboratory as the datasource reads it out of a store: with what else passes between the
 * same ends they are known better than with the connection's own packets, at no more than three round trips.
 */
import { shardOfClientIsn, streamLabels, toSeq } from '@bpfnet/flow-model';
import { storyOf } from '../datasource/src/handlers/story-cache';
import { ChunkCache } from '../datasource/src/fetch/chunk-cache';
import { ConnectionReader } from '../datasource/src/fetch/connection-reader';
import { type LogEntry } from '../datasource/src/loki/loki-client';
import { lineStore } from '../datasource/src/test/line-store';
import { type Printed } from './support/collector';
import { type Connection, replayed } from './support/recorded-laboratory';

const AHEAD_MS = 5000;
const SHARDS = 16;

function entriesOf({ clientIsn, flows: lanes }: Connection): readonly LogEntry[] {
  const shard = shardOfClientIsn(toSeq(Number(clientIsn)), SHARDS);
  return lanes.flatMap(({ chunks, packets, exchanges: spans }) =>
    [...chunks, ...packets, ...spans.map(({ record }) => record)].map((record) => {
      const { source, ts, ...rest } = record as unknown as Printed & { readonly host: string };
      // Packets have a column of that name.
      const ofPackets = source === 'bpf_net_l4_packets';
      const line = ofPackets ? { ...rest, ts } : rest;
      return {
        tsNs: BigInt(String(ofPackets ? rest.time_pos : ts)),
        line: JSON.stringify(line),
        labels: { ...streamLabels(source as Parameters<typeof streamLabels>[0], line.host, shard) },
      };
    })
  );
}

interface Clocks {
  readonly errorsMs: readonly number[];
  readonly unknown: number;
  readonly mostRoundTrips: number;
}

async function clocksOf(connections: readonly Connection[], clocks: boolean): Promise<Clocks> {
  const entries = connections.flatMap(entriesOf);
  const times = entries.map(({ tsNs }) => tsNs).sort((a, b) => (a < b ? -1 : 1));
  const window = { fromNs: times[0], toNs: times[times.length - 1] + 1n };
  const store = lineStore(entries);
  const errorsMs: number[] = [];
  let unknown = 0;
  let mostRoundTrips = 0;
  for (const { clientIsn, flows: lanes } of connections) {
    const [span] = lanes.flatMap(({ exchanges: spans }) => spans);
    if (span === undefined) {
      continue;
    }
    const read = await new ConnectionReader(store, new ChunkCache()).read(
      {
        lookUp: { by: 'request', id: span.record.request_id },
        innerTraceId: '',
        flowShard: shardOfClientIsn(toSeq(Number(clientIsn)), SHARDS),
        atNs: span.tsNs,
      },
      {
        window,
        shardCount: SHARDS,
        want: { chunks: true, packets: true, clocks },
        nics: 'all',
        signal: new AbortController().signal,
      }
    );
    if (!read.ok) {
      throw new Error(read.problem.kind);
    }
    mostRoundTrips = Math.max(mostRoundTrips, read.value.cost.roundTrips);
    for (const clock of storyOf(read.value).clocks) {
      if (clock.kind === 'unknown') {
        unknown++;
      } else {
        errorsMs.push(Math.abs(clock.aheadMs - AHEAD_MS));
      }
    }
  }
  return { errorsMs: errorsMs.sort((a, b) => a - b), unknown, mostRoundTrips };
}

it.each(['symmetric', 'unanswered'])('recording %s', async (recording) => {
  const connections = replayed(recording, { 'node-a': 0, 'node-b': AHEAD_MS });
  const alone = await clocksOf(connections, false);
  const together = await clocksOf(connections, true);
  const at = ({ errorsMs }: Clocks, share: number): number => errorsMs[Math.floor(share * (errorsMs.length - 1))];
  expect(together.mostRoundTrips).toBe(3);
  expect(together.errorsMs.length).toBeGreaterThanOrEqual(alone.errorsMs.length);
  expect(together.errorsMs.length).toBeGreaterThan(20);
  expect(together.unknown).toBeLessThanOrEqual(alone.unknown);
  expect(at(together, 0.95)).toBeLessThan(at(alone, 0.95));
  expect(at(together, 0.95)).toBeLessThan(0.2);
});
