/**
 * Operator precedence as Loki's grammar has it. The parser library keeps operands and operators in order but does not
 * nest them by precedence (it was written for an editor), so chains are flattened and nested again here.
 *
 * An operator without a rank (the comma and plain juxtaposition between label filters) never yields to the one after it:
 * `a or b, c` is `a or (b, c)`, which is what Loki's generated parser does.
 */
export interface Rank {
  readonly level: number;
  readonly rightAssociative?: boolean;
}

export interface ChainLink<Operator, Operand> {
  readonly operator: Operator;
  readonly operand: Operand;
}

export function nest<Operator, Operand>(
  first: Operand,
  rest: ReadonlyArray<ChainLink<Operator, Operand>>,
  grammar: {
    readonly rank: (operator: Operator) => Rank | undefined;
    readonly combine: (operator: Operator, left: Operand, right: Operand) => Operand;
  }
): Operand {
  const operands: Operand[] = [first];
  const operators: Operator[] = [];
  const reduce = () => {
    const right = operands.pop();
    const left = operands.pop();
    const operator = operators.pop();
    if (right === undefined || left === undefined || operator === undefined) {
      throw new Error('an operator chain lost an operand');
    }
    operands.push(grammar.combine(operator, left, right));
  };
  const yields = (top: Operator, next: Operator): boolean => {
    const topRank = grammar.rank(top);
    const nextRank = grammar.rank(next);
    if (topRank === undefined || nextRank === undefined) {
      return false;
    }
    return topRank.level > nextRank.level || (topRank.level === nextRank.level && nextRank.rightAssociative !== true);
  };
  for (const link of rest) {
    while (operators.length > 0 && yields(operators[operators.length - 1], link.operator)) {
      reduce();
    }
    operators.push(link.operator);
    operands.push(link.operand);
  }
  while (operators.length > 0) {
    reduce();
  }
  return operands[0];
}
