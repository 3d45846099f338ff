/** What stands at the arrows between two NICs. */
import { countText, durationText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { type NicPath, type PathEdge } from './read-path';
import { tunnelText } from './node-text';

/** `slowest`: longer than all others; `slow`: so long that the request was slow for it. */
export type EdgeTone = 'plain' | 'muted' | 'slowest' | 'slow' | 'danger';

/** `none`: no arrow. `dies`: it ends half way. */
export type ArrowState = 'whole' | 'dies' | 'none';

export interface EdgeWay {
  readonly arrow: ArrowState;
  /** One line each; empty where nothing is known. */
  readonly lines: readonly string[];
  readonly tone: EdgeTone;
  /** Segments of this request that died on the way and came through later. */
  readonly loss?: WayLoss;
}

export interface WayLoss {
  /** Where there is little room. */
  readonly short: string;
  readonly text: string;
}

export interface EdgeMark {
  /** Where there is little room. */
  readonly short: string;
  readonly text: string;
  readonly tone: 'nat' | 'tunnel' | 'quiet';
}

/** The line that says so. */
export const SLOWEST = 'slowest hop';

export interface EdgeText {
  readonly there: EdgeWay;
  readonly back: EdgeWay;
  /** Between the arrows: translation, tunnels, what else the connection lost. */
  readonly marks: readonly EdgeMark[];
  /** For those who hear the path. */
  readonly sentence: string;
}

export function edgeText(path: NicPath, index: number): EdgeText {
  const edge = path.edges[index];
  const source = path.nodes[index];
  const target = path.nodes[index + 1];
  const observed = source.observed && target.observed;
  const slow = index === path.slowest.index;
  const tone: EdgeTone = slow ? (path.slowest.matters ? 'slow' : 'slowest') : observed ? 'plain' : 'muted';
  const emphasis = slow ? [SLOWEST] : [];
  const answered = source.latencyMs !== null || target.latencyMs !== null;
  const neverReached = path.edges.slice(0, index).some((before) => before.lost === 'request');
  const lostBack: EdgeWay = { arrow: 'dies', lines: ['response lost'], tone: 'danger' };
  const nothing: EdgeWay = { arrow: 'none', lines: [], tone: 'muted' };

  const plainWays = ((): BothWays => {
    if (neverReached) {
      return { there: nothing, back: nothing };
    }
    if (edge.lost === 'request') {
      return { there: { arrow: 'dies', lines: ['request lost'], tone: 'danger' }, back: nothing };
    }
    const thereLines = edge.thereMs === null ? [] : [durationText(edge.thereMs)];
    if (edge.lost === 'response') {
      return { there: { arrow: 'whole', lines: thereLines, tone }, back: lostBack };
    }
    const back: EdgeWay = answered ? { arrow: 'whole', lines: [], tone } : nothing;
    if (edge.sameClock || (edge.thereMs !== null && edge.backMs !== null)) {
      const backLines = edge.backMs === null ? [] : [durationText(edge.backMs)];
      return {
        there: { arrow: 'whole', lines: thereLines, tone },
        back: { ...back, lines: [...backLines, ...emphasis] },
      };
    }
    if (edge.thereAndBackMs !== null && edge.thereEstimateMs !== null && edge.backEstimateMs !== null) {
      return {
        there: { arrow: 'whole', lines: estimateLines(edge.thereEstimateMs, edge), tone },
        back: { ...back, lines: [...estimateLines(edge.backEstimateMs, edge), ...emphasis] },
      };
    }
    if (edge.thereAndBackMs !== null) {
      const lines = [durationText(edge.thereAndBackMs), 'there and back'];
      return { there: { arrow: 'whole', lines, tone }, back: { ...back, lines: emphasis } };
    }
    if (edge.thereEstimateMs !== null) {
      // Nothing came back that this hop could be timed by.
      return { there: { arrow: 'whole', lines: estimateLines(edge.thereEstimateMs, edge), tone }, back };
    }
    return { there: { arrow: 'whole', lines: observed ? ['time not known'] : [], tone: 'muted' }, back };
  })();
  const ways = {
    there: withLoss(plainWays.there, lossOf('request', edge.requestSegmentsLost, edge.requestResentAfterMs)),
    back: withLoss(plainWays.back, lossOf('response', edge.responseSegmentsLost, edge.responseResentAfterMs)),
  };
  const marks = marksOf(path, index);
  return { ...ways, marks, sentence: sentenceOf(ways, { edge, marks, slow }) };
}

interface BothWays {
  readonly there: EdgeWay;
  readonly back: EdgeWay;
}

function lossOf(
  part: 'request' | 'response',
  segments: number | null,
  resentAfterMs: number | null
): WayLoss | undefined {
  if (segments === null || segments === 0) {
    return undefined;
  }
  const again =
    resentAfterMs === null
      ? 'not sent again'
      : `sent again after ${segments === 1 ? '' : 'up to '}${durationText(resentAfterMs)}`;
  return {
    short: `${countText(segments)} lost`,
    text: `${pluralText(segments, 'segment')} of the ${part} lost here, ${again}`,
  };
}

function withLoss(way: EdgeWay, loss: WayLoss | undefined): EdgeWay {
  return loss === undefined || way.arrow === 'none' ? way : { ...way, tone: 'danger', loss };
}

/** Clocks of two hosts were compared: the time and how far off it may be. */
function estimateLines(ms: number, { estimateAtMostMs }: PathEdge): readonly string[] {
  return [`≈ ${durationText(ms)}`, ...(estimateAtMostMs === null ? [] : [`± ${durationText(estimateAtMostMs)}`])];
}

function marksOf(path: NicPath, index: number): readonly EdgeMark[] {
  const { nat, lostSegments, sentSegments } = path.edges[index];
  const [before, after] = [tunnelText(path.nodes[index]), tunnelText(path.nodes[index + 1])];
  const isBoth = path.nodes[index].observed && path.nodes[index + 1].observed;
  const marks: EdgeMark[] = [];
  if (nat !== '') {
    marks.push({ short: 'NAT', text: nat, tone: 'nat' });
  }
  if (isBoth && before !== after) {
    const text = [before === '' ? '' : `out of ${before}`, after === '' ? '' : `into ${after}`]
      .filter(Boolean)
      .join(', ');
    marks.push({ short: after === '' ? 'tunnel end' : 'tunnel', text, tone: 'tunnel' });
  }
  if (lostSegments !== null && lostSegments > 0) {
    const of = sentSegments === null ? '' : ` of ${countText(sentSegments)}`;
    marks.push({
      short: `−${countText(lostSegments)}${of}`,
      text: `the whole connection lost ${countText(lostSegments)}${of} packets here`,
      tone: 'quiet',
    });
  }
  return marks;
}

interface Told {
  readonly edge: PathEdge;
  readonly marks: readonly EdgeMark[];
  readonly slow: boolean;
}

function sentenceOf({ there, back }: BothWays, { edge, marks, slow }: Told): string {
  const isCompared = there.lines[0]?.startsWith('≈') === true;
  const thereText = there.lines.join(' ');
  const backText = back.lines.filter((line) => line !== SLOWEST).join(' ');
  const parts = [
    isCompared && edge.thereAndBackMs !== null
      ? `${durationText(edge.thereAndBackMs)} there and back, by compared clocks ${thereText} there`
      : thereText,
    backText === '' ? '' : `back ${backText}`,
    ...[there.loss, back.loss].map((loss) => loss?.text ?? ''),
    ...marks.map(({ text, tone }) => (tone === 'nat' ? `address translation: ${text}` : text)),
    slow ? SLOWEST : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `Hop: ${parts.join(', ')}.`;
}
