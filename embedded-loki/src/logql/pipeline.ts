/** Stages → one function that a line runs through. Returns the line, perhaps rewritten, or undefined where it is dropped. */
import { assertUnreachable, type LabelFormat, type NamedMatcher, type Stage, type TemplatePart } from './ast';
import { extractJson, extractJsonFields } from './json-stage';
import { errorDetailsLabel, errorLabel, type LabelBuilder, preserveErrorLabel } from './label-builder';
import { labelsReadBy, labelTest } from './label-filter';
import { lineTest } from './line-filter';
import { extractLogfmt } from './logfmt-stage';
import { matcherPredicate } from './matcher';

export type Pipeline = (line: string, labels: LabelBuilder) => string | undefined;

export function compilePipeline(stages: readonly Stage[]): Pipeline {
  const steps = stages.map(compileStage);
  return (line, labels) => {
    let current: string | undefined = line;
    for (const step of steps) {
      current = step(current, labels);
      if (current === undefined) {
        return undefined;
      }
    }
    return current;
  };
}

function compileStage(stage: Stage): Pipeline {
  switch (stage.kind) {
    case 'lineFilter': {
      const test = lineTest(stage);
      return (line) => (test(line) ? line : undefined);
    }
    case 'json':
      return (line, labels) => {
        extractJson(line, labels);
        return line;
      };
    case 'jsonFields':
      return (line, labels) => {
        extractJsonFields(line, stage.fields, labels);
        return line;
      };
    case 'logfmt':
      return (line, labels) => {
        extractLogfmt(line, stage, labels);
        return line;
      };
    case 'labelFilter': {
      const test = labelTest(stage.filter);
      return (line, labels) => (test(labels) ? line : undefined);
    }
    case 'lineFormat':
      return (line, labels) => render(stage.template, line, labels);
    case 'labelFormat':
      return (line, labels) => {
        stage.formats.forEach((format) => formatLabel(format, line, labels));
        return line;
      };
    case 'drop': {
      const drops = stage.labels.map(compileDrop);
      return (line, labels) => {
        drops.forEach((drop) => drop(labels));
        return line;
      };
    }
    case 'keep': {
      const keeps = compileKeep(stage.labels);
      return (line, labels) => {
        for (const [name, value] of labels.all().pairs) {
          if (!keeps(name, value)) {
            labels.delete(name);
          }
        }
        return line;
      };
    }
    default:
      return assertUnreachable(stage);
  }
}

function render(template: readonly TemplatePart[], line: string, labels: LabelBuilder): string {
  return template
    .map((part) => {
      if (part.kind === 'text') {
        return part.text;
      }
      return part.name === '__line__' ? line : templateValue(part.name, labels);
    })
    .join('');
}

function templateValue(name: string, labels: LabelBuilder): string {
  return name === errorDetailsLabel ? labels.errorDetails : labels.filterValue(name);
}

function formatLabel(format: LabelFormat, line: string, labels: LabelBuilder): void {
  if (format.kind === 'template') {
    labels.set('parsed', format.to, render(format.template, line, labels));
    return;
  }
  const found = labels.lookUp(format.from);
  if (found !== undefined) {
    labels.set(found.category, format.to, found.value);
    labels.delete(format.from);
  }
}

function compileDrop({ name, matcher }: NamedMatcher): (labels: LabelBuilder) => void {
  const test = matcher === undefined ? () => true : matcherPredicate(matcher);
  return (labels) => {
    if (name === errorLabel) {
      labels.error = test(labels.error) ? '' : labels.error;
    } else if (name === errorDetailsLabel) {
      labels.errorDetails = test(labels.errorDetails) ? '' : labels.errorDetails;
    } else if (test(labels.get(name) ?? '')) {
      labels.delete(name);
    }
  };
}

function compileKeep(named: readonly NamedMatcher[]): (name: string, value: string) => boolean {
  const special = [errorLabel, errorDetailsLabel, preserveErrorLabel];
  const tests = named.map(({ name, matcher }) => ({
    name,
    test: matcher === undefined ? () => true : matcherPredicate(matcher),
  }));
  return (name, value) => special.includes(name) || tests.some((keep) => keep.name === name && keep.test(value));
}

/** The labels that the stages read: what a parser before them must extract. */
export function labelsRequiredBy(stages: readonly Stage[]): readonly string[] {
  return stages.flatMap((stage): readonly string[] => {
    switch (stage.kind) {
      case 'labelFilter':
        return labelsReadBy(stage.filter);
      case 'lineFormat':
        return fieldsOf(stage.template);
      case 'labelFormat':
        return stage.formats.flatMap((format) =>
          format.kind === 'rename' ? [format.from] : fieldsOf(format.template)
        );
      case 'lineFilter':
      case 'json':
      case 'jsonFields':
      case 'logfmt':
      case 'drop':
      case 'keep':
        return [];
      default:
        return assertUnreachable(stage);
    }
  });
}

function fieldsOf(template: readonly TemplatePart[]): readonly string[] {
  return template.flatMap((part) => (part.kind === 'field' ? [part.name] : []));
}
