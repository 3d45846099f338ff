/** Series of a metric as Grafana's time series, one frame per series. */
import { createDataFrame, type DataFrame, DataFrameType, FieldType } from '@grafana/data';
import { type MetricSeries, type MetricsRead } from '../fetch/metrics-reader';
import { type MetricsPlan } from '../plan/metrics-plan';
import { noteTexts } from '../plan/note-text';
import { field, warnings } from './frame-parts';

export function metricsFrames(
  plan: MetricsPlan,
  { series, stepSeconds, notes }: MetricsRead,
  options: { readonly refId: string; readonly logql: string }
): DataFrame[] {
  const { refId, logql } = options;
  const meta = {
    type: DataFrameType.TimeSeriesMulti,
    typeVersion: [0, 1] as [number, number],
    preferredVisualisationType: 'graph' as const,
    executedQueryString: logql,
  };
  if (series.length === 0) {
    const none =
      'No records in this time range contain the fields that this metric needs: widen the time range or remove filters.';
    return [createDataFrame({ refId, meta: { ...meta, notices: warnings([...noteTexts(notes), none]) }, fields: [] })];
  }
  return series.map((one, i) =>
    createDataFrame({
      name: titleOf(one, plan),
      refId,
      // Notices of a panel are those of its first frame.
      meta: i === 0 ? { ...meta, notices: warnings(noteTexts(notes)) } : meta,
      fields: [
        field(
          'Time',
          FieldType.time,
          one.points.map(({ timeMs }) => timeMs),
          { interval: stepSeconds * 1000 }
        ),
        {
          ...field(
            'Value',
            FieldType.number,
            one.points.map(({ value }) => value),
            { displayNameFromDS: titleOf(one, plan), unit: plan.unit, min: plan.unit === 'percentunit' ? 0 : undefined }
          ),
          labels: { ...one.labels },
        },
      ],
    })
  );
}

/** `api-1 p95`; the metric's own words where nothing splits it. */
function titleOf({ name, labels }: MetricSeries, { metric, by }: MetricsPlan): string {
  const group = by === undefined ? '' : labels[by] || `no ${by}`;
  if (metric === 'latency' || metric === 'rtt') {
    return [group, name].filter((word) => word !== '').join(' ');
  }
  return group || name || RATIO_WORDS[metric] || metric;
}

const RATIO_WORDS: Readonly<Record<string, string>> = {
  errorRatio: 'failed requests',
  retransmissionRatio: 'retransmitted packets',
  lossRatio: 'upstream segment loss',
};
