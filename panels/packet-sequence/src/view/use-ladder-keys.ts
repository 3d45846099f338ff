import { type KeyboardEvent } from 'react';
import { foldAt, type Lines } from '../layout/lines';
import { type Jump } from '../model/jumps';
import { type RowSelection } from './use-row-selection';

interface Input {
  readonly lines: Lines;
  readonly pageLines: number;
  readonly selection: RowSelection;
  readonly openFold: (from: number) => void;
  readonly zoom: (direction: 1 | -1) => void;
  readonly toggleDetails: () => void;
  readonly closeDetails: () => void;
  readonly focusSearch: () => void;
  readonly openLink: () => void;
  readonly copy: () => void;
}

/** The chart by keyboard: moves go from line to line, past silences. */
export function useLadderKeys(input: Input): (event: KeyboardEvent) => void {
  const { lines, selection } = input;
  const { selected, select, step, jump } = selection;
  const here = selected < 0 ? -1 : lines.ofRow[selected];

  const moveTo = (line: number): void => {
    const direction = line >= here ? 1 : -1;
    for (let at = line; at >= 0 && at < lines.length; at += direction) {
      const fold = foldAt(lines, at);
      if (fold?.kind !== 'silence') {
        select(fold ? fold.from : lines.content[at]);
        return;
      }
    }
  };

  return (event) => {
    const action = ladderKey({ key: event.key, row: here, rows: lines.length, page: input.pageLines });
    if (!action || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const fold = here < 0 ? undefined : foldAt(lines, here);
    switch (action.kind) {
      case 'move':
        return moveTo(action.row);
      case 'search':
        return input.focusSearch();
      case 'match':
        return step(action.step);
      case 'jump':
        return jump(action.jump);
      case 'open':
        return fold ? input.openFold(fold.from) : input.openLink();
      case 'zoom':
        return input.zoom(action.direction);
      case 'copy':
        return input.copy();
      case 'card':
        return input.toggleDetails();
      case 'close':
        return input.closeDetails();
    }
  };
}

type LadderKey =
  | { readonly kind: 'move'; readonly row: number }
  | { readonly kind: 'search' }
  | { readonly kind: 'match'; readonly step: 1 | -1 }
  | { readonly kind: 'open' }
  | { readonly kind: 'card' }
  | { readonly kind: 'jump'; readonly jump: Jump }
  | { readonly kind: 'zoom'; readonly direction: 1 | -1 }
  | { readonly kind: 'copy' }
  | { readonly kind: 'close' };

interface KeyInput {
  readonly key: string;
  /** -1 where no row is selected. */
  readonly row: number;
  readonly rows: number;
  readonly page: number;
}

function ladderKey({ key, row, rows, page }: KeyInput): LadderKey | undefined {
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
