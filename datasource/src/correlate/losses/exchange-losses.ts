/** What hops lost of one request and of its response, told apart from all else that its connection sent. */
import { type ExchangeBytes } from './exchange-bytes';
import { type Fates } from './loss-attribution';
import { type Copy, type Journey } from './journeys';
import { type CapturedConnection } from './captured-connection';

export interface ExchangeLoss {
  readonly part: 'request' | 'response';
  /** Lanes, in the direction of travel. */
  readonly from: string;
  readonly to: string;
  /** Packets with bytes of it that were seen at `from` and did not come to `to`. */
  readonly segments: number;
  /** The longest that one waited until its bytes were sent again, ms; null where none was. */
  readonly resentAfterMs: number | null;
}

export function exchangeLosses(
  { request, response }: ExchangeBytes,
  { watched, fates }: { readonly watched: CapturedConnection; readonly fates: Fates }
): readonly ExchangeLoss[] {
  return [...lossesOf('request', request), ...lossesOf('response', response)];

  function lossesOf(part: ExchangeLoss['part'], journeys: readonly Journey[]): readonly ExchangeLoss[] {
    const hops = new Map<string, { from: string; to: string; packets: Set<number>; waits: number[] }>();
    for (const journey of journeys) {
      journey.copies.forEach((copy, i) => {
        const fate = fates.of(part === 'response' ? 1 : 0, journey, i);
        if (fate.kind !== 'lost') {
          return;
        }
        const key = JSON.stringify([fate.from, fate.to]);
        const hop = hops.get(key) ?? { from: fate.from, to: fate.to, packets: new Set(), waits: [] };
        hops.set(key, hop);
        // One packet may carry several ranges.
        hop.packets.add(copy.packets[copy.last]);
        const again = journey.copies[i + 1];
        if (again !== undefined && again.first === copy.first) {
          hop.waits.push(sentMs(again) - sentMs(copy));
        }
      });
    }
    return [...hops.values()].map(({ from, to, packets, waits }) => ({
      part,
      from,
      to,
      segments: packets.size,
      resentAfterMs: waits.length === 0 ? null : Math.max(...waits),
    }));
  }

  function sentMs({ first, packets }: Copy): number {
    return watched.flows[first].tNs[packets[first]] / 1e6;
  }
}
