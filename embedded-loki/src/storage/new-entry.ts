/** What a push brings, before it is stored. */
import { type LabelSet } from '../logql/label-set';
import { type Stream } from './stream-index';

export interface NewEntry {
  readonly tsNs: bigint;
  readonly line: string;
  readonly metadata: ReadonlyArray<readonly [string, string]>;
}

export interface NewStreamEntries {
  readonly labels: LabelSet;
  readonly entries: readonly NewEntry[];
}

/** An entry with the stream that it goes to. */
export interface Row {
  readonly stream: Stream;
  readonly entry: NewEntry;
}
