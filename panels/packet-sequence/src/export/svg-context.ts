/** Writes as SVG what is drawn on it; does what `DrawingContext` asks for and no more. */
import { type DrawingContext } from '../draw/drawing';

interface Matrix {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

const IDENTITY: Matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

export class SvgContext implements DrawingContext {
  fillStyle: DrawingContext['fillStyle'] = '#000';
  strokeStyle: DrawingContext['strokeStyle'] = '#000';
  lineWidth = 1;
  globalAlpha = 1;
  font = '11px sans-serif';
  textAlign: DrawingContext['textAlign'] = 'start';
  private readonly out: string[] = [];
  private readonly saved: Matrix[] = [];
  private matrix = IDENTITY;
  private path: string[] = [];
  private dash = '';

  constructor(private readonly measure: (text: string) => number) {}

  svg(widthPx: number, heightPx: number, background: string): string {
    const size = `width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}"`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size}>`,
      `<rect width="100%" height="100%" fill="${escaped(background)}"/>`,
      ...this.out,
      '</svg>',
      '',
    ].join('\n');
  }

  clearRect(): void {
    // The page is empty to begin with.
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.out.push(
      `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" ${this.paint('fill', this.fillStyle)}/>`
    );
  }

  beginPath(): void {
    this.path = [];
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${this.point(x, y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`L${this.point(x, y)}`);
  }

  stroke(): void {
    const dash = this.dash === '' ? '' : ` stroke-dasharray="${this.dash}"`;
    this.out.push(
      `<path d="${this.path.join('')}" fill="none" ${this.paint('stroke', this.strokeStyle)} stroke-width="${px(this.lineWidth)}"${dash}/>`
    );
  }

  fill(): void {
    this.out.push(`<path d="${this.path.join('')}Z" ${this.paint('fill', this.fillStyle)}/>`);
  }

  save(): void {
    this.saved.push(this.matrix);
  }

  restore(): void {
    this.matrix = this.saved.pop() ?? IDENTITY;
  }

  translate(x: number, y: number): void {
    const { a, b, c, d, e, f } = this.matrix;
    this.matrix = { ...this.matrix, e: a * x + c * y + e, f: b * x + d * y + f };
  }

  rotate(angle: number): void {
    const { a, b, c, d, e, f } = this.matrix;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.matrix = { a: a * cos + c * sin, b: b * cos + d * sin, c: c * cos - a * sin, d: d * cos - b * sin, e, f };
  }

  scale(x: number, y: number): void {
    const { a, b, c, d, e, f } = this.matrix;
    this.matrix = { a: a * x, b: b * x, c: c * y, d: d * y, e, f };
  }

  setLineDash(segments: Iterable<number>): void {
    this.dash = [...segments].join(' ');
  }

  measureText(text: string): { readonly width: number } {
    return { width: this.measure(text) };
  }

  fillText(text: string, x: number, y: number): void {
    const anchor = this.textAlign === 'center' ? 'middle' : this.textAlign === 'right' ? 'end' : 'start';
    const [size, ...family] = this.font.split(' ');
    this.out.push(
      `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" font-size="${escaped(size)}" font-family="${escaped(family.join(' '))}" ${this.paint('fill', this.fillStyle)}>${escaped(text)}</text>`
    );
  }

  private point(x: number, y: number): string {
    const { a, b, c, d, e, f } = this.matrix;
    return `${px(a * x + c * y + e)} ${px(b * x + d * y + f)}`;
  }

  private paint(what: 'fill' | 'stroke', style: DrawingContext['fillStyle']): string {
    const alpha = this.globalAlpha === 1 ? '' : ` ${what}-opacity="${this.globalAlpha}"`;
    return `${what}="${escaped(typeof style === 'string' ? style : 'none')}"${alpha}`;
  }
}

const px = (n: number): string => String(Math.round(n * 100) / 100);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  // Control characters are not allowed in XML at all.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd').replace(/[&<>"']/g, (c) => ENTITIES[c]);
}
