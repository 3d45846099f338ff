import { type KeyboardEvent } from 'react';
import { foldAt, type Lines } from '../layout/lines';
import { ladderKey } from './key-moves';
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
