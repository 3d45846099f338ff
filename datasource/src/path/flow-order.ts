/**
 * The order of a connection's NICs, client first: by the request that was asked for where the lanes saw it, else by their
 * handshakes and places.
 */
import { TcpFlag } from '@bpfnet/flow-model';
import { type DecodedFlow } from './flow-records';
import { type OrderedPath, orderPath, type PathPoint, type RoundTrip } from './path-order';
import { oncePerNic, roundTripOf } from './exchange-at-nic';

export function orderFlows<L extends DecodedFlow>(
  flows: readonly L[],
  requestId: string | undefined
): { readonly lanes: readonly L[] } & Pick<OrderedPath<PathPoint>, 'clocksTrusted'> {
  const points = flows.map((lane): PathPoint & { readonly ofLane: L } => {
    const span = oncePerNic(lane.exchanges.filter(({ record }) => record.request_id === requestId))[0];
    const facts = span?.record ?? lane.facts;
    return {
      id: lane.flowId,
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
function handshakeTrip(lane: DecodedFlow): RoundTrip {
  const first = lane.decoded[0];
  if (first === undefined) {
    return { kind: 'unknown' };
  }
  const { flags, dir, tNs } = first.columns;
  const syn = flags.findIndex((one) => (one & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn);
  const back = dir.findIndex((one, i) => i > syn && one !== dir[syn]);
  return syn === -1 || back === -1 ? { kind: 'unknown' } : { kind: 'known', ms: (tNs[back] - tNs[syn]) / 1e6 };
}
