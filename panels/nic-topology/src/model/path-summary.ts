import { millisecondsText } from '../../../shared/quantity-text';
import { type NicPath } from './nic-path';

/** `0.4 ms on the way, 202.9 ms beyond the last NIC`; '' where the ends saw no answer. */
export function whereTimeWent({ nodes }: NicPath): string {
  const observed = nodes.filter((node) => node.observed);
  const first = observed[0]?.latencyMs ?? null;
  const last = observed[observed.length - 1]?.latencyMs ?? null;
  if (observed.length < 2 || first === null || last === null || first < last) {
    return '';
  }
  return `${millisecondsText(first - last)} between the NICs, ${millisecondsText(last)} beyond the last`;
}
