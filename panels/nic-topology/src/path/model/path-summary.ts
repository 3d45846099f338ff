import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type NicPath, type PathNode } from './path';

/** `0.4 ms between the NICs, 202.9 ms beyond the last`; '' where the ends saw no response. */
export function whereTimeWent({ nodes }: NicPath): string {
  const observed = nodes.filter((node) => node.observed);
  const first = observed[0]?.latencyMs ?? null;
  const last = observed[observed.length - 1]?.latencyMs ?? null;
  if (observed.length < 2 || first === null || last === null || first < last) {
    return '';
  }
  return `${durationText(first - last)} between the NICs, ${durationText(last)} beyond the last`;
}

/** Round trip between the first and the last NIC of a host, which share a clock: `0.4 ms`; '' where it is unknown. */
export function timeInsideHost({ nodes }: NicPath, index: number): string {
  const isSame = (node: PathNode | undefined) => node?.observed === true && node.host === nodes[index].host;
  if (!isSame(nodes[index]) || isSame(nodes[index - 1])) {
    return '';
  }
  let last = index;
  while (isSame(nodes[last + 1])) {
    last++;
  }
  const [first, end] = [nodes[index].latencyMs, nodes[last].latencyMs];
  return last === index || first === null || end === null || first < end ? '' : durationText(first - end);
}
