/**
 * Look-ups of requests and connections for all panels of a page: those that ask the same at the same moment share one reading, and
 * a story that can no longer change is kept.
 *
 * A story changes until all that belongs to it is written: a chunk up to 60 s after its first packet, an unanswered request
 * 30 s after it was sent. Before that, nothing is kept, so what a refresh shows is never older than it.
 */
import { type LookUp, type ResolvedLookUp } from '../query/look-up';
import { type TimeWindow } from '../plan/time-window';
import { type ConnectionReader } from './connection-reader';
import { type LookUpResult, type LookUpRead } from './connection-records';
import { RequestCoalescing } from '../loki/request-coalescing';

const MAX_KEPT = 24;
const SETTLED_AFTER_MS = 120_000;

interface StoryOptions {
  readonly window: TimeWindow;
  readonly nics: 'all' | 'one';
  readonly signal: AbortSignal;
}

export class ConnectionCache {
  private readonly flights = new RequestCoalescing<LookUpRead>();
  private readonly kept = new Map<string, LookUpRead>();

  constructor(
    private readonly connections: ConnectionReader,
    private readonly shardCount: number
  ) {}

  async read(resolved: ResolvedLookUp, { window, nics, signal }: StoryOptions): Promise<LookUpRead> {
    const question = keyOf(resolved, nics);
    const before = this.kept.get(question);
    if (before !== undefined) {
      this.keep(question, before);
      return before;
    }
    const read = await this.flights.join(`${window.fromNs} ${window.toNs} ${question}`, signal, (shared) =>
      this.connections.read(resolved, {
        window,
        nics,
        shardCount: this.shardCount,
        want: { chunks: true, packets: true, names: nics === 'all', clocks: nics === 'all' },
        signal: shared,
      })
    );
    if (read.ok && !mayNameMore(resolved.lookUp) && isSettled(read.value, window)) {
      this.keep(question, read);
    }
    return read;
  }

  /** The least recently used goes first. */
  private keep(question: string, read: LookUpRead): void {
    this.kept.delete(question);
    this.kept.set(question, read);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_KEPT) {
        break;
      }
      this.kept.delete(oldest);
    }
  }
}

function keyOf({ lookUp, innerTraceId, flowShard, atNs }: ResolvedLookUp, nics: string): string {
  return JSON.stringify([lookUp, innerTraceId, flowShard, atNs?.toString(), nics]);
}

/** What an address or a trace names depends on the time range, and grows. */
function mayNameMore(lookUp: LookUp | undefined): boolean {
  return lookUp === undefined || !['request', 'l7Trace', 'inner', 'connection'].includes(lookUp.by);
}

function isSettled({ exchanges: spans, chunks }: LookUpResult, { toNs }: TimeWindow): boolean {
  const ends = [
    ...spans.map(({ record, tsNs }) => tsNs + nsOf(record.latency_ms)),
    ...chunks.map(({ record, tsNs }) => tsNs + nsOf(record.duration_ms)),
  ];
  return ends.length > 0 && ends.every((end) => end + nsOf(SETTLED_AFTER_MS) < toNs);
}

function nsOf(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}
