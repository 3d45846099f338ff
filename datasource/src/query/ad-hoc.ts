/** A filter that a reader adds on a dashboard, over any field of the records. */
export interface AdHocFilter {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  /** For the operators that take several. */
  readonly values?: readonly string[];
}

export const AD_HOC_OPERATORS = ['=', '!=', '=|', '!=|', '=~', '!~', '<', '>'] as const;
