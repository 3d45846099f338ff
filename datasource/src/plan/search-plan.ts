/**
 * Where the records are looked for that a look-up names, one search after the other until one finds something.
 *
 * An id is looked for where the link says, then anywhere. An address or a sequence number may stand anywhere and often: the newest part
 * of the window is searched first, and the rest only where that holds nothing.
 */
import { type SeqSearch, shardsOf } from './look-up-plan';
import { stepsBack, type TimeWindow, windowAt, windowText } from './time-window';
import { type LookUp, type ResolvedLookUp } from '../query/look-up';

export interface Search {
  /** None: all of them. */
  readonly shards: readonly number[];
  readonly window: TimeWindow;
  readonly seq?: SeqSearch;
  /** What a reader must know, where something was found, in these shards. */
  notesOf(shardsFound: readonly number[]): readonly string[];
}

export interface SearchOptions {
  readonly lookUp: LookUp;
  readonly resolved: ResolvedLookUp;
  readonly window: TimeWindow;
  readonly shardCount: number;
}

/** Of what may stand anywhere: some tens of requests to choose from. Chunks count where there is no request only, and of them the newest connection. */
export const SEARCH_LINES: { readonly spans?: number; readonly chunks?: number } = { spans: 200, chunks: 50 };

/** What a reader must know where a search term names more than is read. */
export function limitNote(found: { readonly spans: number; readonly limitHit: boolean }): readonly string[] {
  if (!found.limitHit) {
    return [];
  }
  return [
    found.spans > 0
      ? `This clue names more requests than were read: the worst of the newest ${found.spans} lines is shown. Narrow the time range, or list the requests with filters, to find another.`
      : `This clue names more connections than were read: the newest is shown. Narrow the time range to find another.`,
  ];
}

export function mayStandAnywhere({ by }: LookUp): boolean {
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

const nothing = (): readonly string[] => [];

function fromWhatIsKnown({ lookUp, resolved, window, shardCount }: SearchOptions): readonly Search[] {
  const shards = shardsOf(lookUp, resolved.flowShard, shardCount);
  const near = windowAt(resolved.atNs, window);
  const anywhere: Search = {
    shards: [],
    window,
    notesOf: (found) =>
      shards.length === 0 || found.some((shard) => shards.includes(shard))
        ? []
        : [`The records lie in another shard than ${shards.join(', ')}: check the shard count of this datasource.`],
  };
  return shards.length === 0 && near === window ? [anywhere] : [{ shards, window: near, notesOf: nothing }, anywhere];
}

function stepwise(window: TimeWindow, seq?: SeqSearch): readonly Search[] {
  return stepsBack(window).map((step, at, all) => ({
    shards: [],
    window: step,
    seq,
    notesOf: () =>
      at === all.length - 1
        ? []
        : [
            `Searched in the newest ${windowText(step)} of the time range, where there is something: narrow the range to look at what is older.`,
          ],
  }));
}
