/** Lists, graphs and metrics: many records at once. */
import { type DataFrame } from '@grafana/data';
import { nicGraph } from '../correlate/tables/nic-graph';
import { DataError, problemText } from '../data-error';
import { readEvents } from '../fetch/event-reader';
import { readGraph } from '../fetch/graph-reader';
import { readL4List, readL7List } from '../fetch/list-reader';
import { type LokiClient } from '../loki/loki-client';
import { readMetrics } from '../fetch/metrics-reader';
import { eventsFrame } from '../frames/events-frame';
import { l4ListFrame, l7ListFrame } from '../frames/list-frame';
import { metricsFrames } from '../frames/metrics-frames';
import { nicGraphFrames } from '../frames/nic-graph-frames';
import { type RecordLinks } from '../frames/record-links';
import { type RecordLine } from '../frames/records-frame';
import { planEvents } from '../plan/events-plan';
import { l7Parts } from '../plan/filter-parts';
import { planL4List, planL7List } from '../plan/list-plan';
import { logql } from '../plan/logql';
import { planMetrics } from '../plan/metrics-plan';
import { type Note, noteTexts } from '../plan/note-text';
import { windowSeconds } from '../plan/time-window';
import {
  type EventsQuery,
  type L4ListQuery,
  type L7ListQuery,
  type MetricsQuery,
  type NicGraphQuery,
} from '../query/flow-query';
import { type QueryContext } from './query-context';
import { type TailedQuery } from './tail';

export class ListAnswers {
  constructor(
    private readonly client: LokiClient,
    private readonly links: RecordLinks
  ) {}

  async l7List(query: L7ListQuery, { replace, adHoc, window, signal }: QueryContext): Promise<DataFrame[]> {
    const { refId, fold = 'nic' } = query;
    const plan = planOrNotice(() => planL7List(query, replace, adHoc));
    if (plan.kind === 'notice') {
      return [l7ListFrame([], { refId, notes: [plan.text], links: this.links })];
    }
    const { rows, notes, nicsSeen } = await readL7List(this.client, plan.plan, { window, signal, fold });
    const executed = logql(plan.plan.parts);
    return [l7ListFrame(rows, { refId, notes: textsOf(rows, notes), logql: executed, nicsSeen, links: this.links })];
  }

  async l4List(query: L4ListQuery, { replace, adHoc, window, signal }: QueryContext): Promise<DataFrame[]> {
    const { refId } = query;
    const plan = planOrNotice(() => planL4List(query, replace, adHoc));
    if (plan.kind === 'notice') {
      return [l4ListFrame([], { refId, notes: [plan.text], links: this.links })];
    }
    const { rows, notes } = await readL4List(this.client, plan.plan, { window, signal });
    const executed = logql(plan.plan.parts);
    return [l4ListFrame(rows, { refId, notes: textsOf(rows, notes), logql: executed, links: this.links })];
  }

  /** As log lines, for the tail. */
  async newest(query: TailedQuery, { replace, adHoc, window, signal }: QueryContext): Promise<readonly RecordLine[]> {
    if (query.queryType === 'l7List') {
      const plan = planL7List({ ...query, sort: 'newest' }, replace, adHoc);
      const { rows } = await readL7List(this.client, plan, { window, signal, fold: 'nic' });
      return rows.map((row) => ({ source: 'bpf_net_l7_log', ...row }));
    }
    const plan = planL4List({ ...query, sort: 'newest' }, replace, adHoc);
    const { rows } = await readL4List(this.client, plan, { window, signal });
    return rows.map((row) => ({ source: 'bpf_net_l4_log', ...row }));
  }

  async nicGraph(query: NicGraphQuery, { replace, adHoc, window, signal }: QueryContext): Promise<DataFrame[]> {
    const { refId } = query;
    const plan = planOrNotice(() => l7Parts(query.filters ?? {}, replace, adHoc));
    if (plan.kind === 'notice') {
      return nicGraphFrames({ nodes: [], edges: [], requests: 0 }, { refId, notes: [plan.text] });
    }
    const { parts, accepts } = plan.plan;
    const { spans, scale, notes } = await readGraph(this.client, parts, { window, signal });
    const accepted = spans.filter(({ record }) => accepts(record));
    const graph = nicGraph({ spans: accepted, seconds: windowSeconds(window), scale });
    return nicGraphFrames(graph, { refId, notes: textsOf(accepted, notes), logql: logql(parts) });
  }

  async metrics(query: MetricsQuery, context: QueryContext): Promise<DataFrame[]> {
    const plan = planMetrics(query, context.replace, context.adHoc);
    const read = await readMetrics(this.client, plan, context);
    return metricsFrames(plan, read, { refId: query.refId, logql: plan.queries(read.stepSeconds).join('\n') });
  }

  async events(query: EventsQuery, { replace, adHoc, window, signal }: QueryContext): Promise<DataFrame[]> {
    const plans = planEvents(query, replace, adHoc);
    return [eventsFrame(await readEvents(this.client, plans, { window, signal }), query.refId)];
  }
}

type PlanOrNotice<P> = { readonly kind: 'plan'; readonly plan: P } | { readonly kind: 'notice'; readonly text: string };

/** Every page begins without an id, so that is no error. */
function planOrNotice<P>(make: () => P): PlanOrNotice<P> {
  try {
    return { kind: 'plan', plan: make() };
  } catch (error) {
    if (error instanceof DataError && error.problem.kind === 'no-id') {
      return { kind: 'notice', text: error.message };
    }
    throw error;
  }
}

function textsOf(rows: readonly unknown[], notes: readonly Note[]): readonly string[] {
  return [...noteTexts(notes), ...(rows.length > 0 ? [] : [problemText({ kind: 'no-records' })])];
}
