import { type RecordSource } from '@bpfnet/flow-model';
import { type EpochTime } from './epoch-time';
import { type LineText } from './line-text';

/** One record as text, with what its stream labels and its place in time need. */
export interface LogLine {
  /** The `source` label. */
  readonly source: RecordSource;
  /** The `flow_shard` label. */
  readonly flowShard: number;
  /** When the record happened, nanoseconds since the Unix epoch. */
  readonly tsNs: bigint;
  /** One compact JSON object, without a line break. */
  readonly line: string;
}

/** A sink's own memory for lines: records are written where they are sent from. */
export interface LinesInPlace {
  /** A record of this source and time begins; its fields are written into what is returned, until `end`. */
  begin(source: RecordSource, time: EpochTime): LineText;
  /** The record is complete. */
  end(): void;
}

/**
 * Where records go: standard output, or batches for Loki's push API. A sink takes lines, or lends its memory for them.
 *
 * Writing never blocks and never throws on a slow or broken store. A producer that can wait (a file) awaits `ready()` between
 * batches; one that cannot (a live ring) goes on, and the sink counts what it had to drop.
 */
export type LogSink = LineSink | InPlaceSink;

export interface LineSink extends SinkTurns {
  readonly inPlace?: undefined;
  write(line: LogLine): void;
}

export interface InPlaceSink extends SinkTurns {
  readonly inPlace: LinesInPlace;
}

interface SinkTurns {
  /** Resolves when the sink has room again. Rejects with a `CollectorError` when it never will. */
  ready(): Promise<void>;
  /** Writes what is left and says what became of all lines. */
  close(): Promise<SinkReport>;
}

export interface SinkReport {
  readonly linesWritten: number;
  /** Lines lost, by reason (`store rejected`, `spool full`, …). Empty when nothing was lost. */
  readonly linesDropped: Readonly<Record<string, number>>;
  /** Lines that stay on disk for the next run to deliver, where the sink has a spool. */
  readonly linesKept?: number;
}
