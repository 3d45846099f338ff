/**
 * The LogQL that a query begins with, for people to read.
 */
import { DataError } from '../data-error';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type FlowQuery } from '../query/flow-query';
import { type Replace } from '../query/interpolate';
import { isId, lookUpOf } from '../query/look-up';
import { planEvents } from './events-plan';
import { l7Parts } from './filter-parts';
import { planL4List, planL7List } from './list-plan';
import { logql, type Logql } from './logql';
import { chunksLogql, shardsOf, spansLogql } from './look-up-plan';
import { planMetrics } from './metrics-plan';

/** LogQL, or a sentence that says why there is none. */
export type Preview = { readonly kind: 'logql' | 'problem'; readonly text: string };

/** What a step of a metric is shown with; the real one depends on the range. */
const SHOWN_STEP_SECONDS = 60;

export function previewOf(query: FlowQuery, replace: Replace, shardCount: number): Preview {
  try {
    return { kind: 'logql', text: queriesOf(query, replace, shardCount).join('\n') };
  } catch (error) {
    if (error instanceof DataError) {
      return { kind: 'problem', text: error.message };
    }
    throw error;
  }
}

function queriesOf(query: FlowQuery, replace: Replace, shardCount: number): readonly Logql[] {
  switch (query.queryType) {
    case 'l7List':
      return [logql(planL7List(query, replace).parts)];
    case 'l4List':
      return [logql(planL4List(query, replace).parts)];
    case 'nicGraph':
      return [logql(l7Parts(query.filters ?? {}, replace, []).parts)];
    case 'metrics':
      return planMetrics(query, replace).queries(SHOWN_STEP_SECONDS);
    case 'events':
      return planEvents(query, replace).map((plan) => plan.logql(SHOWN_STEP_SECONDS));
    case 'packets':
    case 'hops':
    case 'trace':
    case 'story':
    case 'related':
    case 'records': {
      const { lookUp, flowShard } = lookUpOf(query, replace);
      if (lookUp === undefined) {
        throw new DataError({ kind: 'no-id' });
      }
      if (lookUp.by !== 'seq' && !isId(lookUp.id)) {
        throw new DataError({ kind: 'bad-id', id: lookUp.id.slice(0, 80) });
      }
      const shards = shardsOf(lookUp, flowShard, shardCount);
      const ofChunks = lookUp.by === 'connection' || lookUp.by === 'inner' ? chunksLogql(lookUp, shards) : undefined;
      return [ofChunks ?? spansLogql(lookUp, shards)];
    }
    default:
      return assertUnreachable(query);
  }
}
