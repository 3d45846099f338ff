/**
 * The LogQL that a query begins with, for people to read.
 */
import { problemText } from '../data-error';
import { assertUnreachable, type FlowQuery } from '../query/flow-query';
import { type Replace } from '../query/interpolate';
import { isId, lookUpOf } from '../query/look-up';
import { planEvents } from './events-plan';
import { l7Parts, planned, type Planned } from './filter-parts';
import { planL4List, planL7List } from './list-plan';
import { logql, type Logql } from './logql';
import { chunksLogql, shardsOf, spansLogql } from './look-up-plan';
import { planMetrics } from './metrics-plan';

/** LogQL, or a sentence that says why there is none. */
export type Preview = { readonly kind: 'logql' | 'problem'; readonly text: string };

/** What a step of a metric is shown with; the real one depends on the range. */
const SHOWN_STEP_SECONDS = 60;

export function previewOf(query: FlowQuery, replace: Replace, shardCount: number): Preview {
  switch (query.queryType) {
    case 'l7List':
      return ofPlan(planL7List(query, replace), ({ parts }) => [logql(parts)]);
    case 'l4List':
      return ofPlan(planL4List(query, replace), ({ parts }) => [logql(parts)]);
    case 'nicGraph':
      return ofPlan(
        planned(() => l7Parts(query.filters ?? {}, replace, [])),
        ({ parts }) => [logql(parts)]
      );
    case 'metrics':
      return ofPlan(planMetrics(query, replace), (plan) => plan.queries(SHOWN_STEP_SECONDS));
    case 'events':
      return ofPlan(planEvents(query, replace), (plans) => plans.map((plan) => plan.logql(SHOWN_STEP_SECONDS)));
    case 'packets':
    case 'hops':
    case 'trace':
    case 'story':
    case 'related':
    case 'records': {
      const { lookUp, flowShard } = lookUpOf(query, replace);
      if (lookUp === undefined) {
        return { kind: 'problem', text: problemText({ kind: 'no-id' }) };
      }
      if (lookUp.by !== 'seq' && !isId(lookUp.id)) {
        return { kind: 'problem', text: problemText({ kind: 'bad-id', id: lookUp.id.slice(0, 80) }) };
      }
      const shards = shardsOf(lookUp, flowShard, shardCount);
      const ofChunks = lookUp.by === 'connection' || lookUp.by === 'inner' ? chunksLogql(lookUp, shards) : undefined;
      return { kind: 'logql', text: ofChunks ?? spansLogql(lookUp, shards) };
    }
    default:
      return assertUnreachable(query);
  }
}

function ofPlan<P>(plan: Planned<P>, queriesOf: (plan: P) => readonly Logql[]): Preview {
  return plan.ok
    ? { kind: 'logql', text: queriesOf(plan.plan).join('\n') }
    : { kind: 'problem', text: problemText(plan.problem) };
}
