import { pluralText } from '@bpfnet/flow-model/quantity-text';
import { type Ladder } from './ladder';

export interface Summary {
  /** `14 packets, 5 NICs` */
  readonly counts: string;
  /** `nothing lost by the capture`, `12 packets lost by the capture` */
  readonly capture: string;
  readonly captureLost: boolean;
  /** What of the connection these are; undefined where they are all. */
  readonly part: { readonly what: string; readonly connection: string } | undefined;
}

const PARTS = {
  'has-more': { what: "packets of the request's chunks", connection: 'the connection has more' },
  unknown: { what: "packets of the request's chunks", connection: 'the connection may have more' },
} as const;

export function summaryOf(ladder: Ladder): Summary {
  const lanes = ladder.mode === 'nics' ? ladder.lanes : [ladder.packets.lanes[ladder.lane]];
  const drops = lanes.reduce((sum, lane) => sum + lane.captureDrops, 0);
  const packets = lanes.reduce((sum, lane) => sum + lane.fetched, 0);
  const nics = lanes.length > 1 ? `, ${pluralText(lanes.length, 'NIC')}` : '';
  return {
    counts: pluralText(packets, 'packet') + nics,
    capture: drops === 0 ? 'nothing lost by the capture' : `${pluralText(drops, 'packet')} lost by the capture`,
    captureLost: drops > 0,
    part: ladder.packets.part && PARTS[ladder.packets.part],
  };
}
