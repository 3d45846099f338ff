/** Selectors and log pipelines: syntax tree → AST. */
import {
  type CompareOperator,
  type LabelFilter,
  type LineFilterOperator,
  type Matcher,
  type MatchOperator,
  type NamedMatcher,
  type Stage,
  type TemplatePart,
} from './ast';
import { parseBytes, parseDuration, parseFloatStrictly } from './literals';
import { parseJsonPath } from './json-path';
import { type ChainLink, nest, type Rank } from './precedence';
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
const lineFilterOperators: Readonly<Record<string, LineFilterOperator>> = {
  PipeExact: '|=',
  Neq: '!=',
  PipeMatch: '|~',
  Nre: '!~',
};

export function readSelector(node: QueryNode): readonly Matcher[] {
  return node.list('Matchers', 'Matcher').map(readMatcher);
}

function readMatcher(node: QueryNode): Matcher {
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
    case 'LabelParser': {
      const [parser] = node.children;
      if (parser.name === 'Json') {
        return [{ kind: 'json' }];
      }
      throw parser.unsupported(`the parser "${parser.text}"`);
    }
    case 'LogfmtParser': {
      const flags = node.child('LogfmtParserFlags')?.list('LogfmtParserFlags', 'ParserFlag') ?? [];
      const has = (flag: string) => flags.some(({ text }) => text === flag);
      return [{ kind: 'logfmt', strict: has('--strict'), keepEmpty: has('--keep-empty') }];
    }
    case 'JsonExpressionParser':
      return [
        {
          kind: 'jsonFields',
          fields: node
            .need('LabelExtractionExpressionList')
            .list('LabelExtractionExpressionList', 'LabelExtractionExpression')
            .map((item) => {
              const label = item.need('Identifier').text;
              const expression = item.child('String')?.string() ?? label;
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
      return [{ kind: 'lineFormat', template: readTemplate(node.need('String')) }];
    case 'LabelFormatExpr':
      return [
        {
          kind: 'labelFormat',
          formats: node
            .need('LabelsFormat')
            .list('LabelsFormat', 'LabelFormatMatcher')
            .map((item) => {
              const [to, from] = item.all('Identifier');
              const template = item.child('String');
              return template === undefined
                ? { kind: 'rename', to: to.text, from: from.text }
                : { kind: 'template', to: to.text, template: readTemplate(template) };
            }),
        },
      ];
    case 'DropLabelsExpr':
      return [{ kind: 'drop', labels: readNamedMatchers(node.need('DropLabels'), 'DropLabel') }];
    case 'KeepLabelsExpr':
      return [{ kind: 'keep', labels: readNamedMatchers(node.need('KeepLabels'), 'KeepLabel') }];
    default:
      throw node.unsupported(`"${node.text.split(/\s/)[0]}"`);
  }
}

function readLineFilter(node: QueryNode): Stage {
  const [operatorToken] = node.need('Filter').children;
  const operator = lineFilterOperators[operatorToken.name];
  if (operator === undefined) {
    throw operatorToken.unsupported(`the pattern filter "${operatorToken.text}"`);
  }
  const alternatives: string[] = [];
  const collect = (holder: QueryNode) => {
    const ip = holder.child('FilterOp');
    if (ip !== undefined) {
      throw ip.unsupported('the line filter ip()');
    }
    alternatives.push(...holder.all('String').map((literal) => literal.string()));
    holder.all('OrFilter').forEach(collect);
    holder.all('LineFilter').forEach(collect);
  };
  collect(node);
  return { kind: 'lineFilter', operator, alternatives };
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
      throw content.unsupported('the label filter ip()');
    default:
      throw content.error(`unexpected ${content.name}`);
  }
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

function readTemplate(node: QueryNode): readonly TemplatePart[] {
  const text = node.string();
  const parts: TemplatePart[] = [];
  let position = 0;
  for (const action of text.matchAll(/\{\{(-?)\s*(.*?)\s*(-?)\}\}/gs)) {
    const field = /^(?:\.([A-Za-z_]\w*)|(__line__))$/.exec(action[2]);
    if (field === null || action[1] !== '' || action[3] !== '') {
      throw node.unsupported(`the template action "${action[0]}" (only {{.label}} and {{__line__}} are)`);
    }
    parts.push({ kind: 'text', text: text.slice(position, action.index) });
    parts.push({ kind: 'field', name: field[1] ?? field[2] });
    position = action.index + action[0].length;
  }
  const rest = text.slice(position);
  if (rest.includes('{{')) {
    throw node.error('template: unclosed action');
  }
  parts.push({ kind: 'text', text: rest });
  return parts.filter((part) => part.kind === 'field' || part.text !== '');
}
