import { type RowArrows } from '../layout/arrows';

export type Shade = 'none' | 'request' | 'match' | 'synced' | 'selected';

/** All positions in px from the top of what is drawn. */
export type DrawnLine =
  | {
      readonly kind: 'row';
      readonly yPx: number;
      readonly shade: Shade;
      readonly arrows: RowArrows | undefined;
      readonly labelled: boolean;
      /** The first of a chunk of records. */
      readonly seam: boolean;
    }
  | {
      readonly kind: 'fold';
      readonly fold: 'silence' | 'burst';
      readonly yPx: number;
      readonly shade: Shade;
      readonly text: string;
    };

export interface DrawnBand {
  readonly x: number;
  readonly widthPx: number;
  readonly yPx: number;
  readonly heightPx: number;
}

export interface DrawnBracket {
  readonly x: number;
  readonly fromPx: number;
  readonly toPx: number;
  readonly startsHere: boolean;
  readonly endsHere: boolean;
}
