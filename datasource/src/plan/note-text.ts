/** What a reader should know about a result: data, so that nothing is decided by its wording, put into words here. */
import { type RecordSource } from '@bpfnet/flow-model';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';

export type Note =
  | {
      readonly kind: 'unreadable';
      readonly source: RecordSource;
      readonly lines: number;
      readonly ofLines: number;
      readonly problem: string;
    }
  /** The newest lines were read, and there are more. */
  | { readonly kind: 'limit'; readonly source: RecordSource; readonly lines: number }
  /** Sorted are only the newest lines. */
  | { readonly kind: 'sorted-newest'; readonly sort: 'slowest' | 'worst' }
  /** A search term matches more than was read. */
  | { readonly kind: 'more-requests'; readonly lines: number }
  | { readonly kind: 'more-connections' }
  /** Only the newest part of the time range was searched, since there was a match. */
  | { readonly kind: 'searched-newest'; readonly part: string }
  | { readonly kind: 'other-shard'; readonly expected: readonly number[] }
  | {
      readonly kind: 'sampled-shards';
      readonly records: number;
      readonly read: number;
      readonly shards: number;
      readonly ofShards: number;
    }
  | { readonly kind: 'largest-events' | 'largest-series'; readonly shown: number; readonly of: number }
  | { readonly kind: 'series-limit'; readonly series: number };

/** Each once. */
export function noteTexts(notes: readonly Note[]): readonly string[] {
  return [...new Set(notes.map(noteText))];
}

function noteText(note: Note): string {
  switch (note.kind) {
    case 'unreadable':
      return `${note.lines} of ${note.ofLines} lines of ${note.source} are not valid records (${note.problem}).`;
    case 'limit':
      return `Only the newest ${note.lines} lines of ${note.source} were read: narrow the time range or add filters to see the rest.`;
    case 'sorted-newest':
      return `Only the newest lines were sorted: this may not be the ${note.sort} of the whole time range.`;
    case 'more-requests':
      return `More requests match this search term than were read: the worst of the newest ${note.lines} lines is shown. Narrow the time range, or list the requests with filters, to find another.`;
    case 'more-connections':
      return 'More connections match this search term than were read: the newest is shown. Narrow the time range to find another.';
    case 'searched-newest':
      return `Matches were found in the newest ${note.part} of the time range, and only that part was searched: narrow the range to see older ones.`;
    case 'other-shard':
      return `The records are in a flow shard other than ${note.expected.join(', ')}: check the number of flow shards of this datasource (--flow-shards on the collectors).`;
    case 'sampled-shards':
      return `Sampled: ${count(note.read)} of ${count(note.records)} records were read (${note.shards} of ${note.ofShards} flow shards). Counts cover the sample only; rates are scaled up to all records.`;
    case 'largest-events':
      return `The ${note.shown} largest of ${note.of} events are shown: raise the minimum count per step.`;
    case 'largest-series':
      return `The ${note.shown} largest of ${note.of} series are shown: add filters to see the others.`;
    case 'series-limit':
      return `Loki returned ${note.series} series, which is its limit: add filters, or group by a field with fewer values.`;
    default:
      return assertUnreachable(note);
  }
}

function count(records: number): string {
  return records.toLocaleString('en-US');
}
