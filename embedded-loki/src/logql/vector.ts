import { type LabelSet } from './label-set';

export interface Sample {
  readonly labels: LabelSet;
  readonly value: number;
}

/** The samples of one step; no two with the same labels. */
export type Vector = readonly Sample[];
