/**
 * Go's text/template, as far as LogQL's `line_format` and `label_format` need it: fields, variables, literals, pipelines,
 * functions, if, with and range. Not known are `define`, `template`, `block` and methods.
 *
 * Go's integers are bigints here and its floats numbers, so that `add 1 2` prints 3 and `divf 1 2` prints 0.5.
 */
export type TemplateValue =
  string | bigint | number | boolean | null | readonly TemplateValue[] | { readonly [key: string]: TemplateValue };

export type Operand =
  | { readonly kind: 'literal'; readonly value: TemplateValue }
  /** `.` and `.a.b` */
  | { readonly kind: 'dot'; readonly path: readonly string[] }
  /** `$`, `$x` and `$x.a` */
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] };

/** A function with its arguments, or one operand alone. */
export type Command = readonly Operand[];

export interface Pipeline {
  /** `$x := …` declares, `$x = …` assigns; `range $i, $x := …` declares two. */
  readonly variables: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: Template;
      readonly otherwise: Template;
    };

export type Template = readonly TemplateNode[];

/** The labels that a template reads. */
export function fieldsOf(template: Template): readonly string[] {
  return template.flatMap((node): readonly string[] => {
    switch (node.kind) {
      case 'text':
        return [];
      case 'action':
        return fieldsOfPipeline(node.pipeline);
      default:
        return [...fieldsOfPipeline(node.pipeline), ...fieldsOf(node.body), ...fieldsOf(node.otherwise)];
    }
  });
}

function fieldsOfPipeline({ commands }: Pipeline): readonly string[] {
  return commands.flat().flatMap((operand): readonly string[] => {
    switch (operand.kind) {
      case 'dot':
      case 'variable':
        return operand.path.slice(0, 1);
      case 'pipeline':
        return fieldsOfPipeline(operand.pipeline);
      case 'function':
        return operand.name === '__line__' ? ['__line__'] : [];
      case 'literal':
        return [];
    }
  });
}
