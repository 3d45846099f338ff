/** A range aggregation's inner part: line → value and labels. */
import {
  type Grouping,
  type LogRange,
  type RangeAggregation,
  type RangeOperator,
  type Unwrap,
  type VectorOperator,
} from './ast';
import { LabelBuilder } from './label-builder';
import { labelsReadBy, labelTest } from './label-filter';
import { type LabelSet } from './label-set';
import { describeUnreadable, parseBytes, parseDuration, parseFloatStrictly } from './literals';
import { ParserHints } from './parser-hints';
import { compilePipeline, labelsRequiredBy } from './pipeline';

const SAMPLE_EXTRACTION_ERROR = 'SampleExtractionErr';

interface SampleExtractor {
  /** What a line must be parsed for; shared by all streams of the query. */
  readonly hints: ParserHints;
  /** One per stream; reset it before each line. */
  labelsFor(stream: LabelSet): LabelBuilder;
  /** The sample's value, or undefined where the line yields none. Labels are then in `labels.grouped()`. */
  extract(line: string, labels: LabelBuilder): number | undefined;
}

/** The labels that samples keep, and which of a parser's fields are needed for them. */
function extractionHints(aggregation: RangeAggregation, outer: Grouping | undefined): ParserHints {
  const { operator, range } = aggregation;
  const grouping = outer ?? aggregation.grouping;
  const groups = [...(grouping?.labels ?? [])];
  let without = grouping?.without ?? false;
  const noLabels =
    operator === 'absent_over_time' || (grouping !== undefined && !grouping.without && groups.length === 0);
  if (range.unwrap !== undefined && (groups.length === 0 || without)) {
    // The unwrapped label is the value: as a label it would make each sample a series of its own.
    without = true;
    groups.push(range.unwrap.label);
  }
  return new ParserHints({ groups: groups.sort(), without, noLabels, required: requiredLabels(range) });
}

function requiredLabels({ stages, unwrap }: LogRange): readonly string[] {
  const required = labelsRequiredBy(stages);
  return unwrap === undefined ? required : [...required, ...unwrap.filters.flatMap(labelsReadBy), unwrap.label];
}

/** A sum of sums needs only the labels of the outer grouping. */
export function canGroupInside(outer: VectorOperator, inner: RangeOperator): boolean {
  return (
    outer === 'sum' && ['bytes_over_time', 'bytes_rate', 'sum_over_time', 'rate', 'count_over_time'].includes(inner)
  );
}

export function sampleExtractor(aggregation: RangeAggregation, outer: Grouping | undefined): SampleExtractor {
  const { operator, range } = aggregation;
  const hints = extractionHints(aggregation, outer);
  const pipeline = compilePipeline(range.stages);
  const valueOf =
    range.unwrap === undefined ? lineValue(operator) : (_: string, labels: LabelBuilder) => unwrapped(labels);
  const unwrapped = range.unwrap === undefined ? () => undefined : unwrapper(range.unwrap);
  return {
    hints,
    labelsFor: (stream) => new LabelBuilder(stream, hints),
    extract(line, labels) {
      const processed = pipeline(line, labels);
      return processed === undefined ? undefined : valueOf(processed, labels);
    },
  };
}

function lineValue(operator: RangeOperator): (line: string) => number {
  return operator === 'bytes_over_time' || operator === 'bytes_rate' ? (line) => Buffer.byteLength(line) : () => 1;
}

const CONVERSIONS: Readonly<Record<Unwrap['conversion'], (text: string) => number | undefined>> = {
  float: parseFloatStrictly,
  bytes: parseBytes,
  duration: (text) => {
    const nanoseconds = parseDuration(text, { goOnly: true });
    return nanoseconds === undefined ? undefined : nanoseconds / 1e9;
  },
};

function unwrapper({ label, conversion, filters }: Unwrap): (labels: LabelBuilder) => number | undefined {
  const convert = CONVERSIONS[conversion];
  const tests = filters.map(labelTest);
  return (labels) => {
    const text = labels.get(label);
    if (text === undefined || text === '') {
      return undefined;
    }
    const value = convert(text);
    if (value === undefined) {
      labels.error = SAMPLE_EXTRACTION_ERROR;
      labels.errorDetails = describeUnreadable(text, conversion === 'float' ? 'number' : conversion);
    }
    return tests.every((test) => test(labels)) ? (value ?? 0) : undefined;
  };
}
