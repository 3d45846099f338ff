/** Log pipelines: syntax tree → AST. */
import { type NamedMatcher, type Stage } from './ast';
import { parseJsonPath } from './json-path';
import { readCapturePattern } from './line-pattern';
import { readLabelFormats, readLineFormat, stageError } from './parse-format';
import { readLabelFilter } from './parse-label-filter';
import { readLineFilter } from './parse-line-filter';
import { readMatcher } from './parse-matcher';
import { compileRegex } from './regex';
import { type QueryNode } from './syntax-node';

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
      return [readLineFormat(node)];
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
