/** What keys do while the graph has the focus. */
import { type KeyboardEvent } from 'react';
import { type Step } from '../model/walk-graph';

type KeyCommand =
  | { readonly kind: 'clear' }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'pan'; readonly x: number; readonly y: number }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'fit' };

const PAN_PX = 80;
const ZOOM = 1.5;

/** The view moves against the content. */
const ARROWS: Readonly<Record<string, { readonly step: Step; readonly x: number; readonly y: number }>> = {
  ArrowRight: { step: 'next', x: -PAN_PX, y: 0 },
  ArrowLeft: { step: 'previous', x: PAN_PX, y: 0 },
  ArrowUp: { step: 'up', x: 0, y: PAN_PX },
  ArrowDown: { step: 'down', x: 0, y: -PAN_PX },
};

/** In words, for those who hear the graph. */
export const KEYS_HINT =
  'Right and left arrow keys follow the busiest edge, up and down arrow keys move to the nodes above and below, ' +
  'Escape clears the selection. Plus and minus zoom, 0 fits the graph, arrow keys with Shift pan.';

export function keyCommand({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): KeyCommand | undefined {
  const arrow = ARROWS[key];
  if (arrow !== undefined) {
    return shiftKey ? { kind: 'pan', x: arrow.x, y: arrow.y } : { kind: 'step', step: arrow.step };
  }
  switch (key) {
    case 'Escape':
      return { kind: 'clear' };
    case '+':
    case '=':
      return { kind: 'zoom', factor: ZOOM };
    case '-':
      return { kind: 'zoom', factor: 1 / ZOOM };
    case '0':
      return { kind: 'fit' };
    default:
      return undefined;
  }
}
