/** What a query reads: which streams, which time, and what the lines must pass before they leave the database. */
import { type CompareOperator, type LineFilterStage, type MatchOperator } from '../logql/ast';
import { type Stream } from './stream-index';

export interface Selection {
  readonly streams: readonly Stream[];
  /** First nanosecond, included. */
  readonly fromNs: bigint;
  /** Last nanosecond, included. */
  readonly toNs: bigint;
  readonly lineFilters: readonly LineFilterStage[];
  /** Texts that a line must hold, or else an escape: a necessary condition of label filters that come later. */
  readonly mustContain: readonly string[];
  /** What fields of a flat entry must pass: exactly the label filters that come later. */
  readonly mustPass: readonly FieldCondition[];
}

export type FieldCondition =
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: CompareOperator;
      readonly value: number;
      /** Lines without the field pass on, for the filter to mark them as errors. */
      readonly keepAbsent: boolean;
    }
  /** All of one of these. */
  | { readonly kind: 'either'; readonly anyOf: ReadonlyArray<readonly FieldCondition[]> }
  /** Fields with a column only. */
  | { readonly kind: 'present'; readonly field: string }
  /** Text fields with a column only. An absent field counts as empty. */
  | { readonly kind: 'match'; readonly field: string; readonly operator: MatchOperator; readonly value: string };

/** All that lies in a time range. */
export function wholeStreams(streams: readonly Stream[], fromNs: bigint, toNs: bigint): Selection {
  return { streams, fromNs, toNs, lineFilters: [], mustContain: [], mustPass: [] };
}
