/**
 * What of a pipeline the database may do before the lines reach this process. Each rule states why the result is the
 * same as without it.
 */
import { type LabelFilter, type LineFilterStage, type RangeAggregation, type Stage } from '../logql/ast';
import { hasLabel } from '../logql/label-set';
import { searchRegex } from '../logql/regex';
import { type ParserHints } from '../logql/parser-hints';
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
 * Texts without which a line cannot pass the label filters. `| json | id="abc"` needs `abc` in the line, since a
 * parser takes values from the line as they stand unless they are escaped.
 */
export function necessaryTexts(rest: readonly Stage[], streams: readonly Stream[]): readonly string[] {
  const texts: string[] = [];
  let parsed = false;
  for (const stage of rest) {
    if (stage.kind === 'json' || stage.kind === 'logfmt') {
      parsed = true;
    } else if (stage.kind === 'labelFilter') {
      if (parsed) {
        texts.push(...equalities(stage.filter, streams));
      }
    } else if (stage.kind !== 'drop' && stage.kind !== 'keep' && stage.kind !== 'lineFilter') {
      // A stage that makes labels from something else than the line ends the rule.
      break;
    }
  }
  return texts;
}

function equalities(filter: LabelFilter, streams: readonly Stream[]): readonly string[] {
  switch (filter.kind) {
    case 'and':
      return [...equalities(filter.left, streams), ...equalities(filter.right, streams)];
    case 'match': {
      const { name, operator, value } = filter.matcher;
      const plain = /^[\w.:/-]+$/.test(value) && !name.startsWith('__');
      const fromLine = !streams.some(({ labels }) => hasLabel(labels, name));
      return operator === '=' && plain && fromLine ? [value] : [];
    }
    case 'or':
    case 'compare':
      return [];
  }
}

/**
 * The fields of a flat JSON line that a metric query can see, or undefined where it needs the line as a whole: no stage
 * but `| json` looks at the line, and the hints name every label that is read.
 */
export function fieldsOfInterest(
  { operator }: RangeAggregation,
  plan: { readonly rest: readonly Stage[]; readonly hints: ParserHints; readonly streams: readonly Stream[] }
): ReadonlySet<string> | undefined {
  const { rest, hints, streams } = plan;
  const wanted = hints.wantedLabels;
  const readsLine = operator === 'bytes_over_time' || operator === 'bytes_rate';
  const onlyJson = rest.every(({ kind }) => ['json', 'labelFilter', 'drop', 'keep'].includes(kind));
  if (wanted === undefined || readsLine || !onlyJson || !rest.some(({ kind }) => kind === 'json')) {
    return undefined;
  }
  const hidden = (name: string) =>
    !wanted.has(`${name}_extracted`) && streams.every(({ labels }) => hasLabel(labels, name));
  return new Set([...wanted].filter((name) => /^[a-zA-Z_]\w*$/.test(name) && !name.startsWith('__') && !hidden(name)));
}
