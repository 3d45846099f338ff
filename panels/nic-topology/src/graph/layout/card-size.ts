/** How large nodes are, in the picture's own units: with three lines of text where there are few of them, with two where there are many. */
export interface CardSize {
  readonly width: number;
  readonly height: number;
  /** From one layer's cards to the next's. */
  readonly layerGap: number;
  /** From one node's middle to the next's below it. */
  readonly row: number;
  /** Beside bands: room for edges that turn. */
  readonly side: number;
  /** Below a band: room for the host box around it, edges on their way, and the title of the host box around the next. */
  readonly bandGap: number;
}

const LARGE: CardSize = { width: 190, height: 66, layerGap: 84, row: 104, side: 52, bandGap: 96 };
const SMALL: CardSize = { width: 150, height: 44, layerGap: 86, row: 60, side: 52, bandGap: 96 };
/** A phone has little width: lines are short, and edges turn closely. */
const NARROW: CardSize = { width: 138, height: 72, layerGap: 40, row: 84, side: 32, bandGap: 72 };
const LARGE_UP_TO = 40;
export const NARROW_BELOW_PX = 560;

export function cardSizeFor(nodes: number, widthPx = Infinity): CardSize {
  return nodes > LARGE_UP_TO ? SMALL : widthPx < NARROW_BELOW_PX ? NARROW : LARGE;
}
