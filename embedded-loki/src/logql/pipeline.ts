/** Stages → one function that a line runs through. Returns the line, perhaps rewritten, or undefined where it is dropped. */
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type LabelFormat, type NamedMatcher, type Stage } from './ast';
import { extractJson, extractJsonFields } from './json-stage';
import { type LabelBuilder } from './label-builder';
import { labelsReadBy, labelTest } from './label-filter';
import { ERROR_DETAILS_LABEL, ERROR_LABEL, PRESERVE_ERROR_LABEL } from './label-set';
import { fillTemplate, labelsIn } from './label-template';
import { lineFilterTest, mixedLineTest } from './line-filter';
import { extractLogfmt, extractLogfmtFields } from './logfmt-stage';
import { matcherPredicate } from './matcher';
import { compileRegex } from './regex';
import { extractPattern, extractRegexp, unpacked, withoutColours } from './text-stages';

type Pipeline = (line: string, labels: LabelBuilder) => string | undefined;

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
      const test = lineFilterTest(stage);
      return (line) => (test(line) ? line : undefined);
    }
    case 'lineTest': {
      const test = mixedLineTest(stage);
      return (line) => (test(line) ? line : undefined);
    }
    case 'pattern':
      return (line, labels) => {
        extractPattern(line, stage.parts, labels);
        return line;
      };
    case 'regexp': {
      const regex = compileRegex(stage.pattern);
      return (line, labels) => {
        extractRegexp(line, regex, labels);
        return line;
      };
    }
    case 'unpack':
      return unpacked;
    case 'decolorize':
      return withoutColours;
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
    case 'logfmtFields':
      return (line, labels) => {
        extractLogfmtFields(line, stage, labels);
        return line;
      };
    case 'labelFilter': {
      const test = labelTest(stage.filter);
      return (line, labels) => (test(labels) ? line : undefined);
    }
    case 'lineFormat':
      return (_, labels) => fillTemplate(stage.template, (name) => templateValue(name, labels));
    case 'labelFormat':
      return (line, labels) => {
        formatLabels(stage.formats, labels);
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

function templateValue(name: string, labels: LabelBuilder): string {
  return name === ERROR_DETAILS_LABEL ? labels.errorDetails : labels.filterValue(name);
}

/** All templates of a stage see the labels as they were before its first. */
function formatLabels(formats: readonly LabelFormat[], labels: LabelBuilder): void {
  let before: ReadonlyMap<string, string> | undefined;
  for (const format of formats) {
    if (format.kind === 'rename') {
      const found = labels.lookUp(format.from);
      if (found !== undefined) {
        labels.set(found.category, format.to, found.value);
        labels.delete(format.from);
      }
      continue;
    }
    before ??= new Map(
      formats
        .flatMap((one) => (one.kind === 'template' ? labelsIn(one.template) : []))
        .map((name) => [name, templateValue(name, labels)])
    );
    const known = before;
    labels.set(
      'parsed',
      format.to,
      fillTemplate(format.template, (name) => known.get(name) ?? '')
    );
  }
}

function compileDrop({ name, matcher }: NamedMatcher): (labels: LabelBuilder) => void {
  const test = matcher === undefined ? () => true : matcherPredicate(matcher);
  return (labels) => {
    if (name === ERROR_LABEL) {
      labels.error = test(labels.error) ? '' : labels.error;
    } else if (name === ERROR_DETAILS_LABEL) {
      labels.errorDetails = test(labels.errorDetails) ? '' : labels.errorDetails;
    } else if (test(labels.get(name) ?? '')) {
      labels.delete(name);
    }
  };
}

function compileKeep(named: readonly NamedMatcher[]): (name: string, value: string) => boolean {
  const special = [ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL];
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
        return labelsIn(stage.template);
      case 'labelFormat':
        return stage.formats.flatMap((format) =>
          format.kind === 'rename' ? [format.from] : labelsIn(format.template)
        );
      case 'lineFilter':
      case 'lineTest':
      case 'json':
      case 'jsonFields':
      case 'logfmt':
      case 'logfmtFields':
      case 'pattern':
      case 'regexp':
      case 'unpack':
      case 'decolorize':
      case 'drop':
      case 'keep':
        return [];
      default:
        return assertUnreachable(stage);
    }
  });
}
