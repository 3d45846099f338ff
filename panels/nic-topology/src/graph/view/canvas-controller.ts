/**
 * Pan, zoom and when to draw: one canvas for the graph, and one over it for what is pointed at. A moved view is drawn anew when the sheets leave a
 * gap or the hand rests. Knows nothing of React.
 */
import { select, type Selection, zoom, type ZoomBehavior, zoomIdentity, type ZoomTransform } from 'd3';
import { type GraphLayout } from '../layout/graph-layout';
import { drawGraph, drawPart } from './draw-graph';
import { type Picture, type View } from './draw-input';
import { type Emphasis } from './emphasis';
import { OverscanSheets } from './overscan-sheets';

const REST_MS = 90;
const FIT_PADDING_PX = 24;
/** Of a narrow panel less is given away. */
const FIT_PADDING_SHARE = 0.02;
const MIN_SCALE = 0.01;
const MAX_SCALE = 2;
/** A small graph is not blown up to fill the panel. */
const MAX_FIT_SCALE = 1.1;
const MOVE_MS = 220;
const VEIL_ALPHA = 0.72;

interface CanvasControllerInput {
  /** Takes pointer and wheel, and shows a part of the canvases. */
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
  private resting: ReturnType<typeof setTimeout> | undefined;
  private isStale = false;
  /** The canvas for what is pointed at is only there while something is. */
  private isOverShown = false;
  private readonly sheets: OverscanSheets;
  private readonly zoomer: ZoomBehavior<HTMLElement, unknown>;
  private readonly hand: Selection<HTMLElement, unknown, null, undefined>;

  constructor(private readonly input: CanvasControllerInput) {
    this.sheets = new OverscanSheets([input.graphCanvas, input.overCanvas]);
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
    this.sheets.resize(width, height);
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

  /** Moves a point of the picture to the centre of the window. */
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
      this.shift();
    }
    this.input.onView(view);
  }

  private shift(): void {
    switch (this.sheets.shift(this.view, this.picture?.layout)) {
      case 'sharp':
        return;
      case 'blurred':
        this.resting = setTimeout(() => this.draw(), REST_MS);
        return;
      case 'gap':
        this.draw();
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
    this.isStale = false;
    this.sheets.begin(this.view);
    const sheet = this.sheets.sheetOf(this.input.graphCanvas);
    if (this.picture !== undefined && sheet !== undefined) {
      drawGraph(this.picture, this.sheets.view, sheet);
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
    const sheet = isShown ? this.sheets.sheetOf(this.input.overCanvas) : undefined;
    if (sheet === undefined || this.emphasis === undefined || this.picture === undefined) {
      return;
    }
    const { context, width, height } = sheet;
    context.clearRect(0, 0, width, height);
    context.globalAlpha = VEIL_ALPHA;
    context.fillStyle = this.picture.theme.colors.background.primary;
    context.fillRect(0, 0, width, height);
    context.globalAlpha = 1;
    drawPart(this.picture, this.sheets.view, { sheet, ...this.emphasis });
  }
}
