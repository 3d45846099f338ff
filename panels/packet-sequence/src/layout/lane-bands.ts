/** What neighbouring lanes have in common is written once, across all of them. */
import { type LadderColumns } from './columns';

interface Band {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** Runs of equal texts. */
export function bandsOf(texts: readonly string[]): readonly Band[] {
  const bands: Band[] = [];
  texts.forEach((text, lane) => {
    const open = bands[bands.length - 1];
    if (open?.text === text) {
      bands[bands.length - 1] = { ...open, last: lane };
    } else {
      bands.push({ first: lane, last: lane, text });
    }
  });
  return bands;
}

interface HeadBox {
  readonly left: number;
  readonly width: number;
}

const GAP_PX = 3;
/** The outer bands end near their lanes: other columns are beside them. */
const OVERHANG_PX = 14;

/** From half way to the lane before to half way to the lane after. */
export function bandBox({ laneXs }: LadderColumns, { first, last }: Pick<Band, 'first' | 'last'>): HeadBox {
  const outer = laneXs.length - 1;
  const left = first === 0 ? laneXs[0] - OVERHANG_PX : (laneXs[first - 1] + laneXs[first]) / 2 + GAP_PX;
  const right = last === outer ? laneXs[outer] + OVERHANG_PX : (laneXs[last] + laneXs[last + 1]) / 2 - GAP_PX;
  return { left, width: right - left };
}

/** A name is centred over its lane; beside the outer lanes nothing else is at its height. */
export function nameBox({ laneXs, contentWidth }: LadderColumns, lane: number): HeadBox {
  const distance = laneXs.length > 1 ? laneXs[1] - laneXs[0] : contentWidth;
  const half = Math.min(distance / 2 - GAP_PX, laneXs[lane], contentWidth - laneXs[lane]);
  return { left: laneXs[lane] - half, width: 2 * half };
}
