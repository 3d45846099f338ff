/**
 * How the samples of a metric query may be grouped before they leave the database.
 *
 * Why grouping is exact: lines that agree in stream, metadata and every field that a pipeline reads come out with the
 * same labels or are dropped alike, so the pipeline runs once for all of them. It may read less than the line if no stage
 * looks at the line but `| json`, the labels that are read are known, and the line is flat. Lines that are not flat are
 * grouped by their whole text.
 *
 * Why buckets are exact: every window is a row of whole buckets, as their width divides both the step and the range;
 * counts and sums add up, and the least of leasts is the least.
 */
import { type LabelFilter, type RangeAggregation, type Stage } from '../logql/ast';
import { labelsReadBy } from '../logql/label-filter';
import { hasLabel } from '../logql/label-set';
import { type ParserHints } from '../logql/parser-hints';
import { labelsRequiredBy } from '../logql/pipeline';
import { isFieldColumn } from '../storage/field-columns';
import { type PlannedField, type SamplePlan } from '../storage/sample-statements';
import { type Stream } from '../storage/stream-index';
import { type Conditions, ParsedFields, rewritesLine, type SimpleFilter } from './pushdown';

interface QueryWindows {
  readonly zeroNs: bigint;
  readonly stepNs: bigint;
  readonly steps: number;
}

interface PlanInput {
  readonly rest: readonly Stage[];
  readonly hints: ParserHints;
  readonly streams: readonly Stream[];
  readonly conditions: Conditions;
  readonly windows: QueryWindows;
}

/** More buckets than this save next to nothing. */
const MAX_BUCKETS = 20_000;

export function samplePlan(aggregation: RangeAggregation, input: PlanInput): SamplePlan {
  const { operator } = aggregation;
  const base = {
    zeroNs: input.windows.zeroNs,
    readsLine: readsLine(input.rest),
    value: operator === 'bytes_over_time' || operator === 'bytes_rate' ? ('bytes' as const) : ('line' as const),
  };
  if (input.rest.some(rewritesLine)) {
    // Only the pipeline knows the length of a rewritten line.
    return { ...base, value: 'line' };
  }
  const buckets = bucketsOf(aggregation, input.windows);
  return {
    ...base,
    ...(base.readsLine ? fieldsOf(aggregation, input) : {}),
    ...(buckets === undefined ? {} : { buckets }),
  };
}

function readsLine(rest: readonly Stage[]): boolean {
  return rest.some(({ kind }) => !['labelFilter', 'labelFormat', 'drop', 'keep'].includes(kind));
}

function bucketsOf({ operator, range }: RangeAggregation, { stepNs, steps }: QueryWindows): SamplePlan['buckets'] {
  const combine = {
    count_over_time: 'sum',
    rate: 'sum',
    bytes_over_time: 'sum',
    bytes_rate: 'sum',
    sum_over_time: 'sum',
    avg_over_time: 'sum',
    absent_over_time: 'sum',
    min_over_time: 'min',
    max_over_time: 'max',
    rate_counter: undefined,
    stddev_over_time: undefined,
    stdvar_over_time: undefined,
    quantile_over_time: undefined,
    first_over_time: undefined,
    last_over_time: undefined,
  }[operator] as 'sum' | 'min' | 'max' | undefined;
  if (combine === undefined) {
    return undefined;
  }
  const rangeNs = BigInt(Math.round(range.rangeNs));
  const widthNs = steps === 1 ? rangeNs : greatestDivisor(rangeNs, stepNs);
  const buckets = (rangeNs + BigInt(steps - 1) * stepNs) / widthNs;
  return buckets > MAX_BUCKETS ? undefined : { widthNs: Number(widthNs), combine };
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

function fieldsOf(aggregation: RangeAggregation, input: PlanInput): Pick<SamplePlan, 'fields'> & Partial<SamplePlan> {
  const { rest, hints } = input;
  if (!rest.every(({ kind }) => ['json', 'jsonFields', 'labelFilter', 'labelFormat', 'drop', 'keep'].includes(kind))) {
    return {};
  }
  const readsWhole = rest.some(({ kind }) => kind === 'json');
  const parsers = rest.filter(({ kind }) => kind === 'json' || kind === 'jsonFields');
  const wanted = hints.wantedLabels;
  if (readsWhole && (wanted === undefined || parsers.length > 1)) {
    return {};
  }
  const labels = readsWhole ? wantedFields(wanted ?? new Set(), input) : namedFields(rest, wanted);
  return labels === undefined ? {} : withRoles(labels, aggregation, input);
}

/** Of `| json`: the wanted fields, except those that a stream label hides. */
function wantedFields(wanted: ReadonlySet<string>, { streams }: PlanInput): ReadonlyMap<string, string> {
  const hidden = (name: string) =>
    !wanted.has(`${name}_extracted`) && streams.every(({ labels }) => hasLabel(labels, name));
  const names = [...wanted].filter((name) => /^[a-zA-Z_]\w*$/.test(name) && !name.startsWith('__') && !hidden(name));
  return new Map(names.map((name) => [name, name]));
}

/** Of `| json a="b"`: label → field; undefined where a path leads deeper than a field. */
function namedFields(
  rest: readonly Stage[],
  wanted: ReadonlySet<string> | undefined
): ReadonlyMap<string, string> | undefined {
  const parsed = new ParsedFields();
  rest.forEach((stage) => parsed.add(stage));
  const labels = rest.flatMap((stage) => (stage.kind === 'jsonFields' ? stage.fields.map(({ label }) => label) : []));
  const found = new Map<string, string>();
  for (const label of labels) {
    const field = parsed.fieldOf(label);
    if (field === undefined || (found.has(label) && found.get(label) !== field)) {
      return undefined;
    }
    if (wanted === undefined || wanted.has(label) || wanted.has(`${label}_extracted`)) {
      found.set(label, field);
    }
  }
  return new Set(labels).size === labels.length ? found : undefined;
}

function withRoles(
  labels: ReadonlyMap<string, string>,
  { range }: RangeAggregation,
  { rest, hints, streams, conditions }: PlanInput
): Pick<SamplePlan, 'fields'> & Partial<SamplePlan> {
  const { unwrap } = range;
  const undecided = new Set([
    ...rest.flatMap((stage) => labelsUsed(stage, conditions.decided)),
    ...(unwrap?.filters.flatMap(labelsReadBy) ?? []),
  ]);
  const isShown = (label: string) => {
    if (hints.noLabels) {
      return false;
    }
    return hints.wantedLabels === undefined
      ? !(hints.without && hints.groups.includes(label))
      : hints.groups.includes(label);
  };
  const isOnlyFiltered = (label: string) =>
    !undecided.has(label) && !isShown(label) && !streams.some((stream) => hasLabel(stream.labels, label));
  const decidedLabels = new Set([...conditions.decided].flatMap(labelsReadBy));
  if (new Set(labels.values()).size < labels.size) {
    return { fields: [...new Set(labels.values())].map((name) => ({ name, role: 'key' })) };
  }

  const fields = new Map<string, PlannedField['role']>();
  let value: SamplePlan['value'] | undefined;
  for (const [label, field] of labels) {
    const isValue = unwrap?.label === label && unwrap.conversion === 'float' && isOnlyFiltered(label);
    const isCompared = decidedLabels.has(label) && isOnlyFiltered(label) && isFieldColumn(field);
    if (isValue && (isCompared || !decidedLabels.has(label))) {
      value = { field };
    }
    if (isCompared) {
      fields.set(field, 'compared');
    } else if (!isValue || decidedLabels.has(label)) {
      fields.set(field, 'key');
    }
  }
  return {
    fields: [...fields].map(([name, role]) => ({ name, role })),
    ...(value === undefined ? {} : { value }),
  };
}

/** Labels that a stage reads, sets, drops or keeps by name, other than in filters that the database decides. */
function labelsUsed(stage: Stage, decided: ReadonlySet<SimpleFilter>): readonly string[] {
  switch (stage.kind) {
    case 'labelFilter':
      return undecidedLabels(stage.filter, decided);
    case 'drop':
    case 'keep':
      return stage.labels.map(({ name }) => name);
    case 'labelFormat':
      return [...labelsRequiredBy([stage]), ...stage.formats.map(({ to }) => to)];
    default:
      return labelsRequiredBy([stage]);
  }
}

function undecidedLabels(filter: LabelFilter, decided: ReadonlySet<SimpleFilter>): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...undecidedLabels(filter.left, decided), ...undecidedLabels(filter.right, decided)];
    case 'match':
    case 'compare':
      return decided.has(filter) ? [] : labelsReadBy(filter);
    case 'ip':
      return labelsReadBy(filter);
  }
}
