/** `| status >= 500 or path =~ "/api/.*"`. */
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type CompareOperator, type LabelFilter } from './ast';
import { describeUnreadable, parseBytes, parseDuration, parseFloatStrictly } from './literals';
import { ipPredicate } from './ip-match';
import { matcherPredicate } from './matcher';
import { type LabelBuilder } from './label-builder';

const LABEL_FILTER_ERROR = 'LabelFilterErr';

type LabelTest = (labels: LabelBuilder) => boolean;

const COMPARISONS: Readonly<Record<CompareOperator, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

const PARSERS = {
  number: parseFloatStrictly,
  duration: (text: string) => parseDuration(text, { goOnly: true }),
  bytes: parseBytes,
};

/**
 * A comparison drops a line without the label. A value that cannot be read as the filter's unit keeps the line and sets
 * `__error__`, so that a wrong query shows instead of returning nothing.
 */
export function labelTest(filter: LabelFilter): LabelTest {
  switch (filter.kind) {
    case 'match': {
      const { name } = filter.matcher;
      const test = matcherPredicate(filter.matcher);
      return (labels) => test(labels.filterValue(name));
    }
    case 'compare': {
      const compare = COMPARISONS[filter.operator];
      const parse = PARSERS[filter.unit];
      return (labels) => {
        const text = labels.get(filter.name);
        if (text === undefined) {
          return false;
        }
        const value = parse(text);
        if (value === undefined) {
          if (labels.error === '') {
            labels.error = LABEL_FILTER_ERROR;
            labels.errorDetails = describeUnreadable(text, filter.unit);
          }
          return true;
        }
        return compare(value, filter.value);
      };
    }
    case 'ip': {
      const holds = ipPredicate(filter.pattern) ?? (() => false);
      return (labels) => {
        if (labels.error !== '') {
          return true;
        }
        const text = labels.get(filter.name);
        return text !== undefined && holds(text) !== filter.negated;
      };
    }
    case 'and':
    case 'or': {
      const left = labelTest(filter.left);
      const right = labelTest(filter.right);
      // The right side of an `and` runs even if the left one fails, as in Loki: it may set `__error__`.
      return filter.kind === 'or'
        ? (labels) => left(labels) || right(labels)
        : (labels) => {
            const passed = left(labels);
            return right(labels) && passed;
          };
    }
    default:
      return assertUnreachable(filter);
  }
}

export function labelsReadBy(filter: LabelFilter): readonly string[] {
  switch (filter.kind) {
    case 'match':
      return [filter.matcher.name];
    case 'compare':
    case 'ip':
      return [filter.name];
    case 'and':
    case 'or':
      return [...labelsReadBy(filter.left), ...labelsReadBy(filter.right)];
    default:
      return assertUnreachable(filter);
  }
}
