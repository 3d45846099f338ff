import { type L7Record } from '@bpfnet/flow-model';
import { isAnswered } from './exchange-at-nic';

type Words = Pick<L7Record, 'l7_op' | 'l7_resource' | 'l7_status' | 'outcome'>;

/** `GET /api/orders`. */
export function summaryRequest({ l7_op, l7_resource }: Words): string {
  return [l7_op, l7_resource].filter((word) => word !== undefined && word !== '').join(' ');
}

/** `200`; what became of the request where there is no status. */
export function summaryResponse({ l7_status, outcome }: Words): string {
  return l7_status ?? (isAnswered(outcome) ? 'response' : '');
}

/** `GET /api/orders → 200`. */
export function summaryOf(record: Words): string {
  const answer = isAnswered(record.outcome) ? record.l7_status : undefined;
  return `${summaryRequest(record)} → ${answer ?? record.outcome.replace('_', ' ')}`;
}
