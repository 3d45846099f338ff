/** Time in which one side could not send because the other had no room. */
import { Analysis } from '@bpfnet/flow-model';
import { type CostInput } from './cost-input';
import { type Instant } from '../losses/nic-observations';
import { type Cost, type PartName } from './verdict';

/** From the packet that announces a window of zero to the next one that announces room. */
export function windowCosts({ observations, timeline, parts }: CostInput): readonly Cost[] {
  const stalls = [
    { owner: 0 as const, nic: timeline.client, while: ['receiving', 'response-retransmission'] as const },
    { owner: 1 as const, nic: timeline.server, while: ['sending', 'request-retransmission'] as const },
  ];
  return stalls.flatMap(({ owner, nic, while: names }) => {
    const part = names.find((name: PartName) => parts.some((one) => one.name === name && one.ms > 0));
    const bounds =
      owner === 0 ? [timeline.receivedFirst, timeline.receivedLast] : [timeline.sentFirst, timeline.arrived];
    const [from, to] = bounds.map((instant) => instant && observations.onClockOf(instant, nic));
    if (part === undefined || from === undefined || to === undefined) {
      return [];
    }
    const closed: Closed[] = closedWindows(nic, owner).filter(
      ({ shut, open }) => shut.atMs < to && (open?.atMs ?? to) > from
    );
    const ms = closed.reduce(
      (sum, { shut, open }) => sum + Math.min(open?.atMs ?? to, to) - Math.max(shut.atMs, from),
      0
    );
    const cost: Cost = {
      kind: 'zero-window',
      side: owner === 0 ? 'client' : 'server',
      part,
      ms,
      packets: closed
        .flatMap(({ shut, open }) => [shut, ...(open === undefined ? [] : [open])])
        .map((one) => observations.ref(one)),
    };
    return ms > 0 ? [cost] : [];
  });

  interface Closed {
    readonly shut: Instant;
    readonly open: Instant | undefined;
  }

  function closedWindows(nic: number, owner: 0 | 1): readonly Closed[] {
    const { fromServer, ana, win, length } = observations.connection.flows[nic];
    const closed: Closed[] = [];
    for (let packet = 0; packet < length; packet++) {
      if (fromServer[packet] === owner && (ana[packet] & Analysis.ZeroWindow) !== 0) {
        const open = observations.find(nic, packet + 1, (later) => fromServer[later] === owner && win[later] > 0);
        closed.push({ shut: observations.instant(nic, packet), open });
        packet = open?.packet ?? length;
      }
    }
    return closed;
  }
}
