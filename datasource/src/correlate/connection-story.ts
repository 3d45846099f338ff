/** All that can be said of one connection at its NICs, and of one request on it. */
import { type Caveat, caveatsOf } from './caveats/caveats';
import { type ClockOffset } from './clocks/clock-offset';
import { type ExchangeBytes, exchangeBytes } from './losses/exchange-bytes';
import { type ExchangeLoss, exchangeLosses } from './losses/exchange-losses';
import { LossAttribution } from './losses/loss-attribution';
import { flowClocks } from './clocks/flow-clocks';
import { type HopTime } from './clocks/hop-times';
import { type Followed, HostClocks } from './clocks/host-clocks';
import { followSegments } from './losses/sent-segments';
import { decodeFlow, type FlowRecords, flowsOfOneConnection } from '../path/flow-records';
import { orderFlows } from '../path/flow-order';
import { type HopLoss, hopLosses } from './losses/losses';
import { type NicPlace } from '../path/packet-ref';
import { packetTransmissions, type PacketTransmissions } from './losses/packet-transmissions';
import { type FarthestNics, farthestNics } from './losses/farthest-nic';
import { type Retransmission, retransmissions } from './losses/retransmissions';
import { requestHops } from './clocks/request-hops';
import { type ExchangeAtNic } from '../path/exchange-at-nic';
import { type Verdict } from './verdict/verdict';
import { verdictOf } from './verdict/verdict-of';
import { capturedConnection } from './losses/captured-connection';

interface StoryInput {
  /** One connection at every NIC that saw it; of several, the story is that of the request's. */
  readonly flows: readonly FlowRecords[];
  /** The request that was asked for. */
  readonly requestId?: string;
  /** DNS spans of the client from shortly before the connection. */
  readonly nameResolution?: readonly ExchangeAtNic[];
  /** Other connections between the same hosts, each at its NICs: for the clocks, and for how long each capture lasted. */
  readonly otherConnections?: ReadonlyArray<readonly FlowRecords[]>;
}

export interface ConnectionStory {
  /** In path order, client first. */
  readonly nics: readonly NicPlace[];
  /** Of hosts that follow each other on the path. */
  readonly clocks: readonly ClockOffset[];
  /** What to add to a host's times to put them on the first host's clock, ns; a host whose clock is unknown is absent. */
  readonly shiftNs: Readonly<Record<string, number>>;
  /** Of the request, from each NIC to the next; empty without a request. */
  readonly hops: readonly HopTime[];
  readonly retransmissions: readonly Retransmission[];
  readonly losses: readonly HopLoss[];
  /** Of `losses` what was the request's and its response's; empty without a request. */
  readonly exchangeLosses: readonly ExchangeLoss[];
  /** Packet by packet. */
  readonly packetTransmissions: PacketTransmissions;
  /** Null without a request, or where its packets were not read. */
  readonly farthest: FarthestNics | null;
  /** Null where there is neither a request nor a connection that failed. */
  readonly verdict: Verdict | null;
  readonly caveats: readonly Caveat[];
  /** Whole sentences on what could not be read. */
  readonly notes: readonly string[];
}

export function connectionStory(input: StoryInput): ConnectionStory {
  const notes: string[] = [];
  const flows = flowsOfOneConnection(input.flows, input.requestId);
  if (flows.length < input.flows.length) {
    notes.push('Records of more than one connection were found; one of them is shown.');
  }
  const { followed, clocksTrusted } = follow(flows, input.requestId, notes);
  const { connection, sent } = followed;
  const others = (input.otherConnections ?? []).map((flows) => follow(flows, undefined, []).followed);
  const attribution = new LossAttribution(connection, sent, lastSeenBy(others, connection.baseNs));
  const exchange = input.requestId === undefined ? undefined : exchangeBytes(connection, sent, input.requestId);
  const clocks = new HostClocks([followed, ...others], momentOf(followed, exchange));
  const nics = connection.flows.map(({ place }) => place);
  const neighbours = neighbouringHosts(nics.map(({ host }) => host)).map(([a, b]) => clocks.between(a, b));
  const farthest =
    input.requestId === undefined || exchange === undefined
      ? null
      : farthestNics(input.requestId, exchange, { connection, attribution });
  const retransmitted = retransmissions(connection, sent, attribution);
  const caveats = caveatsOf({ connection, coverage: attribution.coverage, clocks: neighbours, clocksTrusted });
  return {
    nics,
    clocks: neighbours,
    shiftNs: Object.fromEntries([...flowClocks(nics, neighbours)].map(([host, { shiftNs }]) => [host, shiftNs])),
    hops: input.requestId === undefined ? [] : requestHops(input.requestId, { followed, exchange, clocks }),
    retransmissions: retransmitted,
    losses: hopLosses(connection, sent, attribution),
    exchangeLosses: exchange === undefined ? [] : exchangeLosses(exchange, { connection, attribution }),
    packetTransmissions: packetTransmissions(connection.flows, sent, attribution),
    farthest,
    verdict: verdictOf({
      requestId: input.requestId,
      nameResolution: input.nameResolution ?? [],
      followed,
      attribution,
      exchange,
      clocks,
      farthest,
      retransmissions: retransmitted,
      caveats,
    }),
    caveats,
    notes,
  };
}

function follow(
  flows: readonly FlowRecords[],
  requestId: string | undefined,
  notes: string[]
): { readonly followed: Followed; readonly clocksTrusted: boolean } {
  const ordered = orderFlows(
    flows.map((flow) => decodeFlow(flow, notes)),
    requestId
  );
  const connection = capturedConnection(ordered.flows);
  return { followed: { connection, sent: followSegments(connection.flows) }, clocksTrusted: ordered.clocksTrusted };
}

/** By NIC and not by host: namespaces are captured apart, and do not end together. */
function lastSeenBy(connections: readonly Followed[], baseNs: bigint): (nic: NicPlace) => number {
  const last = new Map<string, number>();
  const keyOf = ({ host, nicName, podName }: NicPlace): string => JSON.stringify([host, nicName, podName]);
  for (const { connection } of connections) {
    for (const { place, tNs, length } of connection.flows) {
      const seenNs = length === 0 ? -Infinity : tNs[length - 1] + Number(connection.baseNs - baseNs);
      last.set(keyOf(place), Math.max(seenNs, last.get(keyOf(place)) ?? -Infinity));
    }
  }
  return (nic) => last.get(keyOf(nic)) ?? -Infinity;
}

/** The request's first byte at the first NIC; without a request the middle of what was read. */
function momentOf({ connection: { flows } }: Followed, exchange: ExchangeBytes | undefined): number {
  const transmission = exchange?.request[0].transmissions[0];
  if (transmission !== undefined) {
    return flows[transmission.first].tNs[transmission.packets[transmission.first]];
  }
  const times = flows[0]?.tNs ?? [];
  return times[times.length >>> 1] ?? 0;
}

function neighbouringHosts(hosts: readonly string[]): ReadonlyArray<readonly [string, string]> {
  const pairs = new Map<string, readonly [string, string]>();
  for (let i = 1; i < hosts.length; i++) {
    if (hosts[i] !== hosts[i - 1]) {
      pairs.set([hosts[i - 1], hosts[i]].sort().join('\n'), [hosts[i - 1], hosts[i]]);
    }
  }
  return [...pairs.values()];
}
