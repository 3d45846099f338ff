/** Caveats as whole sentences: one for all NICs that share a caveat. */
import { type Caveat } from './caveats';
import { type NicPlace, placeText } from '../../path/packet-ref';
import { UNKNOWN_TEXT } from '../clocks/time-text';

/** Names that a sentence lists; of more NICs it gives the number. */
const MOST_NAMED = 2;

interface CaveatText {
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
  switch (caveat.kind) {
    case 'capture-dropped':
      return `The capture dropped ${packetsText(group.map(countOf))} at ${at}: packets missing there may have been on the wire and are not counted as lost.`;
    case 'truncated':
      return `${wereText(group.map(countOf), at)} truncated by the capture: requests and responses in them may be parsed only in part.`;
    case 'no-handshake':
      return `The connection at ${at} began before the records that were read: earlier traffic is unknown there.`;
    case 'one-direction':
      return `Only ${caveat.seen === 'client' ? 'client-to-server' : 'server-to-client'} traffic was captured at ${at} (asymmetric routing?).`;
    case 'evicted':
      return `The collector's flow table was full at ${at}: the rest of the connection was not recorded there.`;
    case 'capture-ended':
      return `The connection was still open when the ${group.length === 1 ? 'capture' : 'captures'} at ${at} ended.`;
    case 'captured-twice':
      return `${wereText(group.map(countOf), at)} captured twice (mirror port); each is counted once.`;
    case 'packets-not-read': {
      const [recorded, read] = [
        group.map((one) => ('recorded' in one ? one.recorded : 0)),
        group.map((one) => ('read' in one ? one.read : 0)),
      ];
      return `${rangeText(read)} of ${packetsText(recorded)} at ${at} were read.`;
    }
    case 'client-not-observed':
      return "The client's own NIC was not captured: what happened before the first NIC is unknown.";
    case 'server-not-observed':
      return "The server's own NIC was not captured: network and server time beyond the last NIC cannot be separated.";
    case 'clocks':
      return `The clocks of ${caveat.from} and ${caveat.to} cannot be compared: ${UNKNOWN_TEXT[caveat.why]}.`;
    case 'order-by-clocks':
      return 'The order of some hosts is based on their own clocks alone and may be wrong.';
  }
}

/** `eth0 of cart-1`; `eth0 of cart-1 and veth1 on node-a`; `all 10 NICs`; `5 of 10 NICs (eth0 of cart-1, veth1 on node-a, …)`. */
function placesText(group: readonly Caveat[], nics: readonly NicPlace[]): string {
  const names = group.map((caveat) => {
    const place = nics.find(({ flowId }) => 'flowId' in caveat && flowId === caveat.flowId);
    return place === undefined ? 'an unknown NIC' : placeText(place);
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

/** `1 packet at eth0 of cart-1 was`. */
function wereText(counts: readonly number[], at: string): string {
  const text = packetsText(counts);
  return `${text} at ${at} ${text === '1 packet' ? 'was' : 'were'}`;
}
