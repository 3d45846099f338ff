/** How large nodes are, in the picture's own units: with three lines of words where there are few of them, with two where there are many. */
export interface CardSize {
  readonly width: number;
  readonly height: number;
  /** From one layer's cards to the next's. */
  readonly layerGap: number;
  /** From one node's middle to the next's below it. */
  readonly row: number;
}

const LARGE: CardSize = { width: 190, height: 66, layerGap: 84, row: 104 };
const SMALL: CardSize = { width: 150, height: 44, layerGap: 86, row: 60 };
const LARGE_UP_TO = 40;

export const cardSizeFor = (nodes: number): CardSize => (nodes <= LARGE_UP_TO ? LARGE : SMALL);
