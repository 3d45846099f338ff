import { type Reader } from '../storage/reader';
import { type StreamIndex } from '../storage/stream-index';

/** Where a query reads from, what may cancel it, and how much it has read. */
export interface QuerySource {
  readonly index: StreamIndex;
  readonly reader: Reader;
  /** Aborted when the client has gone. */
  readonly signal?: AbortSignal;
  readonly work: WorkDone;
}

/** Lines that a query had to examine, and their bytes, whether as text or by their columns. */
export interface WorkDone {
  lines: number;
  bytes: number;
}
