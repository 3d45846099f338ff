/** A hop in words: beside its arrows, between them, and for those who hear the path. */
import { countText, durationText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type EdgeWay, edgeWays, type EdgeWays, type WayLoss, type WayTime } from './edge-ways';
import { tunnelText } from './node-text';
import { type NicPath } from './path';
import { slowestHop } from './slowest-hop';

export const SLOWEST = 'slowest hop';

/** Between the arrows: translation, tunnels, what the whole connection lost. */
interface EdgeMark {
  readonly kind: 'nat' | 'tunnel' | 'losses';
  readonly text: string;
  /** Where there is little room. */
  readonly short: string;
}

export interface EdgeText extends EdgeWays {
  readonly isSlowest: boolean;
  readonly marks: readonly EdgeMark[];
  readonly sentence: string;
}

export function edgeText(path: NicPath, index: number): EdgeText {
  const ways = edgeWays(path, index);
  const isSlowest = index === slowestHop(path.edges, path.latencyMs).index;
  const marks = marksOf(path, index);
  return {
    ...ways,
    isSlowest,
    marks,
    sentence: sentenceOf(path.edges[index].roundTripMs, ways, { isSlowest, marks }),
  };
}

/** One or two lines; none where nothing is known. */
export function timeLines(time: WayTime): readonly string[] {
  switch (time.kind) {
    case 'measured':
      return [durationText(time.ms)];
    case 'estimated':
      return [
        `≈ ${durationText(time.ms)}`,
        ...(time.atMostOffMs === null ? [] : [`± ${durationText(time.atMostOffMs)}`]),
      ];
    case 'round-trip':
      return [durationText(time.ms), 'round trip'];
    case 'lost':
      return [`${time.part} lost`];
    case 'unknown':
      return ['time unknown'];
    case 'none':
      return [];
    default:
      return assertUnreachable(time);
  }
}

export function lossText({ part, segments, retransmittedAfterMs }: WayLoss): string {
  const again =
    retransmittedAfterMs === null
      ? 'not retransmitted'
      : `retransmitted after ${segments === 1 ? '' : 'up to '}${durationText(retransmittedAfterMs)}`;
  return `${pluralText(segments, 'segment')} of the ${part} lost here, ${again}`;
}

/** Where there is little room. */
export const lossShort = ({ segments }: WayLoss): string => `${countText(segments)} lost`;

function marksOf(path: NicPath, index: number): readonly EdgeMark[] {
  const { nat, lostSegments, sentSegments } = path.edges[index];
  const [source, target] = [path.nodes[index], path.nodes[index + 1]];
  const [before, after] = [tunnelText(source), tunnelText(target)];
  const marks: EdgeMark[] = [];
  if (nat !== '') {
    marks.push({ kind: 'nat', text: nat, short: 'NAT' });
  }
  if (source.observed && target.observed && before !== after) {
    const text = [before === '' ? '' : `out of ${before}`, after === '' ? '' : `into ${after}`]
      .filter(Boolean)
      .join(', ');
    marks.push({ kind: 'tunnel', text, short: after === '' ? 'tunnel end' : 'tunnel' });
  }
  if (lostSegments !== null && lostSegments > 0) {
    const lost = `${countText(lostSegments)}${sentSegments === null ? '' : ` of ${countText(sentSegments)}`}`;
    marks.push({ kind: 'losses', text: `the whole connection lost ${lost} packets here`, short: `−${lost}` });
  }
  return marks;
}

function sentenceOf(
  roundTripMs: number | null,
  { toServer, toClient }: EdgeWays,
  { isSlowest, marks }: Pick<EdgeText, 'isSlowest' | 'marks'>
): string {
  const isEstimated = toServer.time.kind === 'estimated' && toClient.time.kind === 'estimated';
  const parts = [
    isEstimated && roundTripMs !== null ? `${durationText(roundTripMs)} round trip, by clock comparison` : '',
    wayText(toServer, 'to server'),
    wayText(toClient, 'to client'),
    ...[toServer, toClient].map(({ loss }) => (loss === undefined ? '' : lossText(loss))),
    ...marks.map(({ kind, text }) => (kind === 'nat' ? `address translation: ${text}` : text)),
    isSlowest ? SLOWEST : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `Hop: ${parts.join(', ')}.`;
}

function wayText({ time }: EdgeWay, direction: string): string {
  const isOneWay = time.kind === 'measured' || time.kind === 'estimated';
  return [...timeLines(time), ...(isOneWay ? [direction] : [])].join(' ');
}
