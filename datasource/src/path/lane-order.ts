/**
 * The order of a connection's NICs, client first: by the request that was asked for where the lanes saw it, else by their
 * handshakes and places.
 */
import { TcpFlag } from '@bpfnet/flow-model';
import { type Lane } from './lane';
import { type OrderedPath, orderPath, type PathPoint, type RoundTrip } from './path-order';
import { oncePerNic, roundTripOf } from './span-at-nic';

export function orderLanes<L extends Lane>(
  lanes: readonly L[],
  requestId: string | undefined
): { readonly lanes: readonly L[] } & Pick<OrderedPath<PathPoint>, 'clocksTrusted'> {
  const points = lanes.map((lane): PathPoint & { readonly ofLane: L } => {
    const span = oncePerNic(lane.spans.filter(({ record }) => record.request_id === requestId))[0];
    const facts = span?.record ?? lane.facts;
    return {
      id: lane.lane,
      host: lane.host,
      firstSeenNs: span?.tsNs ?? lane.decoded[0]?.positions.timePosNs ?? BigInt(0),
      roundTrip: span === undefined ? handshakeTrip(lane) : roundTripOf(span.record),
      direction: facts?.direction ?? 'unknown',
      hostNetwork: facts?.host_network,
      virtualNic: facts?.virtual_nic,
      tunnelled: facts?.tunnel !== undefined,
      ofLane: lane,
    };
  });
  const { points: path, clocksTrusted } = orderPath(points);
  return { lanes: path.map(({ ofLane }) => ofLane), clocksTrusted };
}

/**
 * From the first SYN to the first that came back, SYN-ACK or reset: like a request's round trip it falls on every hop towards
 * the server.
 */
function handshakeTrip(lane: Lane): RoundTrip {
  const first = lane.decoded[0];
  if (first === undefined) {
    return { kind: 'unknown' };
  }
  const { flags, dir, tNs } = first.columns;
  const syn = flags.findIndex((one) => (one & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn);
  const back = dir.findIndex((one, i) => i > syn && one !== dir[syn]);
  return syn === -1 || back === -1 ? { kind: 'unknown' } : { kind: 'known', ms: (tNs[back] - tNs[syn]) / 1e6 };
}
