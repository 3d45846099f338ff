/**
 * Evaluates a provisioned alert rule as Grafana does: the instant query, its reduction to the last value, the threshold. Knows
 * the three kinds of expression that our rules use and refuses any other.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { instantQuery, type Sample } from './store-client';

interface Evaluator {
  readonly type: 'gt' | 'lt';
  readonly params: readonly [number];
}

interface RuleQuery {
  readonly refId: string;
  readonly datasourceUid: string;
  readonly model: {
    readonly expr?: string;
    readonly type?: string;
    readonly expression?: string;
    readonly reducer?: string;
    readonly conditions?: ReadonlyArray<{ readonly evaluator: Evaluator }>;
  };
}

interface AlertRule {
  readonly uid: string;
  readonly condition: string;
  readonly data: readonly RuleQuery[];
}

export function readAlertRules(file: string): AlertRule[] {
  const parsed = parse(readFileSync(file, 'utf8')) as {
    readonly groups: ReadonlyArray<{ readonly rules: readonly AlertRule[] }>;
  };
  return parsed.groups.flatMap((group) => group.rules);
}

interface Evaluation {
  readonly samples: readonly Sample[];
  /** The samples beyond the threshold. */
  readonly firing: readonly Sample[];
}

export async function evaluateAlertRule(rule: AlertRule, storeUrl: string): Promise<Evaluation> {
  const threshold = step(rule, rule.condition);
  const reduce = step(rule, threshold.model.expression ?? '');
  const query = step(rule, reduce.model.expression ?? '');
  if (
    threshold.model.type !== 'threshold' ||
    reduce.model.type !== 'reduce' ||
    reduce.model.reducer !== 'last' ||
    query.model.expr === undefined
  ) {
    throw new Error(`${rule.uid}: not a query, its last value and a threshold`);
  }
  const evaluator = threshold.model.conditions?.[0]?.evaluator;
  if (evaluator === undefined) {
    throw new Error(`${rule.uid}: the threshold has no evaluator`);
  }
  const samples = await instantQuery(storeUrl, query.model.expr);
  const firing = samples.filter(({ value }) =>
    evaluator.type === 'gt' ? value > evaluator.params[0] : value < evaluator.params[0]
  );
  return { samples, firing };
}

function step(rule: AlertRule, refId: string): RuleQuery {
  const found = rule.data.find((query) => query.refId === refId);
  if (found === undefined) {
    throw new Error(`${rule.uid}: no step ${refId}`);
  }
  return found;
}
