/**
 * The order of NICs along a path, client first.
 *
 * Within a host by the time that the first byte passed: all NICs of a host share a clock. Across hosts clocks are not
 * compared. There the round trip seen at a NIC decides: from a request's first byte to its response's last it falls on
 * every hop towards the server, whoever's clock measures it, since what happens nearer to the server lies inside. A NIC that saw no answer lies
 * before those that did. Where no NIC saw an answer, the place of the endpoints decides (who has the client, who the
 * server, by which uplink the packet left), and only where that says nothing the clocks, and then `clocksTrusted` says so.
 */
import { type Direction } from '@bpfnet/flow-model';

/** From request to answer as a NIC saw it. */
export type RoundTrip =
  | { readonly kind: 'known'; readonly ms: number }
  /** No answer passed here. */
  | { readonly kind: 'unanswered' }
  /** An answer that cannot be timed: damaged, with gaps, cut off. */
  | { readonly kind: 'unknown' };

export interface PathPoint {
  readonly id: string;
  readonly host: string;
  /** First byte, ns since the Unix epoch on the host's clock. */
  readonly firstSeenNs: bigint;
  readonly roundTrip: RoundTrip;
  readonly direction: Direction;
  /** False for a NIC of a container or pod; undefined where not known. */
  readonly hostNetwork: boolean | undefined;
  readonly virtualNic: boolean | undefined;
  /** The packets were in a tunnel here, so the NIC is on the wire's side of the tunnel's own NIC. */
  readonly tunnelled: boolean;
}

export interface OrderedPath<P extends PathPoint> {
  readonly points: readonly P[];
  /** The order of hosts rests on their clocks alone. */
  readonly clocksTrusted: boolean;
}

export function orderPath<P extends PathPoint>(points: readonly P[]): OrderedPath<P> {
  const chains = hostChains(points);
  if (chains.length < 2) {
    return { points: chains.flat(), clocksTrusted: false };
  }
  return points.some((point) => point.roundTrip.kind === 'known') ? byRoundTrip(chains) : byPlace(chains);
}

function hostChains<P extends PathPoint>(points: readonly P[]): readonly P[][] {
  const byHost = new Map<string, P[]>();
  for (const point of points) {
    const chain = byHost.get(point.host);
    if (chain === undefined) {
      byHost.set(point.host, [point]);
    } else {
      chain.push(point);
    }
  }
  return [...byHost.values()].map((chain) => chain.sort(compareOnHost));
}

/**
 * A kernel may give a packet one receive time at two NICs (uplink and tunnel), and a store then moves one of the lines by a
 * nanosecond to keep them apart. So close together the times mean nothing, and the round trips decide.
 */
const SAME_TIME_NS = 1000n;

function compareOnHost(a: PathPoint, b: PathPoint): number {
  const later = a.firstSeenNs - b.firstSeenNs;
  if (later >= SAME_TIME_NS || later <= -SAME_TIME_NS) {
    return later < 0n ? -1 : 1;
  }
  const longer =
    (b.roundTrip.kind === 'known' ? b.roundTrip.ms : 0) - (a.roundTrip.kind === 'known' ? a.roundTrip.ms : 0);
  return (
    longer || endpointRank(a) - endpointRank(b) || wireRank(a) - wireRank(b) || (later < 0n ? -1 : later > 0n ? 1 : 0)
  );
}

/** Of two NICs at one time: what comes in is in its tunnel first, what goes out last. */
function wireRank({ tunnelled, direction }: PathPoint): -1 | 0 | 1 {
  return !tunnelled || direction === 'unknown' ? 0 : direction === 'incoming' ? -1 : 1;
}

/** -1 where the client sits behind this NIC alone, 1 where the server does. */
export function endpointRank(point: Pick<PathPoint, 'hostNetwork' | 'direction'>): -1 | 0 | 1 {
  if (point.hostNetwork !== false) {
    return 0;
  }
  return point.direction === 'outgoing' ? -1 : point.direction === 'incoming' ? 1 : 0;
}

/** Merges the hosts' chains, the longest round trip first. Chains need not stay whole: a path may come back to a host. */
function byRoundTrip<P extends PathPoint>(chains: readonly P[][]): OrderedPath<P> {
  const queues = chains.map((chain) => ({ rank: hostRank(chain), rest: effectiveRoundTrips(chain) }));
  const ordered: P[] = [];
  let clocksTrusted = false;
  let current = -1;
  for (let left = chains.flat().length; left > 0; left--) {
    const open = queues.map((queue, i) => ({ ...queue, i })).filter(({ rest }) => rest.length > 0);
    const longest = Math.max(...open.map(({ rest }) => rest[0].ms));
    const tied = open.filter(({ rest }) => rest[0].ms === longest);
    const lowestRank = Math.min(...tied.map(({ rank }) => rank));
    const best = tied.filter(({ rank }) => rank === lowestRank);
    const stay = tied.find(({ i }) => i === current);
    const next = stay ?? best.reduce((a, b) => (b.rest[0].point.firstSeenNs < a.rest[0].point.firstSeenNs ? b : a));
    clocksTrusted ||= stay === undefined && best.length > 1;
    current = next.i;
    ordered.push(next.rest.shift()!.point);
  }
  return { points: ordered, clocksTrusted };
}

/** Unanswered NICs come first; what cannot be timed takes its place from its neighbours on the same host. */
function effectiveRoundTrips<P extends PathPoint>(
  chain: readonly P[]
): Array<{ readonly point: P; readonly ms: number }> {
  const ms = chain.map(({ roundTrip }) =>
    roundTrip.kind === 'known' ? roundTrip.ms : roundTrip.kind === 'unanswered' ? Infinity : undefined
  );
  const firstKnown = ms.find((one) => one !== undefined) ?? Infinity;
  let previous = firstKnown;
  return chain.map((point, i) => {
    // The order on a host is certain, so a round trip that grows towards the server counts as unchanged.
    previous = Math.min(previous, ms[i] ?? previous);
    return { point, ms: previous };
  });
}

function byPlace<P extends PathPoint>(chains: readonly P[][]): OrderedPath<P> {
  const ranked = chains.map((chain) => ({ chain, rank: hostRank(chain) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.chain[0].firstSeenNs < b.chain[0].firstSeenNs ? -1 : 1));
  return {
    points: ranked.flatMap(({ chain }) => chain),
    clocksTrusted: ranked.some(({ rank }, i) => i > 0 && rank === ranked[i - 1].rank),
  };
}

/** A host's place on the path: -2 has the client, -1 sends out, 0 not known, 1 takes in, 2 has the server. */
function hostRank(chain: readonly PathPoint[]): number {
  const hasClient = chain.some((point) => endpointRank(point) === -1);
  const hasServer = chain.some((point) => endpointRank(point) === 1);
  if (hasClient !== hasServer) {
    return hasClient ? -2 : 2;
  }
  const sendsOut = isUplink(chain[chain.length - 1], 'outgoing');
  const takesIn = isUplink(chain[0], 'incoming');
  return sendsOut === takesIn ? 0 : sendsOut ? -1 : 1;
}

function isUplink(point: PathPoint, direction: Direction): boolean {
  return point.virtualNic === false && point.hostNetwork !== false && point.direction === direction;
}
