/**
 * Where a look-up searches for records: one search after the other until one finds something.
 *
 * An id is looked for where the link says, then anywhere. An address or a sequence number may be anywhere and often: the newest part
 * of the window is searched first, and the rest only where that holds nothing.
 */
import { type SeqSearch, shardsOf } from './look-up-plan';
import { type Note } from './note-text';
import { stepsBack, type TimeWindow, windowAt, windowText } from './time-window';
import { type LookUp, type ResolvedLookUp } from '../query/look-up';

export interface Search {
  /** None: all of them. */
  readonly shards: readonly number[];
  readonly window: TimeWindow;
  readonly seq?: SeqSearch;
  /** Once something was found, in these shards. */
  notesOf(shardsFound: readonly number[]): readonly Note[];
}

interface SearchOptions {
  readonly lookUp: LookUp;
  readonly resolved: ResolvedLookUp;
  readonly window: TimeWindow;
  readonly shardCount: number;
}

/** Of what may be anywhere: some tens of requests to choose from. Chunks count where there is no request only, and of them the newest connection. */
export const SEARCH_LINES: { readonly spans?: number; readonly chunks?: number } = { spans: 200, chunks: 50 };

export function mayBeAnywhere({ by }: LookUp): boolean {
  return by === 'endpoint' || by === 'seq';
}

export function searchesFor(options: SearchOptions): readonly Search[] {
  const { lookUp, window } = options;
  switch (lookUp.by) {
    case 'endpoint':
      return stepwise(window);
    case 'seq':
      return [{ shards: [], window, seq: 'first', notesOf: nothing }, ...stepwise(window, 'covering')];
    default:
      return fromWhatIsKnown(options);
  }
}

const nothing = (): readonly Note[] => [];

function fromWhatIsKnown({ lookUp, resolved, window, shardCount }: SearchOptions): readonly Search[] {
  const shards = shardsOf(lookUp, resolved.flowShard, shardCount);
  const near = windowAt(resolved.atNs, window);
  const anywhere: Search = {
    shards: [],
    window,
    notesOf: (found) =>
      shards.length === 0 || found.some((shard) => shards.includes(shard))
        ? []
        : [{ kind: 'other-shard', expected: shards }],
  };
  return shards.length === 0 && near === window ? [anywhere] : [{ shards, window: near, notesOf: nothing }, anywhere];
}

function stepwise(window: TimeWindow, seq?: SeqSearch): readonly Search[] {
  return stepsBack(window).map((step, at, all) => ({
    shards: [],
    window: step,
    seq,
    notesOf: () => (at === all.length - 1 ? [] : [{ kind: 'searched-newest', part: windowText(step) }]),
  }));
}
