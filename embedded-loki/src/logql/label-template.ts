/**
 * Templates of `line_format` and `label_format`: text with `{{.label}}`. Nothing else of Go's text/template is known, and
 * anything else is refused when the query is parsed, so a template cannot fail on a line.
 */
type TemplatePart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'label'; readonly name: string };

export type LabelTemplate = readonly TemplatePart[];

export function readLabelTemplate(
  text: string
): { readonly ok: true; readonly template: LabelTemplate } | { readonly ok: false; readonly reason: string } {
  const template: TemplatePart[] = [];
  for (const piece of text.split(/(\{\{.*?(?:\}\}|$))/s)) {
    if (!piece.startsWith('{{')) {
      template.push({ kind: 'text', text: piece });
      continue;
    }
    const name = /^\{\{\s*\.([a-zA-Z_]\w*)\s*\}\}$/.exec(piece)?.[1];
    if (name === undefined) {
      return {
        ok: false,
        reason: piece.endsWith('}}')
          ? `${piece} is not supported by this store; a template may contain text and {{.label}} only`
          : 'unclosed action',
      };
    }
    template.push({ kind: 'label', name });
  }
  return { ok: true, template };
}

export function fillTemplate(template: LabelTemplate, valueOf: (label: string) => string): string {
  return template.map((part) => (part.kind === 'text' ? part.text : valueOf(part.name))).join('');
}

/** The labels that a template reads. */
export function labelsIn(template: LabelTemplate): readonly string[] {
  return template.flatMap((part) => (part.kind === 'label' ? [part.name] : []));
}
