/**
 * Breaks a long, thin graph into bands below one another, like lines of text, so that its names can be read. A graph that is
 * large enough in one band, or whose bands would be tied together by many edges, stays in one.
 */
import { type CardSize, NARROW_BELOW_PX } from './card-size';
import { type Ends } from './layers';

interface BandsInput {
  /** Of each node. */
  readonly layerOf: ArrayLike<number>;
  /** Nodes in each layer. */
  readonly lengths: readonly number[];
  readonly edges: readonly Ends[];
  /** Of each node; breaks between hosts are better than within one. */
  readonly hosts: readonly string[];
  readonly card: CardSize;
  /** Of the panel, px. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** More than this makes nothing easier to read. */
const MAX_SCALE = 1;
/** More bands must be worth it. */
const WORTH_IT = 1.3;
/** A phone is read downwards anyway. */
const WORTH_IT_NARROW = 1.1;
const NEARLY = 0.93;
const MAX_BANDS = 16;
const MAX_TIES_A_BREAK = 6;
const MAX_NODES = 60;

/** @returns the first layer of each band */
export function bandsOf(input: BandsInput): readonly number[] {
  const { lengths, layerOf, edges } = input;
  let best: readonly number[] = [0];
  if (layerOf.length > MAX_NODES) {
    return best;
  }
  let bestScale = scaleOf(best, input);
  const worthIt = input.widthPx < NARROW_BELOW_PX ? WORTH_IT_NARROW : WORTH_IT;
  for (let count = 2; count <= Math.min(MAX_BANDS, lengths.length); count++) {
    const even = startsOf(count, input, 0);
    const shifted = startsOf(count, input, 1);
    // A break between hosts must not make a band much longer.
    const starts = scaleOf(shifted, input) >= scaleOf(even, input) * NEARLY ? shifted : even;
    const ties = edges.filter(
      ({ source, target }) => bandOf(starts, layerOf[source]) !== bandOf(starts, layerOf[target])
    );
    const scale = scaleOf(starts, input);
    if (ties.length <= MAX_TIES_A_BREAK * (starts.length - 1) && scale > bestScale * worthIt) {
      best = starts;
      bestScale = scale;
    }
  }
  return best;
}

export function bandOf(starts: readonly number[], layer: number): number {
  let band = 0;
  while (band + 1 < starts.length && starts[band + 1] <= layer) {
    band++;
  }
  return band;
}

function scaleOf(starts: readonly number[], { lengths, card, widthPx, heightPx }: BandsInput): number {
  const bands = starts.map((start, i) => lengths.slice(start, starts[i + 1]));
  const width = Math.max(...bands.map(({ length }) => length * (card.width + card.layerGap) - card.layerGap));
  const height = bands.reduce(
    (sum, band, i) => sum + (Math.max(...band) - 1) * card.row + card.height + (i === 0 ? 0 : card.bandGap),
    0
  );
  const sides = starts.length > 1 ? 2 * card.side : 0;
  return Math.min(MAX_SCALE, widthPx / (width + sides), heightPx / height);
}

/** Bands of nearly one length, broken where the fewest edges cross, above all within a host. */
function startsOf(count: number, { lengths, layerOf, edges, hosts }: BandsInput, shift: 0 | 1): readonly number[] {
  const starts = [0];
  for (let band = 1; band < count; band++) {
    const even = Math.round((band * lengths.length) / count);
    const costs = (shift === 0 ? [even] : [even, even - 1, even + 1])
      .filter((start) => start > starts[starts.length - 1] && start < lengths.length)
      .map((start) => {
        const crossing = edges.filter(({ source, target }) => layerOf[source] < start !== layerOf[target] < start);
        const inside = crossing.filter(({ source, target }) => hosts[source] === hosts[target]);
        return { start, cost: crossing.length + 2 * inside.length + (start === even ? 0 : 0.5) };
      })
      .sort((a, b) => a.cost - b.cost);
    if (costs.length > 0) {
      starts.push(costs[0].start);
    }
  }
  return starts;
}
