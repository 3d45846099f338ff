/** `line_format` and `label_format`: syntax tree → AST. */
import { type LabelFormat, type Stage } from './ast';
import { parseErrorWithoutPosition, type QueryError } from './query-error';
import { type QueryNode } from './syntax-node';
import { readTemplate, TemplateError } from './template/read-template';
import { type Template } from './template/template-ast';

export function readLineFormat(node: QueryNode): Stage {
  return { kind: 'lineFormat', template: template(node.need('String'), 'invalid line template: template: line:1: ') };
}

export function readLabelFormats(node: QueryNode): readonly LabelFormat[] {
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

/** In Loki's words. */
export function stageError(stage: string, reason: string): QueryError {
  return parseErrorWithoutPosition(`stage '${stage}' : ${reason}`);
}
