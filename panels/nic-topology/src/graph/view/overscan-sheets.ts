/**
 * Canvases larger than the window through which they are seen. While the view moves they are shifted and scaled as they are; only where their
 * edge would come into view they must be drawn anew.
 */
import { zoomIdentity } from 'd3';
import { type GraphLayout } from '../layout/graph-layout';
import { type Sheet, type View } from './draw-input';

/** Beyond the window on each side, as a share of it. */
const MARGIN = 0.3;
/** Edges that turn, host boxes and names reach so far beyond the outermost nodes. */
const EDGE_PX = 60;

export class OverscanSheets {
  private size = { width: 1, height: 1 };
  private drawn: View = zoomIdentity;

  constructor(private readonly canvases: readonly HTMLCanvasElement[]) {}

  /** px of the window */
  resize(width: number, height: number): void {
    this.size = { width, height };
  }

  /** What is drawn from here on is drawn for this view of the window. */
  begin(view: View): void {
    const { width, height } = this.size;
    this.drawn = view;
    this.place(-MARGIN * width, -MARGIN * height, 1);
  }

  /** The view that `begin` was given, from the sheets' corner. */
  get view(): View {
    const { x, y, k } = this.drawn;
    return { x: x + MARGIN * this.size.width, y: y + MARGIN * this.size.height, k };
  }

  /**
   * Moves what is drawn as it is.
   *
   * @returns `gap`: something is missing in the window; `blurred`: nothing is, but the sheets should be drawn anew before long;
   *   `sharp`: all of the graph is on the sheets, at this scale
   */
  shift(view: View, layout: GraphLayout | undefined): 'sharp' | 'blurred' | 'gap' {
    const { width, height } = this.size;
    const ratio = view.k / this.drawn.k;
    const left = view.x - (this.drawn.x + MARGIN * width) * ratio;
    const top = view.y - (this.drawn.y + MARGIN * height) * ratio;
    const isSharp = ratio === 1 && (layout === undefined || this.holds(layout));
    const isCovered =
      left <= 0 &&
      top <= 0 &&
      left + width * (1 + 2 * MARGIN) * ratio >= width &&
      top + height * (1 + 2 * MARGIN) * ratio >= height;
    if (!isSharp && !isCovered) {
      return 'gap';
    }
    this.place(left, top, ratio);
    return isSharp ? 'sharp' : 'blurred';
  }

  sheetOf(canvas: HTMLCanvasElement): Sheet | undefined {
    const context = canvas.getContext('2d');
    if (context === null) {
      return undefined;
    }
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = this.sheetSize;
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
      canvas.width = pixelWidth;
      canvas.height = pixelHeight;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { context, width, height };
  }

  private holds(layout: GraphLayout): boolean {
    const { x, y, k } = this.view;
    const { width, height } = this.sheetSize;
    return (
      x >= EDGE_PX &&
      y >= EDGE_PX &&
      x + layout.width * k <= width - EDGE_PX &&
      y + layout.height * k <= height - EDGE_PX
    );
  }

  private get sheetSize() {
    return { width: this.size.width * (1 + 2 * MARGIN), height: this.size.height * (1 + 2 * MARGIN) };
  }

  private place(left: number, top: number, ratio: number): void {
    for (const canvas of this.canvases) {
      canvas.style.transform = `translate(${left}px, ${top}px) scale(${ratio})`;
    }
  }
}
