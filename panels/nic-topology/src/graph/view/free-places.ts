/** Boxes that do not cover one another, found by a coarse grid. */
import { type ScreenBox } from './draw-input';

const CELL_PX = 64;

export class FreePlaces {
  private readonly cells = new Map<string, ScreenBox[]>();

  /** Takes the place unless another box lies there. */
  take(box: ScreenBox): boolean {
    const keys = cellsOf(box);
    if (keys.some((key) => this.cells.get(key)?.some((other) => cover(box, other)))) {
      return false;
    }
    for (const key of keys) {
      const boxes = this.cells.get(key);
      if (boxes === undefined) {
        this.cells.set(key, [box]);
      } else {
        boxes.push(box);
      }
    }
    return true;
  }
}

function cellsOf({ x, y, width, height }: ScreenBox): readonly string[] {
  const keys: string[] = [];
  for (let column = Math.floor(x / CELL_PX); column <= Math.floor((x + width) / CELL_PX); column++) {
    for (let row = Math.floor(y / CELL_PX); row <= Math.floor((y + height) / CELL_PX); row++) {
      keys.push(`${column} ${row}`);
    }
  }
  return keys;
}

function cover(a: ScreenBox, b: ScreenBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
