/**
 * Collects lines into batches by stream. Pure: the caller says when a batch has waited long enough.
 *
 * A batch is full at `maxEntries` lines or when the next line would make its text longer than `maxBytes`; one line longer
 * than that is a batch of its own.
 */
import { streamLabels } from '@bpfnet/flow-model/labels';
import { type LogLine } from '../record/log-line';
import { UniqueTimestamps } from './unique-timestamps';

export interface BatchLimits {
  readonly maxEntries: number;
  /** Of the lines' text, before escaping and compression. */
  readonly maxBytes: number;
}

interface StreamLines {
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of time; no two lines at one nanosecond. */
  readonly entries: ReadonlyArray<{ readonly tsNs: bigint; readonly line: string }>;
}

export interface Batch {
  readonly streams: readonly StreamLines[];
  readonly lines: number;
  readonly bytes: number;
}

interface BatcherOptions extends BatchLimits {
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What an entry costs beside its line: timestamp, quotes, brackets. */
const BYTES_PER_ENTRY = 32;

interface OpenStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamps: UniqueTimestamps;
  lines: LogLine[];
}

export class Batcher {
  private readonly streams = new Map<string, OpenStream>();
  private lines = 0;
  private bytesHeld = 0;

  constructor(private readonly options: BatcherOptions) {}

  get bytes(): number {
    return this.bytesHeld;
  }

  /** Adds a line. Returns the batch before it where that is full now. */
  add(line: LogLine): Batch | undefined {
    const bytes = line.line.length + BYTES_PER_ENTRY;
    const full =
      this.lines > 0 && (this.bytesHeld + bytes > this.options.maxBytes || this.lines >= this.options.maxEntries);
    const batch = full ? this.seal() : undefined;
    this.streamOf(line).lines.push(line);
    this.lines++;
    this.bytesHeld += bytes;
    return batch;
  }

  /** Closes the batch. Undefined when it is empty. */
  seal(): Batch | undefined {
    if (this.lines === 0) {
      return undefined;
    }
    const streams: StreamLines[] = [];
    for (const stream of this.streams.values()) {
      if (stream.lines.length > 0) {
        streams.push({ labels: stream.labels, entries: inTime(stream) });
        stream.lines = [];
      }
    }
    const batch = { streams, lines: this.lines, bytes: this.bytesHeld };
    this.lines = 0;
    this.bytesHeld = 0;
    return batch;
  }

  private streamOf(line: LogLine): OpenStream {
    const key = `${line.source} ${line.flowShard}`;
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = {
        labels: streamLabels(line.source, this.options.host, line.flowShard, this.options.labels),
        timestamps: new UniqueTimestamps(),
        lines: [],
      };
      this.streams.set(key, stream);
    }
    return stream;
  }
}

function inTime(stream: OpenStream): StreamLines['entries'] {
  const byTime = (a: { readonly tsNs: bigint }, b: { readonly tsNs: bigint }): number =>
    a.tsNs < b.tsNs ? -1 : a.tsNs > b.tsNs ? 1 : 0;
  // Sorted before, so that of two lines at one time the one that came first keeps it; and after, because a moved line
  // can pass a neighbour.
  return stream.lines
    .sort(byTime)
    .map(({ tsNs, line }) => ({ tsNs: stream.timestamps.take(tsNs), line }))
    .sort(byTime);
}
