/** `detected_labels`, `detected_fields` and the values of one: what Logs Drilldown offers to filter by. */
import { FieldDetector } from '../logql/field-detection';
import { parseFloatStrictly } from '../logql/literals';
import { parseQuery } from '../logql/parse';
import { runLogQuery } from '../query/log-query';
import { readLimit, readTimeRange, readWhole } from './query-parameters';
import { RequestError } from './request-error';
import { type Question, type Store } from './request-parts';
import { streamsAskedFor } from './stream-routes';

/** Loki's defaults. */
const DEFAULT_FIELDS = 1_000;
const DEFAULT_LINES = 100;
/** Labels that are offered even if all their values are numbers. */
const ALWAYS_RELEVANT = ['cluster', 'namespace', 'instance', 'pod'];
const UUID = /^(urn:uuid:|\{)?[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}\}?$/i;

export async function answerDetectedLabels(question: Question, store: Store): Promise<unknown> {
  const values = new Map<string, Set<string>>();
  for (const { labels } of await streamsAskedFor(question, store)) {
    for (const [name, value] of labels.pairs) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  const relevant = [...values].filter(([name, found]) => ALWAYS_RELEVANT.includes(name) || !areIds([...found]));
  return { detectedLabels: relevant.map(([label, found]) => ({ label, cardinality: found.size })) };
}

/** Numbers and UUIDs, except flags that are 0 or 1. */
function areIds(values: readonly string[]): boolean {
  const isFlag = values.length <= 2 && values.every((value) => value === '0' || value === '1');
  return !isFlag && values.every((value) => parseFloatStrictly(value) !== undefined || UUID.test(value));
}

export async function answerDetectedFields(question: Question, store: Store): Promise<unknown> {
  const limit = question.form.get('limit') ? readLimit(question.form) : DEFAULT_FIELDS;
  const { fields } = await detect(question, store, limit);
  return {
    fields: fields.map(({ name, type, values, parsers, jsonPath }) => ({
      label: name,
      type,
      cardinality: values.size,
      parsers: parsers.size === 0 ? null : [...parsers],
      ...(jsonPath === undefined ? {} : { jsonPath }),
    })),
    limit,
  };
}

export async function answerDetectedFieldValues(question: Question, store: Store): Promise<unknown> {
  const { name } = question.request.params as { readonly name: string };
  const limit = question.form.get('limit') ? readLimit(question.form) : DEFAULT_FIELDS;
  const { fields } = await detect(question, store, Infinity);
  const values = fields.find((field) => field.name === name)?.values ?? new Set<string>();
  return { values: [...values].slice(0, limit), limit };
}

async function detect({ form, signal }: Question, store: Store, mostFields: number): Promise<FieldDetector> {
  const expression = parseQuery(form.get('query') ?? '');
  if (expression.kind !== 'log') {
    throw new RequestError(400, 'only log queries have fields to detect');
  }
  const { startNs, endNs } = readTimeRange(form, store.nowNs());
  const limit = form.get('line_limit') ? readWhole(form, 'line_limit') : DEFAULT_LINES;
  const detector = new FieldDetector(mostFields);
  const { entries } = await runLogQuery(
    expression,
    { startNs, endNs, limit, backward: true, intervalNs: 0n },
    { index: store.index, reader: store.reader, signal, work: { lines: 0, bytes: 0 } }
  );
  for (const { line, labels } of entries) {
    detector.add({ line, stream: labels.stream, metadata: labels.metadata });
  }
  return detector;
}
