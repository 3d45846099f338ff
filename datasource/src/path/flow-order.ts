/**
 * The order of a connection's NICs, client first: by the request that was asked for where its NICs saw it, else by their
 * handshakes and places.
 */
import { TcpFlag } from '@bpfnet/flow-model';
import { type DecodedFlow } from './flow-records';
import { type OrderedPath, orderPath, type PathPoint, type RoundTrip } from './path-order';
import { oncePerNic, roundTripOf } from './exchange-at-nic';

export function orderFlows<L extends DecodedFlow>(
  flows: readonly L[],
  requestId: string | undefined
): { readonly flows: readonly L[] } & Pick<OrderedPath<PathPoint>, 'clocksTrusted'> {
  const points = flows.map((flow): PathPoint & { readonly flow: L } => {
    const span = oncePerNic(flow.exchanges.filter(({ record }) => record.request_id === requestId))[0];
    const facts = span?.record ?? flow.facts;
    return {
      id: flow.flowId,
      host: flow.host,
      firstSeenNs: span?.tsNs ?? flow.decoded[0]?.positions.timePosNs ?? BigInt(0),
      roundTrip: span === undefined ? handshakeTrip(flow) : roundTripOf(span.record),
      direction: facts?.direction ?? 'unknown',
      hostNetwork: facts?.host_network,
      virtualNic: facts?.virtual_nic,
      tunnelled: facts?.tunnel !== undefined,
      flow,
    };
  });
  const { points: path, clocksTrusted } = orderPath(points);
  return { flows: path.map(({ flow }) => flow), clocksTrusted };
}

/**
 * From the first SYN to the first that came back, SYN-ACK or reset: like a request's round trip it falls on every hop towards
 * the server.
 */
function handshakeTrip(flow: DecodedFlow): RoundTrip {
  const first = flow.decoded[0];
  if (first === undefined) {
    return { kind: 'unknown' };
  }
  const { flags, dir, tNs } = first.columns;
  const syn = flags.findIndex((one) => (one & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn);
  const back = dir.findIndex((one, i) => i > syn && one !== dir[syn]);
  return syn === -1 || back === -1 ? { kind: 'unknown' } : { kind: 'known', ms: (tNs[back] - tNs[syn]) / 1e6 };
}
