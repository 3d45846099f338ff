/** The two ways of a hop: whether something crossed it, in what time, and what was lost. */
import { type NicPath } from './path';
import { slowestHop } from './slowest-hop';

/** `slowest`: longer than all others; `slow`: so long that the request was slow for it. */
export type EdgeTone = 'plain' | 'muted' | 'slowest' | 'slow' | 'danger';

type RequestPart = 'request' | 'response';

/** The time of one way, or why there is none. */
export type WayTime =
  | { readonly kind: 'measured'; readonly ms: number }
  /** By comparison of two hosts' clocks. */
  | { readonly kind: 'estimated'; readonly ms: number; readonly atMostOffMs: number | null }
  /** Both ways together; each alone is unknown. */
  | { readonly kind: 'round-trip'; readonly ms: number }
  | { readonly kind: 'lost'; readonly part: RequestPart }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'none' };

/** Segments of this request that were lost on the way and came through later. */
export interface WayLoss {
  readonly part: RequestPart;
  readonly segments: number;
  /** The longest; null where none was retransmitted. */
  readonly retransmittedAfterMs: number | null;
}

export interface EdgeWay {
  /** `none`: no arrow. `dies`: it ends half way. */
  readonly arrow: 'whole' | 'dies' | 'none';
  readonly time: WayTime;
  readonly tone: EdgeTone;
  readonly loss?: WayLoss;
}

export interface EdgeWays {
  readonly toServer: EdgeWay;
  readonly toClient: EdgeWay;
}

const NO_TIME: WayTime = { kind: 'none' };
const NO_WAY: EdgeWay = { arrow: 'none', time: NO_TIME, tone: 'muted' };

/** Of the edge between `nodes[index]` and `nodes[index + 1]`. */
export function edgeWays(path: NicPath, index: number): EdgeWays {
  const edge = path.edges[index];
  const { toServer, toClient } = waysWithoutLoss(path, index);
  return {
    toServer: withLoss(toServer, 'request', edge.requestSegmentsLost, edge.requestRetransmittedAfterMs),
    toClient: withLoss(toClient, 'response', edge.responseSegmentsLost, edge.responseRetransmittedAfterMs),
  };
}

function waysWithoutLoss({ nodes, edges, latencyMs }: NicPath, index: number): EdgeWays {
  const slowest = slowestHop(edges, latencyMs);
  const edge = edges[index];
  const [source, target] = [nodes[index], nodes[index + 1]];
  const isObserved = source.observed && target.observed;
  const isAnswered = source.latencyMs !== null || target.latencyMs !== null;
  const slowTone = slowest.matters ? 'slow' : 'slowest';
  const tone: EdgeTone = index === slowest.index ? slowTone : isObserved ? 'plain' : 'muted';
  const there = (time: WayTime): EdgeWay => ({ arrow: 'whole', time, tone });
  const back = (time: WayTime): EdgeWay => (isAnswered ? there(time) : { ...NO_WAY, time });
  const lost = (part: RequestPart): EdgeWay => ({ arrow: 'dies', time: { kind: 'lost', part }, tone: 'danger' });
  const estimated = (ms: number): WayTime => ({ kind: 'estimated', ms, atMostOffMs: edge.estimateAtMostMs });

  if (edges.slice(0, index).some((before) => before.lost === 'request')) {
    return { toServer: NO_WAY, toClient: NO_WAY };
  }
  if (edge.lost === 'request') {
    return { toServer: lost('request'), toClient: NO_WAY };
  }
  if (edge.lost === 'response') {
    return { toServer: there(measured(edge.toServerMs)), toClient: lost('response') };
  }
  if (edge.sameClock || (edge.toServerMs !== null && edge.toClientMs !== null)) {
    return { toServer: there(measured(edge.toServerMs)), toClient: back(measured(edge.toClientMs)) };
  }
  if (edge.roundTripMs !== null) {
    return edge.toServerEstimateMs !== null && edge.toClientEstimateMs !== null
      ? { toServer: there(estimated(edge.toServerEstimateMs)), toClient: back(estimated(edge.toClientEstimateMs)) }
      : { toServer: there({ kind: 'round-trip', ms: edge.roundTripMs }), toClient: back(NO_TIME) };
  }
  if (edge.toServerEstimateMs !== null) {
    // Nothing came back that this hop could be timed by.
    return { toServer: there(estimated(edge.toServerEstimateMs)), toClient: back(NO_TIME) };
  }
  return {
    toServer: { arrow: 'whole', time: isObserved ? { kind: 'unknown' } : NO_TIME, tone: 'muted' },
    toClient: back(NO_TIME),
  };
}

const measured = (ms: number | null): WayTime => (ms === null ? NO_TIME : { kind: 'measured', ms });

function withLoss(
  way: EdgeWay,
  part: RequestPart,
  segments: number | null,
  retransmittedAfterMs: number | null
): EdgeWay {
  return segments === null || segments === 0 || way.arrow === 'none'
    ? way
    : { ...way, tone: 'danger', loss: { part, segments, retransmittedAfterMs } };
}
