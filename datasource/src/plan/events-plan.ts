/** Moments worth a mark, as LogQL: how many of a kind fell into each step, per host. */
import { type AdHocFilter } from '../query/ad-hoc';
import { EVENT_KINDS, type EventKind, type EventsQuery } from '../query/flow-query';
import { type Replace } from '../query/interpolate';
import { l4Parts, l7Parts } from './filter-parts';
import { fieldIs } from './line-filters';
import { type Logql } from './logql';
import { sumCount, sumOf } from './metric-logql';

export interface EventPlan {
  readonly kind: EventKind;
  readonly atLeast: number;
  /** Only what is clearly more than usual is an event: a number that nobody chose fits no traffic. */
  readonly aboveUsual: boolean;
  readonly logql: (stepSeconds: number) => Logql;
}

const DEFAULT_AT_LEAST = 5;
const RESETS = ['reset', 'reset_by_client', 'reset_by_server', 'refused'];
const PER_HOST = ['host'];

/** @throws DataError where a filter makes no sense */
export function planEvents(
  query: EventsQuery,
  replace: Replace,
  adHoc: readonly AdHocFilter[] = []
): readonly EventPlan[] {
  const { filters = {}, kinds = EVENT_KINDS, atLeast = DEFAULT_AT_LEAST } = query;
  const aboveUsual = query.atLeast === undefined;
  return kinds.map((kind): EventPlan => {
    switch (kind) {
      case 'resets': {
        const { parts } = l4Parts(filters, replace, adHoc);
        const reset = {
          ...parts,
          lineFilters: [...parts.lineFilters, ...fieldIs('end_reason', { kind: 'oneOf', values: RESETS })],
        };
        return { kind, atLeast, aboveUsual, logql: (seconds) => sumCount(reset, PER_HOST, seconds) };
      }
      case 'unanswered': {
        const { parts } = l7Parts(filters, replace, adHoc);
        const unanswered = {
          ...parts,
          lineFilters: [...parts.lineFilters, ...fieldIs('outcome', { kind: 'oneOf', values: ['unanswered'] })],
        };
        return { kind, atLeast, aboveUsual, logql: (seconds) => sumCount(unanswered, PER_HOST, seconds) };
      }
      case 'captureLoss': {
        const { parts } = l4Parts(filters, replace, adHoc);
        return {
          kind,
          atLeast: query.atLeast ?? 1,
          aboveUsual: false,
          logql: (seconds) => sumOf(parts, 'capture_drops', { by: PER_HOST, seconds }),
        };
      }
    }
  });
}
