/** Keys of the chart. */
import { type Jump } from '../model/jumps';

export type LadderKey =
  | { readonly kind: 'move'; readonly row: number }
  | { readonly kind: 'search' }
  | { readonly kind: 'match'; readonly step: 1 | -1 }
  | { readonly kind: 'open' }
  | { readonly kind: 'card' }
  | { readonly kind: 'jump'; readonly jump: Jump }
  | { readonly kind: 'zoom'; readonly direction: 1 | -1 }
  | { readonly kind: 'copy' }
  | { readonly kind: 'close' };

export interface KeyInput {
  readonly key: string;
  /** -1 where no row is selected. */
  readonly row: number;
  readonly rows: number;
  readonly page: number;
}

export function ladderKey({ key, row, rows, page }: KeyInput): LadderKey | undefined {
  const move = (to: number): LadderKey => ({ kind: 'move', row: Math.max(0, Math.min(rows - 1, to)) });
  switch (key) {
    case 'ArrowDown':
      return move(row + 1);
    case 'ArrowUp':
      return move(row - 1);
    case 'PageDown':
      return move(row + page);
    case 'PageUp':
      return move(row - page);
    case 'Home':
      return move(0);
    case 'End':
      return move(rows - 1);
    case '/':
      return { kind: 'search' };
    case 'n':
      return { kind: 'match', step: 1 };
    case 'N':
      return { kind: 'match', step: -1 };
    case 'Enter':
      return { kind: 'open' };
    case ' ':
      return { kind: 'card' };
    case 'r':
      return { kind: 'jump', jump: 'request' };
    case 'a':
      return { kind: 'jump', jump: 'notable' };
    case 'g':
      return { kind: 'jump', jump: 'gap' };
    case '+':
      return { kind: 'zoom', direction: 1 };
    case '-':
      return { kind: 'zoom', direction: -1 };
    case 'c':
      return { kind: 'copy' };
    case 'Escape':
      return { kind: 'close' };
    default:
      return undefined;
  }
}
