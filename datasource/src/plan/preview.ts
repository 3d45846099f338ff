/**
 * The LogQL that a query begins with, for people to read.
 */
import { problemText } from '../data-error';
import { assertUnreachable, type FlowQuery } from '../query/flow-query';
import { lookUpOf, type Replace } from '../query/interpolate';
import { type Planned, planL4List, planL7List } from './list-plan';
import { logql } from './logql';
import { chunksLogql, shardsOf, spansLogql } from './look-up-plan';

/** LogQL, or a sentence that says why there is none. */
export type Preview = { readonly kind: 'logql' | 'problem'; readonly text: string };

export function previewOf(query: FlowQuery, replace: Replace, shardCount: number): Preview {
  switch (query.queryType) {
    case 'l7List':
      return ofPlan(planL7List(query, replace));
    case 'l4List':
      return ofPlan(planL4List(query, replace));
    case 'packets':
    case 'hops':
    case 'records': {
      const { lookUp, flowShard } = lookUpOf(query, replace);
      if (lookUp === undefined) {
        return { kind: 'problem', text: problemText({ kind: 'no-id' }) };
      }
      const shards = shardsOf(lookUp, flowShard, shardCount);
      const text =
        lookUp.by === 'connection' || lookUp.by === 'inner'
          ? chunksLogql({ by: lookUp.by, id: lookUp.id }, shards)
          : spansLogql(lookUp, shards);
      return { kind: 'logql', text };
    }
    default:
      return assertUnreachable(query);
  }
}

function ofPlan<R>(planned: Planned<R>): Preview {
  return planned.ok
    ? { kind: 'logql', text: logql(planned.plan.parts) }
    : { kind: 'problem', text: problemText(planned.problem) };
}
