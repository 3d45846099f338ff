/** Caveats as whole sentences: one for all NICs of which the same is to be known. */
import { type Caveat } from './caveats';
import { type NicPlace, placeText } from '../../path/packet-ref';
import { UNKNOWN_TEXT } from '../clocks/time-text';

/** NICs that a sentence names; of more it says how many. */
const MOST_NAMED = 2;

export interface CaveatText {
  readonly kind: Caveat['kind'];
  readonly text: string;
}

/** In the order of their first. */
export function caveatTexts(caveats: readonly Caveat[], nics: readonly NicPlace[]): readonly CaveatText[] {
  const groups = new Map<string, Caveat[]>();
  for (const caveat of caveats) {
    const key = 'flowId' in caveat ? `${caveat.kind} ${'seen' in caveat ? caveat.seen : ''}` : JSON.stringify(caveat);
    groups.set(key, [...(groups.get(key) ?? []), caveat]);
  }
  return [...groups.values()].map((group) => ({ kind: group[0].kind, text: groupText(group, nics) }));
}

function groupText(group: readonly Caveat[], nics: readonly NicPlace[]): string {
  const [caveat] = group;
  const at = placesText(group, nics);
  const isOne = group.length === 1;
  switch (caveat.kind) {
    case 'capture-dropped':
      return `The capture lost ${packetsText(group.map(countOf))} at ${at}: what is missing there may have been on the wire, and is not counted as lost.`;
    case 'truncated':
      return `Of ${packetsText(group.map(countOf))} at ${at} the capture holds fewer bytes than the wire did: what was asked or answered may be read in part.`;
    case 'no-handshake':
      return `The connection began before what was read of ${at}: what was sent before is not known there.`;
    case 'one-direction':
      return `${capital(at)} saw what the ${caveat.seen} sent only: the other way goes past ${isOne ? 'it' : 'them'}, or the capture missed it.`;
    case 'evicted':
      return `The collector's table of connections was full at ${at}: the rest of the connection is not recorded there.`;
    case 'capture-ended':
      return isOne
        ? `The connection was still open when the capture at ${at} ended.`
        : `The connection was still open when the captures at ${at} ended.`;
    case 'captured-twice':
      return `${capital(packetsText(group.map(countOf)))} at ${at} were captured twice (a mirror port); each counts once.`;
    case 'packets-not-read': {
      const [recorded, read] = [
        group.map((one) => ('recorded' in one ? one.recorded : 0)),
        group.map((one) => ('read' in one ? one.read : 0)),
      ];
      return `Of ${packetsText(recorded)} at ${at} ${rangeText(read)} were read.`;
    }
    case 'client-not-observed':
      return "The client's own NIC was not captured: what happened before the first NIC is not known.";
    case 'server-not-observed':
      return "The server's own NIC was not captured: what lies beyond the last NIC cannot be told from the server.";
    case 'clocks':
      return `The clocks of ${caveat.from} and ${caveat.to} cannot be compared: ${UNKNOWN_TEXT[caveat.why]}.`;
    case 'order-by-clocks':
      return "Nothing but the hosts' own clocks tells the order of some hosts: it may be wrong.";
  }
}

/** `eth0 of cart-1`; `eth0 of cart-1 and veth1 on node-a`; `all 10 NICs`; `5 of 10 NICs (eth0 of cart-1, veth1 on node-a, …)`. */
function placesText(group: readonly Caveat[], nics: readonly NicPlace[]): string {
  const names = group.map((caveat) => {
    const place = nics.find(({ flowId }) => 'flowId' in caveat && flowId === caveat.flowId);
    return place === undefined ? 'a NIC' : placeText(place);
  });
  if (names.length <= MOST_NAMED) {
    return names.join(' and ');
  }
  return names.length === nics.length
    ? `all ${names.length} NICs`
    : `${names.length} of ${nics.length} NICs (${names.slice(0, MOST_NAMED).join(', ')}, …)`;
}

function countOf(caveat: Caveat): number {
  return 'packets' in caveat ? caveat.packets : 0;
}

/** `1 packet`, `443 packets`, `3 to 7 packets each`. */
function packetsText(counts: readonly number[]): string {
  const range = rangeText(counts);
  return `${range} ${range === '1' ? 'packet' : 'packets'}${counts.length > 1 ? ' each' : ''}`;
}

function rangeText(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
