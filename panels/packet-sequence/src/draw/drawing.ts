/** What the ladder is drawn with: a canvas, or whatever can do the same, such as a writer of SVG. */
import { type Tone } from '../model/arrow-look';

export type DrawingContext = Pick<
  CanvasRenderingContext2D,
  | 'clearRect'
  | 'fillRect'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'fill'
  | 'save'
  | 'restore'
  | 'translate'
  | 'rotate'
  | 'scale'
  | 'setLineDash'
  | 'fillText'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'globalAlpha'
  | 'font'
  | 'textAlign'
> & { measureText(text: string): { readonly width: number } };

export interface Palette {
  readonly tones: Readonly<Record<Tone, string>>;
  /** For labels: tones that are text read well on the panel. */
  readonly text: Readonly<Record<Tone, string>>;
  readonly background: string;
  readonly laneLine: string;
  readonly selected: string;
  readonly request: string;
  readonly match: string;
  readonly synced: string;
  readonly bracket: string;
  readonly captureLoss: string;
  readonly font: string;
}
