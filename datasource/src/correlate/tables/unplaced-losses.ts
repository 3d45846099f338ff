/** Losses of a request or response that no single hop can be blamed for, since a NIC on the path was not capturing: in words, as they have no edge. */
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type HopsStory } from './hop-edges';
import { placeText } from '../../path/packet-ref';

/** @param path flow IDs in path order, between whose neighbours there are edges */
export function unplacedLosses(
  path: readonly string[],
  { exchangeLosses, nics }: Pick<HopsStory, 'exchangeLosses' | 'nics'>
): readonly string[] {
  const name = (flow: string) => {
    const nic = nics.find((one) => one.flowId === flow);
    return nic === undefined ? 'a NIC that did not see the request' : placeText(nic);
  };
  const hasEdge = (from: string, to: string) =>
    path.some((flow, i) => (flow === from && path[i + 1] === to) || (flow === to && path[i + 1] === from));
  return exchangeLosses
    .filter(({ from, to }) => !hasEdge(from, to))
    .map(({ part, from, to, segments, retransmittedAfterMs }) => {
      const many = segments !== 1;
      const what = `${segments} segment${many ? 's' : ''} of the ${part} ${many ? 'were' : 'was'} lost`;
      const again =
        retransmittedAfterMs === null
          ? 'not retransmitted'
          : `retransmitted after ${many ? 'up to ' : ''}${durationText(retransmittedAfterMs)}`;
      return `${what} somewhere between ${name(from)} and ${name(to)}, and ${again}.`;
    });
}
