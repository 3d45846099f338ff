/** A client that counts what it asks and what it gets. */
import { type LogEntry, type LokiClient } from './loki-client';

/** What an answer cost. */
export interface ReadCost {
  readonly queries: number;
  /** Of lines, as stored; UTF-16 units, which for our records are bytes. */
  readonly bytes: number;
  readonly lines: number;
}

interface CountedLoki extends LokiClient {
  cost(): ReadCost;
}

export function countedLoki(client: LokiClient): CountedLoki {
  let queries = 0;
  let bytes = 0;
  let lines = 0;
  const counted = (entries: readonly LogEntry[]) => {
    lines += entries.length;
    bytes += entries.reduce((sum, { line }) => sum + line.length, 0);
    return entries;
  };
  return {
    cost: () => ({ queries, bytes, lines }),
    lines(query, signal) {
      queries++;
      return client.lines(query, signal).then(counted);
    },
    instant(...query) {
      queries++;
      return client.instant(...query);
    },
    series(...query) {
      queries++;
      return client.series(...query);
    },
  };
}
