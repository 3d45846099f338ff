/**
 * The part of a pipeline that the database may do before lines reach this process. Each rule states why the result is the
 * same without it. The pipeline still runs afterwards: a condition here only filters out lines that it would drop.
 */
import { type LabelFilter, type LineFilterStage, type Stage } from '../logql/ast';
import { hasLabel } from '../logql/label-set';
import { searchRegex } from '../logql/regex';
import { isFieldColumn, isNumberColumn } from '../storage/field-columns';
import { type FieldCondition, type Selection } from '../storage/selection';
import { type Stream } from '../storage/stream-index';

interface SplitPipeline {
  readonly lineFilters: readonly LineFilterStage[];
  readonly rest: readonly Stage[];
}

export function rewritesLine({ kind }: Stage): boolean {
  return kind === 'lineFormat' || kind === 'unpack' || kind === 'decolorize';
}

/** Line filters read the line only, so they commute with every stage that does not rewrite it. */
export function splitLineFilters(stages: readonly Stage[]): SplitPipeline {
  const rewrite = stages.findIndex(rewritesLine);
  const before = rewrite === -1 ? stages : stages.slice(0, rewrite);
  const lineFilters = before.flatMap((stage) => (stage.kind === 'lineFilter' ? [stage] : []));
  for (const { operator, alternatives } of lineFilters) {
    if (operator === '|~' || operator === '!~') {
      // Rejects an invalid pattern with the parser's own message.
      alternatives.forEach(searchRegex);
    }
  }
  return { lineFilters, rest: stages.filter((stage) => stage.kind !== 'lineFilter' || !lineFilters.includes(stage)) };
}

export type SimpleFilter = Extract<LabelFilter, { readonly kind: 'match' | 'compare' }>;

export interface Conditions extends Pick<Selection, 'mustContain' | 'mustPass'> {
  /** The filters that `mustPass` decides for flat entries. */
  readonly decided: ReadonlySet<SimpleFilter>;
}

/** Parsers by which labels come from fields of the line: label → field. */
export class ParsedFields {
  private readonly byLabel = new Map<string, string>();
  private whole = false;

  add(stage: Stage): void {
    if (stage.kind === 'json') {
      this.whole = true;
    } else if (stage.kind === 'jsonFields') {
      for (const { label, path } of stage.fields) {
        const [field] = path;
        if (path.length === 1 && typeof field === 'string' && /^[a-zA-Z_]\w*$/.test(field)) {
          this.byLabel.set(label, field);
        }
      }
    }
  }

  /** The field that a label comes from, or undefined where that is not known. */
  fieldOf(label: string): string | undefined {
    return this.whole ? label : this.byLabel.get(label);
  }

  /** `| json` makes no label of a field that is absent, `| json a="b"` makes an empty one. */
  get absentIsEmpty(): boolean {
    return !this.whole;
  }
}

/**
 * Conditions without which a line cannot pass the label filters.
 *
 * `| json | id="abc"` needs `abc` in the line, since a parser takes values from the line unchanged unless they are
 * escaped. A flat entry passes `latency_ms > 100` exactly if its field does, and `outcome="ok"` exactly if its column
 * does. Filters after a stage that adds or removes labels are not considered.
 */
export function necessaryConditions(rest: readonly Stage[], streams: readonly Stream[]): Conditions {
  const mustContain: string[] = [];
  const mustPass: FieldCondition[] = [];
  const decided = new Set<SimpleFilter>();
  const parsed = new ParsedFields();
  let parsers: ReadonlyArray<Stage['kind']> = [];
  for (const stage of rest) {
    if (stage.kind === 'json' || stage.kind === 'jsonFields' || stage.kind === 'logfmt') {
      parsers = [...parsers, stage.kind];
      parsed.add(stage);
    } else if (stage.kind === 'labelFilter') {
      const isField = (filter: SimpleFilter) =>
        !nameOf(filter).startsWith('__') && !streams.some(({ labels }) => hasLabel(labels, nameOf(filter)));
      const oneParser = new Set(parsers).size === 1 && parsers[0] !== 'logfmt';
      const conditionOf = (filter: SimpleFilter) =>
        oneParser && isField(filter) && !nameOf(filter).endsWith('_extracted')
          ? fieldCondition(filter, parsed)
          : undefined;
      for (const filter of parsers.length === 0 ? [] : conjuncts(stage.filter)) {
        if (filter.kind === 'or') {
          const anyOf = filter.anyOf.map((one) =>
            conjuncts(one).flatMap((each) => (each.kind === 'or' ? [] : (conditionOf(each) ?? [])))
          );
          if (anyOf.every((all) => all.length > 0)) {
            mustPass.push({ kind: 'either', anyOf });
          }
          continue;
        }
        if (isField(filter) && isPlainEquality(filter)) {
          mustContain.push(filter.matcher.value);
        }
        const condition = conditionOf(filter);
        if (condition !== undefined) {
          mustPass.push(condition);
          decided.add(filter);
        }
      }
    } else if (stage.kind !== 'lineFilter') {
      break;
    }
  }
  return { mustContain, mustPass, decided };
}

/** Needs its value in the line: a value that no parser changes. A column decides the same without reading the line. */
function isPlainEquality(filter: SimpleFilter): filter is Extract<SimpleFilter, { readonly kind: 'match' }> {
  return (
    filter.kind === 'match' &&
    filter.matcher.operator === '=' &&
    /^[\w.:/-]+$/.test(filter.matcher.value) &&
    !isFieldColumn(filter.matcher.name)
  );
}

function fieldCondition(filter: SimpleFilter, parsed: ParsedFields): FieldCondition | undefined {
  if (filter.kind === 'match') {
    const { name, operator, value } = filter.matcher;
    const field = parsed.fieldOf(name);
    if (field === undefined || !isFieldColumn(field)) {
      return undefined;
    }
    if (isNumberColumn(field)) {
      // No number is printed as nothing.
      return operator === '!=' && value === '' ? { kind: 'present', field } : undefined;
    }
    return value.includes('\0') ? undefined : { kind: 'match', field, operator, value };
  }
  const field = parsed.fieldOf(filter.name);
  const isText = field !== undefined && isFieldColumn(field) && !isNumberColumn(field);
  return field !== undefined && !isText && filter.unit === 'number' && Number.isFinite(filter.value)
    ? { kind: 'compare', field, operator: filter.operator, value: filter.value, keepAbsent: parsed.absentIsEmpty }
    : undefined;
}

function nameOf(filter: SimpleFilter): string {
  return filter.kind === 'match' ? filter.matcher.name : filter.name;
}

interface Either {
  readonly kind: 'or';
  readonly anyOf: readonly LabelFilter[];
}

function conjuncts(filter: LabelFilter): ReadonlyArray<SimpleFilter | Either> {
  switch (filter.kind) {
    case 'and':
      return [...conjuncts(filter.left), ...conjuncts(filter.right)];
    case 'ip':
      return [];
    case 'or':
      return [{ kind: 'or', anyOf: disjuncts(filter) }];
    case 'match':
    case 'compare':
      return [filter];
  }
}

function disjuncts(filter: LabelFilter): readonly LabelFilter[] {
  return filter.kind === 'or' ? [...disjuncts(filter.left), ...disjuncts(filter.right)] : [filter];
}
