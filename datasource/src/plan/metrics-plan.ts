/**
 * Metrics as LogQL: the queries of a metric, and how their series make it.
 *
 * A ratio is not divided in LogQL: a group that only one side has would be dropped there, though nothing failed is 0 % and
 * not "no data". A request is written at every NIC that it crosses; rates are therefore those at the NIC that saw the most
 * of a group, while ratios and quantiles are over all of them.
 */
import { type AdHocFilter } from '../query/ad-hoc';
import { type GroupField, type Metric, type MetricsQuery } from '../query/flow-query';
import { type Replace } from '../query/interpolate';
import { type FilterParts, l4Parts, l7Parts, RETRANSMISSION_FIELDS } from './filter-parts';
import { fieldIs, lacksField, type LineFilter } from './line-filters';
import { type Logql, type LogqlParts } from './logql';
import { countAtBusiestNic, quantileOf, sumCount, sumOf } from './metric-logql';

/** How the series of the queries become those of the metric. */
type Combination =
  /** Each query gives series of its own, named. */
  | { readonly kind: 'each'; readonly names: readonly string[]; readonly perSecond: boolean }
  /** The first `above` queries added up, over the others added up. */
  | { readonly kind: 'ratio'; readonly above: number };

export interface MetricsPlan {
  readonly metric: Metric;
  readonly by: GroupField | undefined;
  readonly unit: 'reqps' | 'cps' | 'ms' | 'percentunit';
  /** With ranges of `stepSeconds`, so that each record counts in one step. */
  readonly queries: (stepSeconds: number) => readonly Logql[];
  readonly combination: Combination;
}

const FAILED = ['server_error', 'unanswered', 'reset'];
const NOT_CONNECTED = ['refused', 'no_answer'];
const DEFAULT_QUANTILES: readonly number[] = [50, 95];
const MAX_QUANTILES = 5;

/** @throws DataError where a filter makes no sense */
export function planMetrics(query: MetricsQuery, replace: Replace, adHoc: readonly AdHocFilter[] = []): MetricsPlan {
  const { metric = 'rate', by, filters = {} } = query;
  const fields = by === undefined ? [] : [by];
  const l7 = () => partsOf(l7Parts(filters, replace, adHoc));
  const l4 = () => partsOf(l4Parts(filters, replace, adHoc));
  switch (metric) {
    case 'rate': {
      const parts = l7();
      return {
        metric,
        by,
        unit: 'reqps',
        queries: (seconds) => [countAtBusiestNic(parts, fields, seconds)],
        combination: { kind: 'each', names: ['requests'], perSecond: true },
      };
    }
    case 'connectFailures': {
      const parts = and(l4(), fieldIs('end_reason', { kind: 'oneOf', values: NOT_CONNECTED }));
      return {
        metric,
        by,
        unit: 'cps',
        queries: (seconds) => [countAtBusiestNic(parts, fields, seconds)],
        combination: { kind: 'each', names: ['connections refused or not answered'], perSecond: true },
      };
    }
    case 'errorRatio': {
      const parts = l7();
      const failed = and(parts, fieldIs('outcome', { kind: 'oneOf', values: FAILED }));
      return ratio(metric, by, (seconds) => [[sumCount(failed, fields, seconds)], [sumCount(parts, fields, seconds)]]);
    }
    case 'retransmissionRatio': {
      const parts = l4();
      return ratio(metric, by, (seconds) => [
        RETRANSMISSION_FIELDS.map((field) => sumOf(parts, field, { by: fields, seconds })),
        PACKET_FIELDS.map((field) => sumOf(parts, field, { by: fields, seconds })),
      ]);
    }
    case 'lossRatio': {
      // What the capture itself lost would look like a loss before the NIC.
      const parts = and(l4(), [lacksField('capture_drops')]);
      return ratio(metric, by, (seconds) => [
        UNSEEN_FIELDS.map((field) => sumOf(parts, field, { by: fields, seconds })),
        PACKET_FIELDS.map((field) => sumOf(parts, field, { by: fields, seconds })),
      ]);
    }
    case 'latency':
    case 'rtt': {
      const [parts, field] =
        metric === 'latency'
          ? [and(l7(), fieldIs('outcome', { kind: 'oneOf', values: ANSWERED })), 'latency_ms']
          : [l4(), 'tcp_rtt'];
      const quantiles = quantilesOf(query.quantiles);
      return {
        metric,
        by,
        unit: 'ms',
        queries: (seconds) =>
          quantiles.map((percent) => quantileOf(parts, field, { share: percent / 100, seconds, by: fields })),
        combination: { kind: 'each', names: quantiles.map((percent) => `p${percent}`), perSecond: false },
      };
    }
  }
}

/** An unanswered request has no latency, only a timeout. */
const ANSWERED = ['ok', 'client_error', 'server_error'];
const PACKET_FIELDS = ['tx_packets', 'rx_packets'];
const UNSEEN_FIELDS = ['tx_unseen_segments', 'rx_unseen_segments'];

function ratio(
  metric: Metric,
  by: GroupField | undefined,
  aboveAndBelow: (stepSeconds: number) => readonly [readonly Logql[], readonly Logql[]]
): MetricsPlan {
  return {
    metric,
    by,
    unit: 'percentunit',
    queries: (seconds) => aboveAndBelow(seconds).flat(),
    combination: { kind: 'ratio', above: aboveAndBelow(1)[0].length },
  };
}

function partsOf({ parts }: FilterParts<never>): LogqlParts {
  return parts;
}

function and(parts: LogqlParts, more: readonly LineFilter[]): LogqlParts {
  return { ...parts, lineFilters: [...parts.lineFilters, ...more] };
}

function quantilesOf(percents: readonly number[] = DEFAULT_QUANTILES): readonly number[] {
  const sane = percents.filter((percent) => percent >= 0 && percent <= 100).slice(0, MAX_QUANTILES);
  return sane.length === 0 ? DEFAULT_QUANTILES : sane;
}
