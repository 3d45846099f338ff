/**
 * How long packets usually take from one NIC to another, as the two clocks show it: measured on packets that both NICs saw exactly
 * once and that are no retransmissions.
 */
import { Analysis } from '@bpfnet/flow-model';
import { type PacketGroup } from './byte-groups';
import { type BaselineTransit } from './transmission-matching';
import { type CapturedFlow } from './captured-connection';

/** Retransmitted or out of order: what one NIC saw once may not be what the other saw once. */
const UNSURE =
  Analysis.Retransmission | Analysis.FastRetransmission | Analysis.SpuriousRetransmission | Analysis.OutOfOrder;

/** A packet that certainly passed both NICs. */
interface Transit {
  readonly fromPacket: number;
  readonly toPacket: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** In order of time at `from`; each packet at `to` once. */
export function unambiguousTransits(
  groups: readonly PacketGroup[],
  flows: readonly CapturedFlow[],
  [from, to]: readonly [number, number]
): readonly Transit[] {
  const found: Transit[] = [];
  const taken = new Set<number>();
  for (const { seen } of groups) {
    if (seen[from].length === 1 && seen[to].length === 1) {
      const fromPacket = seen[from][0];
      const toPacket = seen[to][0];
      const ana = flows[from].ana[fromPacket] | flows[to].ana[toPacket];
      if ((ana & UNSURE) === 0 && !taken.has(toPacket)) {
        taken.add(toPacket);
        found.push({ fromPacket, toPacket, fromNs: flows[from].tNs[fromPacket], toNs: flows[to].tNs[toPacket] });
      }
    }
  }
  return found.sort((a, b) => a.fromNs - b.fromNs);
}

/** Stamps of one host are taken at different places of the kernel, and by different cores. */
const SAME_HOST_SLACK_NS = 50_000;
/** What came once at both is not the quickest that there can be. */
const QUICKER_SHARE = 0.5;
const QUICKER_AT_LEAST_NS = 100_000;

export class BaselineTransits {
  private readonly known = new Map<string, BaselineTransit>();

  /** @param groups of what the client sent, and of what the server sent */
  constructor(
    private readonly flows: readonly CapturedFlow[],
    private readonly groups: readonly [readonly PacketGroup[], readonly PacketGroup[]]
  ) {}

  /** Undefined where nothing shows it: two hosts, and no packet that certainly passed both. */
  between(fromServer: 0 | 1, from: number, to: number): BaselineTransit | undefined {
    const key = `${fromServer}/${from}/${to}`;
    const known = this.known.get(key) ?? this.measure(fromServer, from, to);
    if (known !== undefined) {
      this.known.set(key, known);
    }
    return known;
  }

  private measure(fromServer: 0 | 1, from: number, to: number): BaselineTransit | undefined {
    const sameHost = this.flows[from].place.host === this.flows[to].place.host;
    const transits = unambiguousTransits(this.groups[fromServer], this.flows, [from, to])
      .map(({ fromNs, toNs }) => toNs - fromNs)
      .sort((a, b) => a - b);
    if (transits.length > 0) {
      const [quickest] = transits;
      const typicalNs = transits[transits.length >>> 1];
      const slackNs = Math.max(QUICKER_AT_LEAST_NS, QUICKER_SHARE * (typicalNs - quickest));
      return { typicalNs, leastNs: sameHost ? -SAME_HOST_SLACK_NS : quickest - slackNs };
    }
    if (sameHost) {
      return { typicalNs: 0, leastNs: -SAME_HOST_SLACK_NS };
    }
    // The other direction took some time too, so the clocks are at most that far apart.
    const back = unambiguousTransits(this.groups[fromServer === 0 ? 1 : 0], this.flows, [to, from]);
    if (back.length > 0) {
      const leastNs = -back.reduce((least, { fromNs, toNs }) => Math.min(least, toNs - fromNs), Infinity);
      return { typicalNs: leastNs, leastNs };
    }
    return undefined;
  }
}
