/** What took how much of a request's time, the largest first: what a verdict is made of. */
import { type Cause, type Cost, type Part, type PartName } from './verdict';

export interface Contribution {
  readonly cause: Cause;
  readonly ms: number;
  /** The cost that it rests on, where there is one: the dearest of several. */
  readonly cost: Cost | undefined;
}

const CAUSE_OF_PART: Readonly<Record<PartName, Cause>> = {
  'name-resolution': 'slow-name-resolution',
  connect: 'slow-connect',
  tls: 'slow-tls',
  client: 'slow-client',
  sending: 'transfer',
  'request-retransmission': 'loss',
  'network-request': 'slow-network',
  server: 'slow-server',
  'response-retransmission': 'loss',
  'network-response': 'slow-network',
  network: 'slow-network',
  receiving: 'transfer',
  'network-and-server': 'beyond',
  waiting: 'not-known',
};

/** They add up to the sum of the parts: what a loss or a closed window took of a part is taken off the part's own. */
export function contributions(parts: readonly Part[], costs: readonly Cost[]): readonly Contribution[] {
  const sums = new Map<Cause, { ms: number; cost: Cost | undefined }>();
  const add = (cause: Cause, ms: number, cost?: Cost): void => {
    const known = sums.get(cause) ?? { ms: 0, cost: undefined };
    const dearer = cost !== undefined && (known.cost === undefined || cost.ms > known.cost.ms) ? cost : known.cost;
    sums.set(cause, { ms: known.ms + ms, cost: dearer });
  };
  for (const name of new Set(parts.map((part) => part.name))) {
    let left = parts.reduce((sum, part) => sum + (part.name === name ? part.ms : 0), 0);
    for (const cost of costs.filter(({ part }) => part === name)) {
      const cause = causeOfCost(cost);
      if (cause !== undefined) {
        const ms = Math.min(left, cost.ms);
        left -= ms;
        add(cause, ms, cost);
      }
    }
    add(CAUSE_OF_PART[name], left);
  }
  return [...sums].map(([cause, { ms, cost }]) => ({ cause, ms, cost })).sort((a, b) => b.ms - a.ms);
}

function causeOfCost({ kind }: Cost): Cause | undefined {
  switch (kind) {
    case 'timeout':
    case 'retransmission':
      return 'loss';
    case 'zero-window':
      return 'zero-window';
    default:
      // Slow start, used-up windows and pauses are how a transfer spends its time.
      return undefined;
  }
}
