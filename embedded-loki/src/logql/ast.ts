/**
 * The LogQL that this store understands, as data. Durations are nanoseconds in doubles: exact up to 104 days, which is
 * longer than any range that a query here may name.
 */
import { type LabelTemplate } from './label-template';
import { type PatternPart } from './line-pattern';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

export type LineFilterOperator = '|=' | '!=' | '|~' | '!~';

/** `|= "a" or "b"` keeps lines with either; `!= "a" or "b"` keeps lines with neither. */
export interface LineFilterStage {
  readonly kind: 'lineFilter';
  readonly operator: LineFilterOperator;
  readonly alternatives: readonly string[];
}

export interface LineTest {
  readonly kind: 'text' | 'regex' | 'ip' | 'pattern';
  readonly value: string;
}

/** A line filter with an alternative that the database cannot decide: `|> "<_>a"`, `|= "a" or ip("…")`. */
export interface LineTestStage {
  readonly kind: 'lineTest';
  readonly negated: boolean;
  readonly alternatives: readonly LineTest[];
}

export type CompareOperator = '==' | '!=' | '>' | '>=' | '<' | '<=';

export type LabelFilter =
  | { readonly kind: 'match'; readonly matcher: Matcher }
  | {
      readonly kind: 'compare';
      readonly name: string;
      readonly operator: CompareOperator;
      /** `duration` values are nanoseconds. */
      readonly unit: 'number' | 'duration' | 'bytes';
      readonly value: number;
    }
  | { readonly kind: 'ip'; readonly name: string; readonly negated: boolean; readonly pattern: string }
  | { readonly kind: 'and' | 'or'; readonly left: LabelFilter; readonly right: LabelFilter };

export type JsonPath = ReadonlyArray<string | number>;

export type LabelFormat =
  | { readonly kind: 'rename'; readonly to: string; readonly from: string }
  | { readonly kind: 'template'; readonly to: string; readonly template: LabelTemplate };

export interface NamedMatcher {
  readonly name: string;
  /** Absent: the label whatever its value. */
  readonly matcher?: Matcher;
}

export interface LogfmtField {
  readonly label: string;
  readonly key: string;
}

export type Stage =
  | LineFilterStage
  | LineTestStage
  | { readonly kind: 'json' }
  | { readonly kind: 'jsonFields'; readonly fields: ReadonlyArray<{ readonly label: string; readonly path: JsonPath }> }
  | { readonly kind: 'logfmt'; readonly strict: boolean; readonly keepEmpty: boolean }
  | { readonly kind: 'logfmtFields'; readonly strict: boolean; readonly fields: readonly LogfmtField[] }
  | { readonly kind: 'pattern'; readonly parts: readonly PatternPart[] }
  | { readonly kind: 'regexp'; readonly pattern: string }
  | { readonly kind: 'unpack' | 'decolorize' }
  | { readonly kind: 'labelFilter'; readonly filter: LabelFilter }
  | { readonly kind: 'lineFormat'; readonly template: LabelTemplate }
  | { readonly kind: 'labelFormat'; readonly formats: readonly LabelFormat[] }
  | { readonly kind: 'drop' | 'keep'; readonly labels: readonly NamedMatcher[] };

export interface LogExpression {
  readonly kind: 'log';
  readonly selector: readonly Matcher[];
  readonly stages: readonly Stage[];
}

export interface Unwrap {
  readonly label: string;
  readonly conversion: 'float' | 'duration' | 'bytes';
  readonly filters: readonly LabelFilter[];
}

export interface LogRange {
  readonly selector: readonly Matcher[];
  readonly stages: readonly Stage[];
  readonly rangeNs: number;
  readonly offsetNs: number;
  readonly unwrap?: Unwrap;
}

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

export const RANGE_OPERATORS = [
  'count_over_time',
  'rate',
  'rate_counter',
  'bytes_over_time',
  'bytes_rate',
  'avg_over_time',
  'sum_over_time',
  'min_over_time',
  'max_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'absent_over_time',
] as const;
export type RangeOperator = (typeof RANGE_OPERATORS)[number];

export const VECTOR_OPERATORS = [
  'sum',
  'avg',
  'count',
  'max',
  'min',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'sort',
  'sort_desc',
] as const;
export type VectorOperator = (typeof VECTOR_OPERATORS)[number];

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | CompareOperator | SetOperator;

export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many';
  /** True: match on `labels` only. False: on all labels but `labels`. */
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly include: readonly string[];
}

export interface RangeAggregation {
  readonly kind: 'range';
  readonly operator: RangeOperator;
  readonly parameter?: number;
  readonly range: LogRange;
  readonly grouping?: Grouping;
}

export type MetricExpression =
  | RangeAggregation
  | {
      readonly kind: 'vectorAggregation';
      readonly operator: VectorOperator;
      readonly parameter: number;
      readonly grouping: Grouping;
      readonly inner: MetricExpression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: MetricExpression;
      readonly right: MetricExpression;
      readonly returnBool: boolean;
      readonly matching: VectorMatching;
    }
  | {
      readonly kind: 'labelReplace';
      readonly inner: MetricExpression;
      readonly destination: string;
      readonly replacement: string;
      readonly source: string;
      readonly pattern: string;
    }
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'vector'; readonly value: number };

export type Expression = LogExpression | MetricExpression;
