/** Where something was lost, in words that follow its name: `lost between eth0 on node-a and eth0 on node-b`. */
import { type Fate } from './loss-attribution';
import { type NicPlace, placeText } from '../../path/packet-ref';

export function lostWhere(fate: Fate, nics: readonly NicPlace[]): string {
  switch (fate.kind) {
    case 'arrived':
      return 'not lost';
    case 'lost':
      return `lost between ${nicText(fate.from, nics)} and ${nicText(fate.to, nics)}`;
    case 'lost-before':
      return `lost before ${nicText(fate.first, nics)}`;
    case 'lost-after':
      return `lost beyond ${nicText(fate.last, nics)}`;
    case 'unknown':
      return `lost at an unknown place (${unreliedText(fate.why, nicText(fate.at, nics))})`;
  }
}

/** Why a NIC's capture does not say what became of something: a fact as a fact, a guess as a guess. */
export function unreliedText(why: Extract<Fate, { kind: 'unknown' }>['why'], nic: string): string {
  switch (why) {
    case 'capture-dropped':
      return `the capture at ${nic} dropped packets`;
    case 'capture-may-have-missed':
      return `the capture at ${nic} may have missed it`;
    case 'not-capturing':
      return `${nic} was not capturing`;
  }
}

export function nicText(flowId: string | null, nics: readonly NicPlace[]): string {
  const place = nics.find((nic) => nic.flowId === flowId);
  return place === undefined ? 'an unknown NIC' : placeText(place);
}
