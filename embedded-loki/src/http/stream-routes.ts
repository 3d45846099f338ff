/** Which streams, labels and values there are, and how much of each. */
import { type Matcher } from '../logql/ast';
import { parseSelector } from '../logql/parse';
import { type Stream } from '../storage/stream-index';
import { type StreamSize } from '../storage/snapshot';
import { wholeStreams } from '../storage/selection';
import { readTimeRange } from './query-parameters';
import { type Question, type Store } from './request-parts';

export async function answerLabels(question: Question, store: Store): Promise<unknown> {
  const streams = await streamsAskedFor(question, store);
  return listing(streams.flatMap(({ labels }) => labels.pairs.map(([name]) => name)));
}

export async function answerLabelValues(question: Question, store: Store): Promise<unknown> {
  const { name } = question.request.params as { readonly name: string };
  const streams = await streamsAskedFor(question, store);
  return listing(
    streams.flatMap(({ labels }) => labels.pairs.flatMap(([key, value]) => (key === name ? [value] : [])))
  );
}

export async function answerSeries(question: Question, store: Store): Promise<unknown> {
  const { form } = question;
  const selectors = optionalSelectors([...form.getAll('match[]'), ...form.getAll('match')]);
  const streams = await streamsInRange(question, store, selectors);
  return { status: 'success', data: streams.map(({ labels }) => Object.fromEntries(labels.pairs)) };
}

export async function answerIndexStats(question: Question, store: Store): Promise<unknown> {
  const streams = store.index.select(parseSelector(question.form.get('query') ?? ''));
  const sizes = await sizesInRange(question, store, streams);
  const total = (of: (size: StreamSize) => number) => sizes.reduce((sum, size) => sum + of(size), 0);
  return {
    streams: sizes.length,
    chunks: sizes.length,
    bytes: total(({ bytes }) => bytes),
    entries: total(({ entries }) => entries),
  };
}

/** The streams in the time range that any of the selectors `query` names; all, where there is none. */
export function streamsAskedFor(question: Question, store: Store): Promise<readonly Stream[]> {
  return streamsInRange(question, store, optionalSelectors(question.form.getAll('query')));
}

async function sizesInRange(
  { form, signal }: Question,
  store: Store,
  streams: readonly Stream[]
): Promise<readonly StreamSize[]> {
  const { startNs, endNs } = readTimeRange(form, store.nowNs());
  if (streams.length === 0) {
    return [];
  }
  return store.reader.read(
    async (snapshot) => snapshot.streamSizes(await snapshot.scope(wholeStreams(streams, startNs, endNs))),
    signal
  );
}

async function streamsInRange(
  question: Question,
  store: Store,
  selectors: ReadonlyArray<readonly Matcher[]>
): Promise<readonly Stream[]> {
  const chosen = new Set(
    selectors.length === 0 ? store.index.all() : selectors.flatMap((selector) => store.index.select(selector))
  );
  const streams = [...chosen];
  const sizes = await sizesInRange(question, store, streams);
  const present = new Set(sizes.map(({ stream }) => stream));
  return streams.filter(({ id }) => present.has(id)).sort((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
}

function optionalSelectors(queries: readonly string[]): ReadonlyArray<readonly Matcher[]> {
  return queries.filter((query) => query !== '' && query !== '{}').map(parseSelector);
}

/** As Loki: without a value, without `data`. */
function listing(values: readonly string[]): unknown {
  const data = [...new Set(values)].sort();
  return data.length === 0 ? { status: 'success' } : { status: 'success', data };
}
