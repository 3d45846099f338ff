/** Where something was lost, in words that follow its name: `lost between eth0 on node-a and eth0 on node-b`. */
import { type Fate } from './loss-attribution';
import { type NicPlace, placeText } from '../../path/packet-ref';

export function lostWhere(fate: Fate, nics: readonly NicPlace[]): string {
  switch (fate.kind) {
    case 'arrived':
      return 'not lost at all';
    case 'lost':
      return `lost between ${nicText(fate.from, nics)} and ${nicText(fate.to, nics)}`;
    case 'lost-before':
      return `lost before ${nicText(fate.first, nics)}`;
    case 'lost-after':
      return `lost beyond ${nicText(fate.last, nics)}`;
    case 'unknown':
      return fate.why === 'capture-dropped'
        ? `lost in a place that is not known, since the capture at ${nicText(fate.at, nics)} lost packets itself`
        : `lost in a place that is not known, since ${nicText(fate.at, nics)} was not watching`;
  }
}

export function nicText(flowId: string | null, nics: readonly NicPlace[]): string {
  const place = nics.find((nic) => nic.flowId === flowId);
  return place === undefined ? 'a NIC that is not known' : placeText(place);
}
