/**
 * The LogQL that a query begins with, for people to read; variables stand in it as they were typed.
 */
import { problemText } from '../data-error';
import { assertUnreachable, type FlowQuery } from '../query/flow-query';
import { lookUpOf, type Replace } from '../query/interpolate';
import { type ListPlan, type Planned, planL4List, planL7List } from './list-plan';
import { logql } from './logql';
import { chunksLogql, shardsOf, spansLogql } from './look-up-plan';

/** One line of LogQL, or a sentence that says why there is none. */
export function previewOf(query: FlowQuery, replace: Replace, shardCount: number): string {
  switch (query.queryType) {
    case 'l7List':
      return listText(planL7List(query, replace));
    case 'l4List':
      return listText(planL4List(query, replace));
    case 'packets':
    case 'hops':
    case 'records': {
      const { lookUp, flowShard } = lookUpOf(query, replace);
      if (lookUp === undefined) {
        return problemText({ kind: 'no-id' });
      }
      const shards = shardsOf(lookUp, flowShard, shardCount);
      return lookUp.by === 'connection' || lookUp.by === 'inner'
        ? chunksLogql({ by: lookUp.by, id: lookUp.id }, shards)
        : spansLogql(lookUp, shards);
    }
    default:
      return assertUnreachable(query);
  }
}

function listText<R>(planned: Planned<R>): string {
  return planned.ok ? planText(planned.plan) : problemText(planned.problem);
}

function planText<R>({ parts }: ListPlan<R>): string {
  return logql(parts);
}
