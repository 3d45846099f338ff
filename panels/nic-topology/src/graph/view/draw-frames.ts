/** Frames around the NICs of a host, with its name. */
import { HOST_TITLE, hostBoxes } from '../layout/host-boxes';
import { type Picture, type Sheet, type View } from './draw-input';

export function drawFrames({ graph, layout, theme }: Picture, view: View, { context }: Sheet): void {
  context.lineWidth = 1;
  context.strokeStyle = theme.colors.border.medium;
  context.fillStyle = theme.colors.text.secondary;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.font = `400 ${Math.max(9, Math.min(13, 12 * view.k))}px ${theme.typography.fontFamily}`;
  for (const { host, left, top, right, bottom } of hostBoxes(graph, layout)) {
    const [x, y] = [left * view.k + view.x, top * view.k + view.y];
    context.setLineDash([4, 3]);
    context.beginPath();
    context.roundRect(x, y, (right - left) * view.k, (bottom - top) * view.k, 6);
    context.stroke();
    context.setLineDash([]);
    context.fillText(host, x + 10 * view.k, y + (HOST_TITLE / 2 + 3) * view.k);
  }
}
