/**
 * Series of a metric. Each step counts the records of the time before it, so that no record counts twice and none is left out.
 */
import { type MetricsPlan } from '../plan/metrics-plan';
import { type Note } from '../plan/note-text';
import { stepSecondsOf, type TimeWindow, windowSeconds } from '../plan/time-window';
import { type LokiClient, type Series } from '../loki/loki-client';

export interface MetricSeries extends Series {
  /** `p95`, `requests`; '' where the labels alone name it. */
  readonly name: string;
}

export interface MetricsRead {
  readonly series: readonly MetricSeries[];
  readonly stepSeconds: number;
  readonly notes: readonly Note[];
}

interface MetricsOptions {
  readonly window: TimeWindow;
  readonly maxPoints: number;
  readonly minStepSeconds?: number;
  readonly signal: AbortSignal;
}

/** Loki's default for series in one answer. */
const MAX_SERIES = 500;
/** Nobody can distinguish more lines than these, and the page becomes slow. */
const SHOWN_SERIES = 100;

export async function readMetrics(
  client: LokiClient,
  plan: MetricsPlan,
  { window, maxPoints, minStepSeconds = 1, signal }: MetricsOptions
): Promise<MetricsRead> {
  const stepSeconds = Math.max(minStepSeconds, stepSecondsOf(windowSeconds(window), maxPoints));
  const answers = await Promise.all(
    plan.queries(stepSeconds).map((logql) => client.series({ logql, window, stepSeconds }, signal))
  );
  const series = combined(plan, answers, stepSeconds);
  const shown = [...series].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, SHOWN_SERIES);
  const notes: Note[] = [];
  if (answers.some((answer) => answer.length >= MAX_SERIES)) {
    notes.push({ kind: 'series-limit', series: MAX_SERIES });
  } else if (shown.length < series.length) {
    notes.push({ kind: 'largest-series', shown: SHOWN_SERIES, of: series.length });
  }
  return { series: shown.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)), stepSeconds, notes };
}

function combined(
  { combination }: MetricsPlan,
  answers: ReadonlyArray<readonly Series[]>,
  stepSeconds: number
): readonly MetricSeries[] {
  switch (combination.kind) {
    case 'each': {
      const scale = combination.perSecond ? 1 / stepSeconds : 1;
      return answers.flatMap((answer, i) =>
        answer.map(({ labels, points }) => ({
          name: combination.names[i],
          labels,
          points: points.map(({ timeMs, value }) => ({ timeMs, value: value * scale })),
        }))
      );
    }
    case 'ratio': {
      const above = summed(answers.slice(0, combination.above));
      return [...summed(answers.slice(combination.above))].map(([key, below]) => ({
        name: '',
        labels: below.labels,
        points: [...below.byTime]
          .filter(([, value]) => value > 0)
          .map(([timeMs, value]) => ({ timeMs, value: (above.get(key)?.byTime.get(timeMs) ?? 0) / value }))
          .sort((a, b) => a.timeMs - b.timeMs),
      }));
    }
  }
}

interface Summed {
  readonly labels: Series['labels'];
  readonly byTime: Map<number, number>;
}

function summed(answers: ReadonlyArray<readonly Series[]>): ReadonlyMap<string, Summed> {
  const byLabels = new Map<string, Summed>();
  for (const { labels, points } of answers.flat()) {
    const key = keyOf(labels);
    const sum = byLabels.get(key) ?? { labels, byTime: new Map<number, number>() };
    byLabels.set(key, sum);
    for (const { timeMs, value } of points) {
      sum.byTime.set(timeMs, (sum.byTime.get(timeMs) ?? 0) + value);
    }
  }
  return byLabels;
}

function keyOf(labels: Series['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nameOf({ name, labels }: MetricSeries): string {
  return `${keyOf(labels)} ${name}`;
}

function sizeOf({ points }: Series): number {
  return points.reduce((sum, { value }) => sum + value, 0);
}
