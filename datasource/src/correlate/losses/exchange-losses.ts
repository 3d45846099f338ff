/** What each hop lost of one request and of its response, apart from everything else that its connection sent. */
import { type ExchangeBytes } from './exchange-bytes';
import { type LossAttribution } from './loss-attribution';
import { type Transmission, type SentSegment } from './sent-segments';
import { type CapturedConnection } from './captured-connection';

export interface ExchangeLoss {
  readonly part: 'request' | 'response';
  /** Flow ids, in the direction of travel. */
  readonly from: string;
  readonly to: string;
  /** Packets with bytes of it that were seen at `from` and did not reach `to`. */
  readonly segments: number;
  /** The longest wait for the retransmission of one of them, ms; null where none was retransmitted. */
  readonly retransmittedAfterMs: number | null;
}

export function exchangeLosses(
  { request, response }: ExchangeBytes,
  { connection, attribution }: { readonly connection: CapturedConnection; readonly attribution: LossAttribution }
): readonly ExchangeLoss[] {
  return [...lossesOf('request', request), ...lossesOf('response', response)];

  function lossesOf(part: ExchangeLoss['part'], segments: readonly SentSegment[]): readonly ExchangeLoss[] {
    const hops = new Map<string, { from: string; to: string; packets: Set<number>; waits: number[] }>();
    for (const segment of segments) {
      segment.transmissions.forEach((transmission, i) => {
        const fate = attribution.fateOf(part === 'response' ? 1 : 0, segment, i);
        if (fate.kind !== 'lost') {
          return;
        }
        const key = JSON.stringify([fate.from, fate.to]);
        const hop = hops.get(key) ?? { from: fate.from, to: fate.to, packets: new Set(), waits: [] };
        hops.set(key, hop);
        // One packet may carry several ranges.
        hop.packets.add(transmission.packets[transmission.last]);
        const again = segment.transmissions[i + 1];
        if (again !== undefined && again.first === transmission.first) {
          hop.waits.push(sentMs(again) - sentMs(transmission));
        }
      });
    }
    return [...hops.values()].map(({ from, to, packets, waits }) => ({
      part,
      from,
      to,
      segments: packets.size,
      retransmittedAfterMs: waits.length === 0 ? null : Math.max(...waits),
    }));
  }

  function sentMs({ first, packets }: Transmission): number {
    return connection.flows[first].tNs[packets[first]] / 1e6;
  }
}
