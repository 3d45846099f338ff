/** `line_format` and `label_format`: syntax tree → AST. */
import { type LabelFormat, type Stage } from './ast';
import { type LabelTemplate, readLabelTemplate } from './label-template';
import { parseErrorWithoutPosition, type QueryError } from './query-error';
import { type QueryNode } from './syntax-node';

export function readLineFormat(node: QueryNode): Stage {
  return {
    kind: 'lineFormat',
    template: readTemplate(node.need('String'), 'invalid line template: template: line:1: '),
  };
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
          template: readTemplate(literal, `invalid template for label '${to.text}': template: label:1: `),
        };
  });
  const names = formats.map(({ to }) => to);
  const duplicate = names.find((name, at) => names.indexOf(name) < at);
  if (duplicate !== undefined) {
    throw parseErrorWithoutPosition(`multiple label name '${duplicate}' not allowed in a single format operation`);
  }
  if (names.includes('__error__')) {
    throw parseErrorWithoutPosition('__error__ cannot be formatted');
  }
  return formats;
}

/** `place` is Loki's prefix for an error in the template. */
function readTemplate(literal: QueryNode, place: string): LabelTemplate {
  const read = readLabelTemplate(literal.string());
  if (!read.ok) {
    throw stageError(literal.text, `${place}${read.reason}`);
  }
  return read.template;
}

/** As Loki words it. */
export function stageError(stage: string, reason: string): QueryError {
  return parseErrorWithoutPosition(`stage '${stage}' : ${reason}`);
}
