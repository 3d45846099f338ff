/**
 * What the client does next: every kind of action once in a fixed order, so that a short run has them all, and then a
 * weighted mix that a seed determines.
 */
import { type Random } from '../seeded-random';

export type Action =
  | HttpAction
  /** A DNS query; `known` names resolve, others are NXDOMAIN. */
  | { readonly kind: 'dns'; readonly known: boolean }
  /** A connection to a port where nothing listens. */
  | { readonly kind: 'refused' }
  /** A connection to an address that discards everything. */
  | { readonly kind: 'black-hole' };

export interface HttpAction {
  readonly kind: 'http';
  readonly method: 'GET' | 'POST';
  /** Path with its query string. */
  readonly target: string;
  /** Through the service address (DNAT) or straight to the pod. */
  readonly via: 'service' | 'direct';
  readonly keepAlive: boolean;
  /** W3C trace context, where the request carries one. */
  readonly traceparent?: string;
}

type Kind =
  | 'orders'
  | 'order'
  | 'missing'
  | 'report'
  | 'pay'
  | 'hang'
  | 'catalogue'
  | 'name'
  | 'unknown-name'
  | 'refused'
  | 'black-hole';

const WEIGHTS: ReadonlyArray<readonly [Kind, number]> = [
  ['orders', 34],
  ['order', 20],
  ['missing', 4],
  ['report', 10],
  ['pay', 8],
  ['hang', 3],
  ['catalogue', 8],
  ['name', 6],
  ['unknown-name', 2],
  ['refused', 3],
  ['black-hole', 3],
];

const TOTAL_WEIGHT = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);

/** An endless sequence of actions, one for each `next()`. `lastOrder` is the highest order number that exists. */
export function* trafficMix(random: Random, lastOrder: number): Generator<Action, never> {
  for (const [kind] of WEIGHTS) {
    yield makeAction(kind, random, lastOrder);
  }
  for (;;) {
    yield makeAction(pickKind(random), random, lastOrder);
  }
}

function pickKind(random: Random): Kind {
  let left = random() * TOTAL_WEIGHT;
  for (const [kind, weight] of WEIGHTS) {
    left -= weight;
    if (left < 0) {
      return kind;
    }
  }
  return WEIGHTS[0][0];
}

function makeAction(kind: Kind, random: Random, lastOrder: number): Action {
  const get = (target: string): HttpAction => ({ kind: 'http', method: 'GET', target, ...wayThere(random) });
  switch (kind) {
    case 'orders':
      return get(`/api/orders?page=${1 + Math.floor(random() * 9)}`);
    case 'order':
      return get(`/api/orders/${1 + Math.floor(random() * lastOrder)}`);
    case 'missing':
      return get(`/api/orders/${lastOrder + 1 + Math.floor(random() * 100)}`);
    case 'report':
      return get('/api/report');
    case 'pay':
      return { ...get('/api/pay'), method: 'POST' };
    case 'hang':
      return { ...get('/api/hang'), keepAlive: false };
    case 'catalogue':
      return get('/api/catalogue');
    case 'name':
    case 'unknown-name':
      return { kind: 'dns', known: kind === 'name' };
    case 'refused':
    case 'black-hole':
      return { kind };
  }
}

function wayThere(random: Random): Pick<HttpAction, 'via' | 'keepAlive' | 'traceparent'> {
  const via = random() < 0.75 ? 'service' : 'direct';
  const keepAlive = random() < 0.6;
  return random() < 0.6 ? { via, keepAlive, traceparent: makeTraceparent(random) } : { via, keepAlive };
}

/** `00-<trace id>-<parent id>-01`, W3C Trace Context level 1, section 3.2. Ids are never all zero. */
function makeTraceparent(random: Random): string {
  const hex = (digits: number): string =>
    '1' + Array.from({ length: digits - 1 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `00-${hex(32)}-${hex(16)}-01`;
}
