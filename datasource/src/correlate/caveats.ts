/** What a reader must know to trust a result: typed, so that a page can draw it, and worded once, here. See docs/honesty.md. */
import { Analysis } from '@bpfnet/flow-model';
import { type ClockOffset, type ClockUnknown } from './clock-offset';
import { type Coverage } from './coverage';
import { type NicPlace, placeText } from './packet-ref';
import { ownsClient, ownsServer } from './path-ends';
import { UNKNOWN_TEXT } from './time-text';
import { type Watch, type Watched } from './watch';

export type Caveat =
  | { readonly kind: 'capture-dropped'; readonly lane: string; readonly packets: number }
  | { readonly kind: 'truncated'; readonly lane: string; readonly packets: number }
  | { readonly kind: 'no-handshake'; readonly lane: string }
  /** The NIC saw the packets of one side only. */
  | { readonly kind: 'one-direction'; readonly lane: string; readonly seen: 'client' | 'server' }
  | { readonly kind: 'evicted'; readonly lane: string }
  /** The connection was still open when the capture ended there. */
  | { readonly kind: 'capture-ended'; readonly lane: string }
  | { readonly kind: 'captured-twice'; readonly lane: string; readonly packets: number }
  | { readonly kind: 'packets-not-read'; readonly lane: string; readonly recorded: number; readonly read: number }
  | { readonly kind: 'client-not-observed' }
  | { readonly kind: 'server-not-observed' }
  | { readonly kind: 'clocks'; readonly from: string; readonly to: string; readonly why: ClockUnknown }
  | { readonly kind: 'order-by-clocks' };

export interface CaveatsOf {
  readonly watched: Watched;
  readonly coverage: readonly Coverage[];
  readonly clocks: readonly ClockOffset[];
  readonly clocksTrusted: boolean;
}

export function caveatsOf({ watched: { watches }, coverage, clocks, clocksTrusted }: CaveatsOf): readonly Caveat[] {
  const first = watches[0]?.lane.facts;
  const last = watches[watches.length - 1]?.lane.facts;
  return [
    ...watches.flatMap((watch, lane) => laneCaveats(watch, coverage[lane])),
    ...(first !== undefined && !ownsClient(first) ? [{ kind: 'client-not-observed' } as const] : []),
    ...(last !== undefined && !ownsServer(last) ? [{ kind: 'server-not-observed' } as const] : []),
    ...clocks.flatMap((clock): Caveat[] =>
      clock.kind === 'unknown' ? [{ kind: 'clocks', from: clock.from, to: clock.to, why: clock.why }] : []
    ),
    ...(clocksTrusted ? [{ kind: 'order-by-clocks' } as const] : []),
  ];
}

function laneCaveats(
  { lane: records, fromServer, ana, length }: Watch,
  { fromBeginning }: Coverage
): readonly Caveat[] {
  const { lane, chunks, spans, packets, l4Proto } = records;
  const drops = chunks.length > 0 ? chunks : spans.map(({ record }) => record);
  const dropped = drops.reduce((sum, { capture_drops }) => sum + (capture_drops ?? 0), 0);
  const truncated = chunks.reduce((sum, { truncated_packets }) => sum + (truncated_packets ?? 0), 0);
  const read = packets.reduce((sum, record) => sum + record.packets, 0);
  const withPackets = new Set(packets.map(({ chunk_id }) => chunk_id));
  const recorded = chunks
    .filter(({ chunk_id }) => withPackets.size === 0 || withPackets.has(chunk_id))
    .reduce((sum, { tx_packets, rx_packets }) => sum + tx_packets + rx_packets, 0);
  const twice = ana.reduce((sum, bits) => sum + ((bits & Analysis.CapturedTwice) !== 0 ? 1 : 0), 0);
  const byServer = fromServer.reduce<number>((sum, one) => sum + one, 0);
  const oneSided = length > 1 && (byServer === 0 || byServer === length) && chunks.some(({ one_sided }) => one_sided);
  const found: Array<Caveat | false> = [
    dropped > 0 && { kind: 'capture-dropped', lane, packets: dropped },
    truncated > 0 && { kind: 'truncated', lane, packets: truncated },
    l4Proto === 'tcp' && length > 0 && !fromBeginning && { kind: 'no-handshake', lane },
    oneSided && { kind: 'one-direction', lane, seen: byServer === 0 ? 'client' : 'server' },
    chunks.some(({ end_reason }) => end_reason === 'evicted') && { kind: 'evicted', lane },
    l4Proto === 'tcp' &&
      chunks.some(({ end_reason }) => end_reason === 'capture_ended') && { kind: 'capture-ended', lane },
    twice > 0 && { kind: 'captured-twice', lane, packets: twice },
    read < recorded && { kind: 'packets-not-read', lane, recorded, read },
  ];
  return found.filter((caveat): caveat is Caveat => caveat !== false);
}

/** One whole sentence. */
export function caveatText(caveat: Caveat, nics: readonly NicPlace[]): string {
  const at = (lane: string): string => {
    const place = nics.find((nic) => nic.lane === lane);
    return place === undefined ? 'a NIC' : placeText(place);
  };
  switch (caveat.kind) {
    case 'capture-dropped':
      return `The capture lost ${packets(caveat.packets)} at ${at(caveat.lane)}: what is missing there may have been on the wire, and is not counted as lost.`;
    case 'truncated':
      return `Of ${packets(caveat.packets)} at ${at(caveat.lane)} the capture holds fewer bytes than the wire did: what was asked or answered may be read in part.`;
    case 'no-handshake':
      return `The connection began before what was read of ${at(caveat.lane)}: what was sent before is not known there.`;
    case 'one-direction':
      return `${capital(at(caveat.lane))} saw what the ${caveat.seen} sent only: the other way goes past it, or the capture missed it.`;
    case 'evicted':
      return `The collector's table of connections was full at ${at(caveat.lane)}: the rest of the connection is not recorded there.`;
    case 'capture-ended':
      return `The connection was still open when the capture at ${at(caveat.lane)} ended.`;
    case 'captured-twice':
      return `${capital(packets(caveat.packets))} at ${at(caveat.lane)} were captured twice (a mirror port); each counts once.`;
    case 'packets-not-read':
      return `Of ${packets(caveat.recorded)} at ${at(caveat.lane)} ${caveat.read} were read.`;
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

function packets(count: number): string {
  return count === 1 ? '1 packet' : `${count} packets`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
