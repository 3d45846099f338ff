import { type Reader } from '../storage/select';
import { type StreamIndex } from '../storage/stream-index';

/** Where a query reads from, and a count of what it read. */
export interface QuerySource {
  readonly index: StreamIndex;
  readonly reader: Reader;
  readonly work: { linesRead: number };
}
