/** `index/volume` and `index/volume_range`: bytes of lines by labels, as Explore and Logs Drilldown ask for them. */
import { type Matcher } from '../logql/ast';
import { compareLabels, getLabel, hasLabel, type LabelSet, labelObject, labelSet } from '../logql/label-set';
import { parseSelector } from '../logql/parse';
import { wholeStreams } from '../storage/selection';
import { type StreamSize } from '../storage/snapshot';
import { type Stream } from '../storage/stream-index';
import { readLimit, readStep, readTimeRange } from './query-parameters';
import { type Question, type Store } from './request-parts';

interface Volume {
  readonly labels: LabelSet;
  readonly bytes: number;
}

export async function answerVolume(question: Question, store: Store): Promise<unknown> {
  const { form } = question;
  const range = readTimeRange(form, store.nowNs());
  const [volumes = []] = await volumesByStep(question, store, { ...range, stepNs: range.endNs - range.startNs + 1n });
  return {
    status: 'success',
    data: {
      resultType: 'vector',
      result: largest(volumes, readLimit(form)).map(({ labels, bytes }) => ({
        metric: labelObject(labels.pairs),
        value: [Number(range.endNs / 1_000_000n) / 1000, String(bytes)],
      })),
    },
  };
}

/** A point for each step, at its last millisecond. */
export async function answerVolumeRange(question: Question, store: Store): Promise<unknown> {
  const { form } = question;
  const range = readTimeRange(form, store.nowNs());
  const stepNs = readStep(form, range);
  const steps = await volumesByStep(question, store, { ...range, stepNs });
  const series = new Map<string, { readonly labels: LabelSet; readonly points: Array<readonly [number, string]> }>();
  steps.forEach((volumes, step) => {
    const untilNs = range.startNs + BigInt(step + 1) * stepNs;
    const lastMs =
      Number((untilNs < range.endNs ? untilNs : range.endNs) / 1_000_000n) - (untilNs < range.endNs ? 1 : 0);
    for (const { labels, bytes } of largest(volumes, readLimit(form))) {
      const one = series.get(labels.key) ?? { labels, points: [] };
      one.points.push([lastMs / 1000, String(bytes)]);
      series.set(labels.key, one);
    }
  });
  return {
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [...series.values()]
        .sort((a, b) => compareLabels(a.labels, b.labels))
        .map(({ labels, points }) => ({ metric: labelObject(labels.pairs), values: points })),
    },
  };
}

/** The volumes of each step, from the start until before the end; a step without any may be missing. */
async function volumesByStep(
  { form, signal }: Question,
  store: Store,
  { startNs, endNs, stepNs }: { readonly startNs: bigint; readonly endNs: bigint; readonly stepNs: bigint }
): Promise<ReadonlyArray<readonly Volume[]>> {
  const selector = parseSelector(form.get('query') ?? '');
  const streams = store.index.select(selector);
  if (streams.length === 0) {
    return [];
  }
  const sizes = await store.reader.read(
    async (snapshot) =>
      snapshot.streamSizes(await snapshot.scope(wholeStreams(streams, startNs, endNs - 1n)), { startNs, stepNs }),
    signal
  );
  const steps: Array<readonly Volume[]> = [];
  for (let step = 0; step <= Math.max(-1, ...sizes.map((size) => size.step)); step++) {
    const ofStep = sizes.filter((size) => size.step === step);
    steps.push(added(ofStep, (stream) => groupsOf(stream, selector, form), store));
  }
  return steps;
}

function added(
  sizes: readonly StreamSize[],
  groups: (stream: Stream) => readonly LabelSet[],
  { index }: Store
): readonly Volume[] {
  const volumes = new Map<string, { readonly labels: LabelSet; bytes: number }>();
  for (const { stream, bytes } of sizes) {
    for (const labels of groups(index.get(stream))) {
      const volume = volumes.get(labels.key) ?? { labels, bytes: 0 };
      volume.bytes += bytes;
      volumes.set(labels.key, volume);
    }
  }
  return [...volumes.values()];
}

/** The groups that a stream counts towards: the requested labels, else those of the selector; or each label's name. */
function groupsOf({ labels }: Stream, selector: readonly Matcher[], form: URLSearchParams): readonly LabelSet[] {
  const targets = (form.get('targetLabels') ?? '').split(',').filter((name) => name !== '');
  if (form.get('aggregateBy') === 'labels') {
    const names = labels.pairs.map(([name]) => name).filter((name) => targets.length === 0 || targets.includes(name));
    return names.map((name) => labelSet([[name, '']]));
  }
  const names = targets.length > 0 ? targets : [...new Set(selector.map(({ name }) => name))];
  const own = names.filter((name) => hasLabel(labels, name));
  return own.length === 0 ? [] : [labelSet(own.map((name) => [name, getLabel(labels, name)] as const))];
}

function largest(volumes: readonly Volume[], limit: number): readonly Volume[] {
  return [...volumes].sort((a, b) => b.bytes - a.bytes || compareLabels(a.labels, b.labels)).slice(0, limit);
}
