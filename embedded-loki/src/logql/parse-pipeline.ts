/** Selectors and log pipelines: syntax tree → AST. */
import {
  type CompareOperator,
  type LabelFilter,
  type LabelFormat,
  type Matcher,
  type MatchOperator,
  type NamedMatcher,
  type Stage,
} from './ast';
import { ipPredicate } from './ip-match';
import { parseBytes, parseDuration, parseFloatStrictly } from './literals';
import { parseJsonPath } from './json-path';
import { readCapturePattern } from './line-pattern';
import { readLineFilter } from './parse-line-filter';
import { type ChainLink, nest, type Rank } from './precedence';
import { parseErrorWithoutPosition, type QueryError } from './query-error';
import { compileRegex } from './regex';
import { readTemplate, TemplateError } from './template/read-template';
import { type Template } from './template/template-ast';
import { type QueryNode } from './syntax-node';

const matchOperators: Readonly<Record<string, MatchOperator>> = { Eq: '=', Neq: '!=', Re: '=~', Nre: '!~' };
const compareOperators: Readonly<Record<string, CompareOperator>> = {
  Eq: '==',
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Gte: '>=',
  Lss: '<',
  Lte: '<=',
};
export function readSelector(node: QueryNode): readonly Matcher[] {
  return node.list('Matchers', 'Matcher').map(readMatcher);
}

export function readMatcher(node: QueryNode): Matcher {
  const [name, operator, value] = node.children;
  return { name: name.text, operator: matchOperators[operator.name], value: value.string() };
}

export function readPipeline(node: QueryNode | undefined): readonly Stage[] {
  if (node === undefined) {
    return [];
  }
  return node.list('PipelineExpr', 'PipelineStage').flatMap((stage) => {
    const content = stage.children.find((child) => child.name !== 'Pipe');
    if (content === undefined) {
      throw stage.error('empty pipeline stage');
    }
    return readStage(content);
  });
}

function readStage(node: QueryNode): readonly Stage[] {
  switch (node.name) {
    case 'LineFilters':
      return node.list('LineFilters', 'LineFilter').map(readLineFilter);
    case 'DecolorizeExpr':
      return [{ kind: 'decolorize' }];
    case 'LabelParser': {
      const [parser] = node.children;
      if (parser.name === 'Json') {
        return [{ kind: 'json' }];
      }
      return [readTextParser(node, parser.name)];
    }
    case 'LogfmtParser': {
      const flags = logfmtFlags(node);
      return [{ kind: 'logfmt', strict: flags.has('--strict'), keepEmpty: flags.has('--keep-empty') }];
    }
    case 'LogfmtExpressionParser':
      return [
        {
          kind: 'logfmtFields',
          strict: logfmtFlags(node).has('--strict'),
          fields: readExtractions(node).map(({ label, expression }) => ({ label, key: expression })),
        },
      ];
    case 'JsonExpressionParser':
      return [
        {
          kind: 'jsonFields',
          fields: readExtractions(node).map(({ label, expression, node: item }) => {
            const path = parseJsonPath(expression);
            if (path === undefined) {
              throw item.error(`cannot parse expression [${expression}]`);
            }
            return { label, path };
          }),
        },
      ];
    case 'LabelFilter':
      return [{ kind: 'labelFilter', filter: readLabelFilter(node) }];
    case 'LineFormatExpr':
      return [
        { kind: 'lineFormat', template: template(node.need('String'), 'invalid line template: template: line:1: ') },
      ];
    case 'LabelFormatExpr':
      return [{ kind: 'labelFormat', formats: readLabelFormats(node.need('LabelsFormat')) }];
    case 'DropLabelsExpr':
      return [{ kind: 'drop', labels: readNamedMatchers(node.need('DropLabels'), 'DropLabel') }];
    case 'KeepLabelsExpr':
      return [{ kind: 'keep', labels: readNamedMatchers(node.need('KeepLabels'), 'KeepLabel') }];
    default:
      throw node.unsupported(`"${node.text.split(/\s/)[0]}"`);
  }
}

function logfmtFlags(node: QueryNode): ReadonlySet<string> {
  const flags = node.child('LogfmtParserFlags')?.list('LogfmtParserFlags', 'ParserFlag') ?? [];
  return new Set(flags.map(({ text }) => text));
}

/** `label="expression"`; a label alone is its own expression. */
function readExtractions(
  node: QueryNode
): ReadonlyArray<{ readonly label: string; readonly expression: string; readonly node: QueryNode }> {
  return node
    .need('LabelExtractionExpressionList')
    .list('LabelExtractionExpressionList', 'LabelExtractionExpression')
    .map((item) => {
      const label = item.need('Identifier').text;
      return { label, expression: item.child('String')?.string() ?? label, node: item };
    });
}

/** `pattern`, `regexp` and `unpack`. */
function readTextParser(node: QueryNode, name: string): Stage {
  if (name === 'Unpack') {
    return { kind: 'unpack' };
  }
  const text = node.need('String').string();
  if (name === 'Pattern') {
    const read = readCapturePattern(text);
    if (!read.ok) {
      throw stageError(`| pattern ${JSON.stringify(text)}`, `invalid pattern parser: ${read.reason}`);
    }
    return { kind: 'pattern', parts: read.parts };
  }
  if (name === 'Regexp') {
    const { names } = compileRegex(text);
    const twice = [...names.values()].find((one, at, all) => all.indexOf(one) < at);
    if (names.size === 0 || twice !== undefined) {
      const reason =
        twice === undefined
          ? 'at least one named capture must be supplied'
          : `duplicate extracted label name '${twice}'`;
      throw stageError(`| regexp ${JSON.stringify(text)}`, `invalid regexp parser: ${reason}`);
    }
    return { kind: 'regexp', pattern: text };
  }
  throw node.unsupported(`the parser "${node.text.split(/\s/)[0]}"`);
}

/** In Loki's words. */
function stageError(stage: string, reason: string): QueryError {
  return parseErrorWithoutPosition(`stage '${stage}' : ${reason}`);
}

function readLabelFormats(node: QueryNode): readonly LabelFormat[] {
  const formats = node.list('LabelsFormat', 'LabelFormatMatcher').map((item): LabelFormat => {
    const [to, from] = item.all('Identifier');
    const literal = item.child('String');
    return literal === undefined
      ? { kind: 'rename', to: to.text, from: from.text }
      : {
          kind: 'template',
          to: to.text,
          template: template(literal, `invalid template for label '${to.text}': template: label:1: `),
        };
  });
  const names = formats.map(({ to }) => to);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) {
    throw parseErrorWithoutPosition(`multiple label name '${twice}' not allowed in a single format operation`);
  }
  if (names.includes('__error__')) {
    throw parseErrorWithoutPosition('__error__ cannot be formatted');
  }
  return formats;
}

function template(literal: QueryNode, place: string): Template {
  try {
    return readTemplate(literal.string());
  } catch (error) {
    throw error instanceof TemplateError ? stageError(literal.text, `${place}${error.message}`) : error;
  }
}

function readNamedMatchers(node: QueryNode, itemName: string): readonly NamedMatcher[] {
  return node.list(node.name, itemName).map((item) => {
    const matcher = item.child('Matcher');
    if (matcher === undefined) {
      return { name: item.need('Identifier').text };
    }
    const read = readMatcher(matcher);
    return { name: read.name, matcher: read };
  });
}

type FilterOperator = 'and' | 'or' | 'comma';
const filterRanks: Readonly<Record<FilterOperator, Rank | undefined>> = {
  or: { level: 1 },
  and: { level: 2 },
  comma: undefined,
};

export function readLabelFilter(node: QueryNode): LabelFilter {
  const { first, rest } = flattenLabelFilter(node);
  return nest<FilterOperator, LabelFilter>(first, rest, {
    rank: (operator) => filterRanks[operator],
    combine: (operator, left, right) => ({ kind: operator === 'or' ? 'or' : 'and', left, right }),
  });
}

function flattenLabelFilter(node: QueryNode): {
  readonly first: LabelFilter;
  readonly rest: ReadonlyArray<ChainLink<FilterOperator, LabelFilter>>;
} {
  const filters = node.all('LabelFilter');
  if (filters.length === 2) {
    const left = flattenLabelFilter(filters[0]);
    const right = flattenLabelFilter(filters[1]);
    const operator = node.child('And') !== undefined ? 'and' : node.child('Or') !== undefined ? 'or' : 'comma';
    return { first: left.first, rest: [...left.rest, { operator, operand: right.first }, ...right.rest] };
  }
  return { first: filters.length === 1 ? readLabelFilter(filters[0]) : readSimpleLabelFilter(node), rest: [] };
}

function readSimpleLabelFilter(node: QueryNode): LabelFilter {
  const [content] = node.children;
  switch (content.name) {
    case 'Matcher':
      return { kind: 'match', matcher: readMatcher(content) };
    case 'NumberFilter':
      return readComparison(content, 'number');
    case 'UnitFilter': {
      const [unit] = content.children;
      return readComparison(unit, unit.name === 'DurationFilter' ? 'duration' : 'bytes');
    }
    case 'IpLabelFilter':
      return readIpLabelFilter(content);
    default:
      throw content.error(`unexpected ${content.name}`);
  }
}

function readIpLabelFilter(node: QueryNode): LabelFilter {
  const [name, operator] = node.children;
  const pattern = node.need('String').string();
  if (ipPredicate(pattern) === undefined) {
    throw node.error(`ip: invalid pattern: ${JSON.stringify(pattern)}`);
  }
  return { kind: 'ip', name: name.text, negated: operator.name === 'Neq', pattern };
}

function readComparison(node: QueryNode, unit: 'number' | 'duration' | 'bytes'): LabelFilter {
  const [name, operator, literal] = node.children;
  const parse = { number: parseFloatStrictly, duration: parseDuration, bytes: parseBytes }[unit];
  const value = parse(literal.text.replace(/\s/g, ''));
  if (value === undefined) {
    throw literal.error(`"${literal.text}" is no ${unit}`);
  }
  return { kind: 'compare', name: name.text, operator: compareOperators[operator.name], unit, value };
}
