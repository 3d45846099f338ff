/** What a query yields, before it is written as JSON. */
import { type CategorizedLabels } from '../logql/label-builder';
import { type LabelSet } from '../logql/label-set';
import { type Vector } from '../logql/vector';

export interface LogEntry {
  readonly tsNs: bigint;
  readonly line: string;
  readonly labels: CategorizedLabels;
}

export interface Series {
  readonly labels: LabelSet;
  readonly points: ReadonlyArray<{ readonly tsMs: number; readonly value: number }>;
}

export type QueryResult =
  | { readonly kind: 'streams'; readonly entries: readonly LogEntry[] }
  | { readonly kind: 'matrix'; readonly series: readonly Series[] }
  | { readonly kind: 'vector'; readonly tsMs: number; readonly samples: Vector }
  | { readonly kind: 'scalar'; readonly tsMs: number; readonly value: number };
