/**
 * The moving picture: two canvases, larger than what is seen, one for the graph and one over it for what is pointed at. Moving and zooming
 * shift and scale them as they are; they are drawn anew when their edge comes into view or the hand rests. Knows of no React.
 */
import { select, type Selection, zoom, type ZoomBehavior, zoomIdentity, type ZoomTransform } from 'd3';
import { type GraphLayout } from '../layout/graph-layout';
import { drawGraph, drawPart } from './draw-graph';
import { type Part, type Picture, type Sheet, type View } from './draw-input';

/** Beyond what is seen on each side, as a share of it. */
const MARGIN = 0.3;
const REST_MS = 90;
/** Edges that turn, frames and names reach so far beyond the outermost nodes. */
const EDGE_PX = 60;
const FIT_PADDING_PX = 24;
/** Of a narrow panel less is given away. */
const FIT_PADDING_SHARE = 0.02;
const MIN_SCALE = 0.01;
const MAX_SCALE = 2;
/** A small graph is not blown up to fill the panel. */
const MAX_FIT_SCALE = 1.1;
const MOVE_MS = 220;

export interface Emphasis {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
}

export interface CanvasControllerInput {
  /** What listens to hand and wheel and shows a part of the canvases. */
  readonly window: HTMLElement;
  readonly graphCanvas: HTMLCanvasElement;
  readonly overCanvas: HTMLCanvasElement;
  readonly onView: (view: View) => void;
}

export class CanvasController {
  private picture: Picture | undefined;
  private emphasis: Emphasis | undefined;
  private size = { width: 1, height: 1 };
  private view: View = zoomIdentity;
  private drawn: View = zoomIdentity;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private isStale = false;
  /** What is pointed at is drawn on a sheet that is only there while something is. */
  private isOverShown = false;
  private readonly zoomer: ZoomBehavior<HTMLElement, unknown>;
  private readonly hand: Selection<HTMLElement, unknown, null, undefined>;

  constructor(private readonly input: CanvasControllerInput) {
    this.hand = select<HTMLElement, unknown>(input.window);
    this.zoomer = zoom<HTMLElement, unknown>()
      .scaleExtent([MIN_SCALE, MAX_SCALE])
      .extent(() => [
        [0, 0],
        [this.size.width, this.size.height],
      ])
      .on('zoom', ({ transform }: { readonly transform: ZoomTransform }) => this.moveTo(transform));
    this.hand.call(this.zoomer).on('dblclick.zoom', null);
    input.overCanvas.style.display = 'none';
  }

  destroy(): void {
    clearTimeout(this.resting);
    this.isStale = false;
    this.hand.on('.zoom', null);
  }

  resize(width: number, height: number): void {
    this.size = { width, height };
    this.drawSoon();
  }

  show(picture: Picture): void {
    if (this.picture?.graph !== picture.graph) {
      // Places of one graph mean nothing in another.
      this.emphasis = undefined;
    }
    this.picture = picture;
    this.drawSoon();
  }

  point(emphasis: Emphasis | undefined): void {
    this.emphasis = emphasis;
    if (!this.isStale) {
      this.drawOver();
    }
  }

  fit(layout: GraphLayout, { smooth }: { readonly smooth: boolean }): void {
    const { width, height } = this.size;
    const padding = Math.min(FIT_PADDING_PX, FIT_PADDING_SHARE * width);
    const room = Math.min(
      (width - 2 * padding) / Math.max(1, layout.width),
      (height - 2 * padding) / Math.max(1, layout.height)
    );
    const k = Math.max(MIN_SCALE, Math.min(MAX_FIT_SCALE, room));
    this.go({ k, x: (width - layout.width * k) / 2, y: (height - layout.height * k) / 2 }, smooth);
  }

  /** Puts a point of the picture into the middle. */
  centre(x: number, y: number, { smooth, atLeast = 0 }: { readonly smooth: boolean; readonly atLeast?: number }): void {
    const k = Math.max(this.view.k, atLeast);
    this.go({ k, x: this.size.width / 2 - x * k, y: this.size.height / 2 - y * k }, smooth);
  }

  zoomBy(factor: number): void {
    this.hand.call((one) => this.zoomer.scaleBy(one, factor));
  }

  /** px of the window */
  panBy(x: number, y: number): void {
    this.go({ k: this.view.k, x: this.view.x + x, y: this.view.y + y }, false);
  }

  /** From px of the window to the picture's own units. */
  toPicture(x: number, y: number): readonly [number, number] {
    return [(x - this.view.x) / this.view.k, (y - this.view.y) / this.view.k];
  }

  get scale(): number {
    return this.view.k;
  }

  private go({ k, x, y }: View, smooth: boolean): void {
    const transform = zoomIdentity.translate(x, y).scale(k);
    if (smooth && !window.matchMedia?.('(prefers-reduced-motion: reduce)').matches) {
      this.hand.transition().duration(MOVE_MS).call(this.zoomer.transform, transform);
    } else {
      this.hand.call(this.zoomer.transform, transform);
    }
  }

  private moveTo(view: View): void {
    this.view = view;
    clearTimeout(this.resting);
    if (!this.isStale) {
      this.shift(view);
    }
    this.input.onView(view);
  }

  /** Moves what is drawn as it is, or draws anew where that leaves a gap. */
  private shift(view: View): void {
    const { width, height } = this.size;
    const ratio = view.k / this.drawn.k;
    // Where the drawn sheet's corner comes to lie, and whether it still covers the window.
    const left = view.x - (this.drawn.x + MARGIN * width) * ratio;
    const top = view.y - (this.drawn.y + MARGIN * height) * ratio;
    const covers =
      left <= 0 &&
      top <= 0 &&
      left + width * (1 + 2 * MARGIN) * ratio >= width &&
      top + height * (1 + 2 * MARGIN) * ratio >= height;
    if (ratio === 1 && this.holdsAll()) {
      // Beyond the sheet there is nothing to draw.
      this.place(left, top, ratio);
    } else if (covers) {
      this.place(left, top, ratio);
      this.resting = setTimeout(() => this.draw(), REST_MS);
    } else {
      this.draw();
    }
  }

  /** All of the graph lies on the sheet as it is drawn. */
  private holdsAll(): boolean {
    if (this.picture === undefined) {
      return true;
    }
    const { layout } = this.picture;
    const { x, y, k } = this.sheetView();
    const [width, height] = [this.size.width * (1 + 2 * MARGIN), this.size.height * (1 + 2 * MARGIN)];
    return (
      x >= EDGE_PX &&
      y >= EDGE_PX &&
      x + layout.width * k <= width - EDGE_PX &&
      y + layout.height * k <= height - EDGE_PX
    );
  }

  private place(left: number, top: number, ratio: number): void {
    for (const canvas of [this.input.graphCanvas, this.input.overCanvas]) {
      canvas.style.transform = `translate(${left}px, ${top}px) scale(${ratio})`;
    }
  }

  /** Once for all that changes in one go: size, picture and view come one after another. */
  private drawSoon(): void {
    if (!this.isStale) {
      this.isStale = true;
      queueMicrotask(() => this.isStale && this.draw());
    }
  }

  private draw(): void {
    const { width, height } = this.size;
    this.isStale = false;
    this.drawn = this.view;
    this.place(-MARGIN * width, -MARGIN * height, 1);
    const sheet = this.sheetOf(this.input.graphCanvas);
    if (this.picture !== undefined && sheet !== undefined) {
      drawGraph(this.picture, this.sheetView(), sheet);
    }
    this.drawOver();
  }

  /** A veil, and over it what is pointed at. */
  private drawOver(): void {
    const isShown = this.emphasis !== undefined && this.picture !== undefined;
    if (isShown !== this.isOverShown) {
      this.isOverShown = isShown;
      this.input.overCanvas.style.display = isShown ? '' : 'none';
    }
    const sheet = isShown ? this.sheetOf(this.input.overCanvas) : undefined;
    if (sheet === undefined || this.emphasis === undefined || this.picture === undefined) {
      return;
    }
    const { context, width, height } = sheet;
    context.clearRect(0, 0, width, height);
    context.globalAlpha = 0.72;
    context.fillStyle = this.picture.theme.colors.background.primary;
    context.fillRect(0, 0, width, height);
    context.globalAlpha = 1;
    const part: Part = { sheet, ...this.emphasis };
    drawPart(this.picture, this.sheetView(), part);
  }

  private sheetView(): View {
    const { x, y, k } = this.drawn;
    return { x: x + MARGIN * this.size.width, y: y + MARGIN * this.size.height, k };
  }

  private sheetOf(canvas: HTMLCanvasElement): Sheet | undefined {
    const context = canvas.getContext('2d');
    if (context === null) {
      return undefined;
    }
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.size.width * (1 + 2 * MARGIN), this.size.height * (1 + 2 * MARGIN)];
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
}
