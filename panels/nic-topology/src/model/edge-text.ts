/** What stands at the arrows between two NICs. */
import { millisecondsText } from '../../../shared/quantity-text';
import { type NicPath } from './nic-path';

export type EdgeTone = 'plain' | 'muted' | 'slow' | 'danger';

/** `none`: no arrow. `dies`: it ends half way. */
export type ArrowState = 'whole' | 'dies' | 'none';

export interface EdgeWay {
  readonly arrow: ArrowState;
  /** One line each; empty where nothing is known. */
  readonly lines: readonly string[];
  readonly tone: EdgeTone;
}

export interface EdgeText {
  readonly there: EdgeWay;
  readonly back: EdgeWay;
  /** Between the arrows: address translation. */
  readonly nat: string;
  /** For those who hear the path. */
  readonly sentence: string;
}

export function edgeText(path: NicPath, index: number): EdgeText {
  const edge = path.edges[index];
  const source = path.nodes[index];
  const target = path.nodes[index + 1];
  const observed = source.observed && target.observed;
  const slow = index === path.slowest;
  const tone: EdgeTone = slow ? 'slow' : observed ? 'plain' : 'muted';
  const emphasis = slow ? ['slowest hop'] : [];
  const answered = source.latencyMs !== null || target.latencyMs !== null;
  const neverReached = path.edges.slice(0, index).some((before) => before.lost === 'request');
  const lostBack: EdgeWay = { arrow: 'dies', lines: ['response lost'], tone: 'danger' };
  const nothing: EdgeWay = { arrow: 'none', lines: [], tone: 'muted' };

  const ways = ((): { readonly there: EdgeWay; readonly back: EdgeWay } => {
    if (neverReached) {
      return { there: nothing, back: nothing };
    }
    if (edge.lost === 'request') {
      return { there: { arrow: 'dies', lines: ['request lost'], tone: 'danger' }, back: nothing };
    }
    const thereLines = edge.thereMs === null ? [] : [millisecondsText(edge.thereMs)];
    if (edge.lost === 'response') {
      return { there: { arrow: 'whole', lines: thereLines, tone }, back: lostBack };
    }
    const back: EdgeWay = answered ? { arrow: 'whole', lines: [], tone } : nothing;
    if (edge.sameClock || (edge.thereMs !== null && edge.backMs !== null)) {
      const backLines = edge.backMs === null ? [] : [millisecondsText(edge.backMs)];
      return {
        there: { arrow: 'whole', lines: thereLines, tone },
        back: { ...back, lines: [...backLines, ...emphasis] },
      };
    }
    if (edge.thereAndBackMs !== null) {
      const lines = [millisecondsText(edge.thereAndBackMs), 'there and back'];
      return { there: { arrow: 'whole', lines, tone }, back: { ...back, lines: emphasis } };
    }
    return { there: { arrow: 'whole', lines: observed ? ['time not known'] : [], tone: 'muted' }, back };
  })();
  return { ...ways, nat: edge.nat, sentence: sentenceOf(ways, edge.nat, slow) };
}

function sentenceOf(ways: { readonly there: EdgeWay; readonly back: EdgeWay }, nat: string, slow: boolean): string {
  const back = ways.back.lines.filter((line) => line !== 'slowest hop').join(' ');
  const parts = [
    ways.there.lines.join(' '),
    back === '' ? '' : `back ${back}`,
    nat === '' ? '' : `address translation: ${nat}`,
    slow ? 'slowest hop' : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `Hop: ${parts.join(', ')}.`;
}
