/** Arithmetic, comparison and set operators between vectors and scalars, with Loki's matching rules. */
import {
  type ArithmeticOperator,
  type BinaryOperator,
  type CompareOperator,
  type SetOperator,
  type VectorMatching,
} from './ast';
import { dropLabels, getLabel, keepLabels, type LabelSet, labelSet } from './label-set';
import { QueryError } from './query-error';
import { type Sample, type Vector } from './vector';

type ScalarOperator = ArithmeticOperator | CompareOperator;

const SCALAR_OPERATIONS: Readonly<Record<ScalarOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? NaN : a / b),
  '%': (a, b) => (b === 0 ? NaN : a % b),
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
};

export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return operator === 'and' || operator === 'or' || operator === 'unless';
}

function isComparison(operator: ScalarOperator): operator is CompareOperator {
  return ['==', '!=', '>', '>=', '<', '<='].includes(operator);
}

/** Division and modulo by zero are NaN; comparisons are 1 or 0. */
export function mergeScalars(operator: ScalarOperator, left: number, right: number): number {
  return SCALAR_OPERATIONS[operator](left, right);
}

/**
 * The value of `left operator right`, or undefined where a comparison without `bool` filters the sample out; such a
 * comparison passes on `kept`, the value of the side that is a vector.
 */
function mergeValues(
  operator: ScalarOperator,
  sides: { readonly left: number; readonly right: number; readonly kept: number },
  returnBool: boolean
): number | undefined {
  const value = mergeScalars(operator, sides.left, sides.right);
  if (!isComparison(operator) || returnBool) {
    return value;
  }
  return value === 1 ? sides.kept : undefined;
}

export function mergeWithScalar(
  operator: ScalarOperator,
  vector: Vector,
  options: { readonly scalar: number; readonly scalarIsLeft: boolean; readonly returnBool: boolean }
): Vector {
  const { scalar, scalarIsLeft, returnBool } = options;
  return vector.flatMap(({ labels, value }) => {
    const left = scalarIsLeft ? scalar : value;
    const right = scalarIsLeft ? value : scalar;
    const merged = mergeValues(operator, { left, right, kept: value }, returnBool);
    return merged === undefined ? [] : [{ labels, value: merged }];
  });
}

/** Remembers signatures: the same series come by at every step. */
export function signatureOf(matching: VectorMatching): (labels: LabelSet) => string {
  const known = new Map<string, string>();
  return (labels) => {
    let signature = known.get(labels.key);
    if (signature === undefined) {
      signature = (matching.on ? keepLabels : dropLabels)(labels, matching.labels).key;
      known.set(labels.key, signature);
    }
    return signature;
  };
}

export function mergeSets(
  operator: SetOperator,
  left: Vector,
  right: Vector,
  signature: (labels: LabelSet) => string
): Vector {
  const signatures = (vector: Vector) => new Set(vector.map(({ labels }) => signature(labels)));
  switch (operator) {
    case 'and': {
      const kept = signatures(right);
      return left.filter(({ labels }) => kept.has(signature(labels)));
    }
    case 'unless': {
      const removed = signatures(right);
      return left.filter(({ labels }) => !removed.has(signature(labels)));
    }
    case 'or': {
      const present = signatures(left);
      return [...left, ...right.filter(({ labels }) => !present.has(signature(labels)))];
    }
  }
}

interface VectorMerge {
  readonly operator: ScalarOperator;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
  readonly signature: (labels: LabelSet) => string;
}

/** @throws QueryError where series match more than once without group_left or group_right saying so. */
export function mergeVectors(left: Vector, right: Vector, merge: VectorMerge): Vector {
  const { operator, returnBool, matching, signature } = merge;
  const swapped = matching.cardinality === 'one-to-many';
  const many = swapped ? right : left;
  const one = swapped ? left : right;

  const ones = new Map<string, Sample>();
  for (const sample of one) {
    const key = signature(sample.labels);
    if (ones.has(key)) {
      throw new QueryError(
        'evaluation',
        `found duplicate series on the ${swapped ? 'left' : 'right'} hand-side` +
          ';many-to-many matching not allowed: matching labels must be unique on one side'
      );
    }
    ones.set(key, sample);
  }

  const matched = new Map<string, Set<string>>();
  return many.flatMap((sample) => {
    const key = signature(sample.labels);
    const partner = ones.get(key);
    if (partner === undefined) {
      return [];
    }
    const labels = resultLabels(sample.labels, partner.labels, matching);
    const seen = matched.get(key);
    if (seen !== undefined && matching.cardinality === 'one-to-one') {
      throw new QueryError(
        'evaluation',
        'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
      );
    }
    if (seen?.has(labels.key) === true) {
      throw new QueryError('evaluation', 'multiple matches for labels: grouping labels must ensure unique matches');
    }
    matched.set(key, (seen ?? new Set()).add(labels.key));
    const [leftValue, rightValue] = swapped ? [partner.value, sample.value] : [sample.value, partner.value];
    const value = mergeValues(operator, { left: leftValue, right: rightValue, kept: leftValue }, returnBool);
    return value === undefined ? [] : [{ labels, value }];
  });
}

function resultLabels(many: LabelSet, one: LabelSet, matching: VectorMatching): LabelSet {
  const base =
    matching.cardinality === 'one-to-one' ? (matching.on ? keepLabels : dropLabels)(many, matching.labels) : many;
  if (matching.include.length === 0) {
    return base;
  }
  const included = matching.include
    .map((name) => [name, getLabel(one, name)] as const)
    .filter(([, value]) => value !== '');
  return labelSet([...dropLabels(base, matching.include).pairs, ...included]);
}
