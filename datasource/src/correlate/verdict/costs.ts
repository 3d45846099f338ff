/** What single causes took of the parts of a request's time, each with the packets that show it. See docs/the-verdict.md. */
import { TcpFlag } from '@bpfnet/flow-model';
import { pauseCosts } from './pauses';
import { type Retransmission } from '../losses/retransmissions';
import { type AwaitedRetransmission, type CostInput } from './cost-input';
import { type Cost, type Part, type PartName } from './verdict';
import { windowCosts } from './zero-windows';

/** The dearest first. */
export function costsOf(input: CostInput): readonly Cost[] {
  const awaited = awaitedRetransmissions(input);
  const costs = [
    ...retransmissionCosts(awaited),
    ...windowCosts(input),
    ...pauseCosts(input, awaited),
    ...resetCosts(input),
  ];
  return costs
    .map((cost) => ({ ...cost, ms: Math.min(cost.ms, partMs(input.parts, cost.part)) }))
    .filter(({ ms, kind }) => ms > 0 || kind === 'reset')
    .sort((a, b) => b.ms - a.ms);
}

function partMs(parts: readonly Part[], name: PartName): number {
  return parts.reduce((sum, part) => sum + (part.name === name ? part.ms : 0), 0);
}

/** What had arrived after all was not waited for. */
function awaitedRetransmissions({
  observations,
  timeline,
  parts,
  retransmissions,
}: CostInput): readonly AwaitedRetransmission[] {
  return retransmissions.flatMap((one) => {
    const part = partOf(one, { observations, timeline, parts });
    if (part === undefined || one.waitedMs === null || one.fateOfBefore.kind === 'arrived') {
      return [];
    }
    const toMs = Number(BigInt(one.again.tsNs) - observations.connection.baseNs) / 1e6;
    return [{ part, one, fromMs: toMs - one.waitedMs, toMs }];
  });
}

/** RTO_min of Linux: a timer that went off sooner was a probe's, not the retransmission timeout's. */
const LEAST_TIMEOUT_MS = 200;

/** One cost for each part, trigger and place of loss: waits that overlap count once. */
function retransmissionCosts(awaited: readonly AwaitedRetransmission[]): readonly Cost[] {
  const groups = new Map<string, AwaitedRetransmission[]>();
  for (const one of awaited) {
    const key = JSON.stringify([one.part, one.one.trigger, one.one.fateOfBefore]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group): Cost => {
    const { part, one } = group[0];
    const timedOut = one.trigger === 'timeout' && group.some(({ fromMs, toMs }) => toMs - fromMs >= LEAST_TIMEOUT_MS);
    return {
      kind: timedOut ? 'timeout' : 'retransmission',
      part,
      ms: unionMs(group),
      segments: group.length,
      trigger: one.trigger,
      fate: one.fateOfBefore,
      packets: group.flatMap(({ one: { before, again } }) => [...(before === null ? [] : [before]), again]),
    };
  });
}

/** The part whose time it took; undefined where it has nothing to do with the request. */
function partOf(
  one: Retransmission,
  { observations, timeline, parts }: Omit<CostInput, 'retransmissions'>
): PartName | undefined {
  const has = (name: PartName): boolean => parts.some((part) => part.name === name);
  const first = (...names: readonly PartName[]): PartName | undefined => names.find(has);
  if (one.what === 'syn') {
    return first('connect');
  }
  const nic = observations.connection.flows.findIndex(({ place }) => place.flowId === one.again.flowId);
  const { baseNs } = observations.connection;
  const atMs = Number(BigInt(one.again.tsNs) - baseNs) / 1e6;
  const beforeMs = atMs - (one.waitedMs ?? 0);
  const overMs = timeline.receivedLast && observations.onClockOf(timeline.receivedLast, nic);
  if (overMs !== undefined && atMs > overMs + SLACK_MS) {
    return undefined;
  }
  if (one.sender === 'client') {
    const begins = observations.onClockOf(timeline.sentFirst, nic);
    const ends = observations.onClockOf(timeline.sentArriving, nic) ?? Infinity;
    if (begins === undefined || beforeMs < begins - SLACK_MS) {
      return undefined;
    }
    return atMs <= ends + SLACK_MS
      ? first('request-retransmission', 'sending', 'network-and-server', 'waiting')
      : timeline.receivedFirst === undefined
        ? first('waiting')
        : has('network-and-server')
          ? 'network-and-server'
          : undefined;
  }
  const answered = timeline.answered && observations.onClockOf(timeline.answered, nic);
  if (answered === undefined || beforeMs < answered - SLACK_MS) {
    return undefined;
  }
  const arriving = timeline.answeredArriving && observations.onClockOf(timeline.answeredArriving, nic);
  return arriving !== undefined && atMs <= arriving + SLACK_MS
    ? first('response-retransmission', 'receiving', 'waiting')
    : first('receiving', 'waiting');
}

/** NICs of one host see a packet at slightly different times. */
const SLACK_MS = 0.5;

function unionMs(awaited: readonly AwaitedRetransmission[]): number {
  let total = 0;
  let covered = -Infinity;
  for (const { fromMs, toMs } of [...awaited].sort((a, b) => a.fromMs - b.fromMs)) {
    total += Math.max(0, toMs - Math.max(fromMs, covered));
    covered = Math.max(covered, toMs);
  }
  return total;
}

function resetCosts({ observations, timeline, parts }: CostInput): readonly Cost[] {
  const { flags, fromServer, tNs } = observations.connection.flows[timeline.client];
  const reset = observations.find(
    timeline.client,
    timeline.sentFirst.packet,
    (packet) => (flags[packet] & TcpFlag.Rst) !== 0 && tNs[packet] / 1e6 >= timeline.sentFirst.atMs
  );
  if (reset === undefined || !parts.some(({ name }) => name === 'waiting')) {
    return [];
  }
  return [
    {
      kind: 'reset',
      part: 'waiting',
      ms: partMs(parts, 'waiting'),
      packets: [observations.ref(reset)],
      by: fromServer[reset.packet] === 1 ? 'server' : 'client',
      afterMs: reset.atMs - timeline.sentFirst.atMs,
    },
  ];
}
