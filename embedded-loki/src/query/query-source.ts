import { type Reader } from '../storage/reader';
import { type StreamIndex } from '../storage/stream-index';

/** Where a query reads from, what may stop it, and a count of what it read. */
export interface QuerySource {
  readonly index: StreamIndex;
  readonly reader: Reader;
  /** Aborted once nobody waits for the answer. */
  readonly signal?: AbortSignal;
  readonly work: WorkDone;
}

/** Lines that a query had to look at, and their bytes, whether as text or by their columns. */
export interface WorkDone {
  lines: number;
  bytes: number;
}
