/**
 * What of a pipeline the database may do before the lines reach this process. Each rule states why the result is the
 * same as without it.
 */
import { type LabelFilter, type LineFilterStage, type RangeAggregation, type Stage } from '../logql/ast';
import { labelsReadBy } from '../logql/label-filter';
import { hasLabel } from '../logql/label-set';
import { labelsRequiredBy } from '../logql/pipeline';
import { searchRegex } from '../logql/regex';
import { type ParserHints } from '../logql/parser-hints';
import { type FieldComparison, type LineGrouping, type Selection } from '../storage/select';
import { type Stream } from '../storage/stream-index';

export interface SplitPipeline {
  readonly lineFilters: readonly LineFilterStage[];
  readonly rest: readonly Stage[];
}

/** Line filters read the line only, so they commute with every stage that does not rewrite it. */
export function splitLineFilters(stages: readonly Stage[]): SplitPipeline {
  const rewrite = stages.findIndex(({ kind }) => kind === 'lineFormat');
  const before = rewrite === -1 ? stages : stages.slice(0, rewrite);
  const lineFilters = before.flatMap((stage) => (stage.kind === 'lineFilter' ? [stage] : []));
  for (const { operator, alternatives } of lineFilters) {
    if (operator === '|~' || operator === '!~') {
      // Refuses what is no pattern with the parser's own words.
      alternatives.forEach(searchRegex);
    }
  }
  return { lineFilters, rest: stages.filter((stage) => stage.kind !== 'lineFilter' || !lineFilters.includes(stage)) };
}

/**
 * Conditions without which a line cannot pass the label filters. `| json | id="abc"` needs `abc` in the line, since a
 * parser takes values from the line as they stand unless they are escaped; `| json | latency_ms > 100` needs that of
 * the field. The filters still run afterwards.
 */
export function necessaryConditions(
  rest: readonly Stage[],
  streams: readonly Stream[]
): Pick<Selection, 'mustContain' | 'mustCompare'> {
  const mustContain: string[] = [];
  const mustCompare: FieldComparison[] = [];
  const parsers: Array<Stage['kind']> = [];
  for (const stage of rest) {
    if (stage.kind === 'json' || stage.kind === 'logfmt') {
      parsers.push(stage.kind);
    } else if (stage.kind === 'labelFilter') {
      for (const filter of parsers.length === 0 ? [] : conjuncts(stage.filter)) {
        const name = filter.kind === 'match' ? filter.matcher.name : filter.name;
        if (name.startsWith('__') || streams.some(({ labels }) => hasLabel(labels, name))) {
          continue;
        }
        if (filter.kind === 'match') {
          const { operator, value } = filter.matcher;
          mustContain.push(...(operator === '=' && /^[\w.:/-]+$/.test(value) ? [value] : []));
        } else if (filter.unit === 'number' && !parsers.includes('logfmt') && !name.endsWith('_extracted')) {
          mustCompare.push({ field: name, operator: filter.operator, value: filter.value });
        }
      }
    } else if (stage.kind !== 'drop' && stage.kind !== 'keep' && stage.kind !== 'lineFilter') {
      // A stage that makes labels from something else than the line ends the rule.
      break;
    }
  }
  return { mustContain, mustCompare };
}

type SimpleFilter = Extract<LabelFilter, { readonly kind: 'match' | 'compare' }>;

function conjuncts(filter: LabelFilter): readonly SimpleFilter[] {
  switch (filter.kind) {
    case 'and':
      return [...conjuncts(filter.left), ...conjuncts(filter.right)];
    case 'or':
      return [];
    case 'match':
    case 'compare':
      return [filter];
  }
}

/**
 * How the samples of a metric query may be grouped before they leave the database, or undefined where each line is
 * needed as a whole.
 *
 * Why this is exact: lines that agree in stream, metadata and every field that a pipeline reads come out with the same
 * labels or are dropped alike, so the pipeline runs once for all of them. It may read less than the line if no stage
 * looks at the line but `| json`, the hints name every label that is read, and the line is flat JSON. Lines that are
 * not flat are grouped by their whole text.
 */
export function groupingOfLines(
  { operator, range }: RangeAggregation,
  plan: { readonly rest: readonly Stage[]; readonly hints: ParserHints; readonly streams: readonly Stream[] }
): LineGrouping | undefined {
  const { rest, hints, streams } = plan;
  const value = operator === 'bytes_over_time' || operator === 'bytes_rate' ? 'bytes' : 'line';
  if (!rest.every(({ kind }) => ['json', 'labelFilter', 'labelFormat', 'drop', 'keep'].includes(kind))) {
    return undefined;
  }
  if (!rest.some(({ kind }) => kind === 'json')) {
    const readsLine = rest.some(
      (stage) => stage.kind === 'labelFormat' && labelsRequiredBy([stage]).includes('__line__')
    );
    return readsLine ? undefined : { readsJson: false, fields: [], value };
  }
  const wanted = hints.wantedLabels;
  if (wanted === undefined || wanted.has('__line__')) {
    return undefined;
  }
  const hidden = (name: string) =>
    !wanted.has(`${name}_extracted`) && streams.every(({ labels }) => hasLabel(labels, name));
  const fields = [...wanted].filter((name) => /^[a-zA-Z_]\w*$/.test(name) && !name.startsWith('__') && !hidden(name));
  const { unwrap } = range;
  const isPlainValue =
    unwrap !== undefined &&
    unwrap.conversion === 'float' &&
    fields.includes(unwrap.label) &&
    !streams.some(({ labels }) => hasLabel(labels, unwrap.label)) &&
    ![...labelsRequiredBy(rest), ...unwrap.filters.flatMap(labelsReadBy), ...labelsNamedBy(rest)].includes(
      unwrap.label
    ) &&
    (hints.without || !hints.groups.includes(unwrap.label));
  return isPlainValue
    ? { readsJson: true, fields: fields.filter((name) => name !== unwrap.label), value: { field: unwrap.label } }
    : { readsJson: true, fields, value };
}

/** Labels that a stage sets, drops or keeps by name. */
function labelsNamedBy(rest: readonly Stage[]): readonly string[] {
  return rest.flatMap((stage) => {
    switch (stage.kind) {
      case 'drop':
      case 'keep':
        return stage.labels.map(({ name }) => name);
      case 'labelFormat':
        return stage.formats.map(({ to }) => to);
      default:
        return [];
    }
  });
}
