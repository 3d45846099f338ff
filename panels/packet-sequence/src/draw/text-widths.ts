/** How wide texts are in one font: while the chart moves, nearly all of them were measured before. */
import { type MeasureText } from '../layout/arrows';

const MOST = 5000;

export class TextWidths {
  private readonly known = new Map<string, number>();

  constructor(private readonly font: string) {}

  of(ctx: CanvasRenderingContext2D): MeasureText {
    return (text) => {
      const before = this.known.get(text);
      if (before !== undefined) {
        return before;
      }
      if (this.known.size >= MOST) {
        this.known.clear();
      }
      ctx.font = this.font;
      const { width } = ctx.measureText(text);
      this.known.set(text, width);
      return width;
    };
  }
}
