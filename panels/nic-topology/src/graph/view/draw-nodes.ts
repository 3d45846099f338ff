/** A node as a card with text, or as a plate of colour where there is no room for text. */
import { type GrafanaTheme2 } from '@grafana/data';
import { failedShare, type GraphNode } from '../model/graph';
import { latencyLine, nodeLines, placeLine } from '../model/graph-text';
import { boxOf, type Picture, type Sheet, type View } from './draw-input';

/** A node is red from this share of failed requests on. */
const BAD_SHARE = 0.05;
/** From this height on a card has room for a second line. */
const TWO_LINES_FROM_PX = 27;
/** And from this one for a third. */
const THREE_LINES_FROM_PX = 50;
/** A card this narrow has small lines rather than cut ones. */
const NARROW_PX = 110;
const SMALL_LINES_FROM_PX = 38;

function tintOf(node: GraphNode, theme: GrafanaTheme2): string {
  if (node.colour !== '') {
    return theme.visualization.getColorByName(node.colour);
  }
  const share = failedShare(node) ?? 0;
  return share >= BAD_SHARE
    ? theme.colors.error.main
    : share > 0
      ? theme.colors.warning.main
      : theme.colors.border.strong;
}

export function drawPlate(
  { graph, layout, theme }: Picture,
  view: View,
  { sheet, node }: { sheet: Sheet; node: number }
): void {
  const { context } = sheet;
  const { x, y, width, height } = boxOf(layout, view, node);
  const one = graph.nodes[node];
  context.fillStyle = theme.colors.background.primary;
  context.fillRect(x - 1, y - 1, width + 2, height + 2);
  context.fillStyle = one.observed ? tintOf(one, theme) : theme.colors.text.disabled;
  context.fillRect(x, y, width, height);
}

interface CardPart {
  readonly sheet: Sheet;
  readonly node: number;
  /** The box around it names its host. */
  readonly isInHostBox: boolean;
}

export function drawCard({ graph, layout, theme }: Picture, view: View, { sheet, node, isInHostBox }: CardPart): void {
  const { context } = sheet;
  const { x, y, width, height } = boxOf(layout, view, node);
  const one = graph.nodes[node];
  context.fillStyle = theme.colors.background.secondary;
  context.strokeStyle = one.observed ? theme.colors.border.strong : theme.colors.text.disabled;
  context.lineWidth = 1;
  context.setLineDash(one.observed ? [] : [4, 3]);
  context.beginPath();
  context.roundRect(x, y, width, height, 3);
  context.fill();
  context.stroke();
  context.setLineDash([]);
  if (one.folded !== 'no') {
    // A card on cards.
    context.beginPath();
    context.moveTo(x + 4, y + height + 2.5);
    context.lineTo(x + width + 2.5, y + height + 2.5);
    context.lineTo(x + width + 2.5, y + 4);
    context.stroke();
  }
  context.fillStyle = tintOf(one, theme);
  const bar = Math.max(2.5, 4 * view.k);
  context.fillRect(x, y, bar, height);
  const left = x + bar + Math.max(3, 8 * Math.min(1, view.k));
  const room = x + width - left - 4;
  const count = width < NARROW_PX && height >= SMALL_LINES_FROM_PX ? 3 : linesIn(height);
  const lines = cardLines(one, { count, isInHostBox });
  const size = Math.max(
    9,
    Math.min(15, (height * 0.68) / lines.length, lines.length === 1 ? 10.5 : width < NARROW_PX ? 11 : 15)
  );
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  lines.forEach((variants, i) => {
    context.font = `${i === 0 ? 500 : 400} ${i === 0 ? size : size * 0.86}px ${theme.typography.fontFamily}`;
    context.fillStyle = i === 0 ? theme.colors.text.primary : theme.colors.text.secondary;
    context.fillText(
      fitted(context, variants, room),
      left,
      y + height / 2 + (i - (lines.length - 1) / 2) * size * 1.36
    );
  });
}

const linesIn = (heightPx: number) => (heightPx >= THREE_LINES_FROM_PX ? 3 : heightPx >= TWO_LINES_FROM_PX ? 2 : 1);

interface Room {
  readonly count: 1 | 2 | 3;
  readonly isInHostBox: boolean;
}

/** As many lines as there is room for; of each the shorter texts for where it is too long. */
function cardLines(node: GraphNode, { count, isInHostBox }: Room): ReadonlyArray<readonly string[]> {
  const place = isInHostBox ? node.k8sNamespace : placeLine(node);
  const said = nodeLines(node);
  const name = isInHostBox ? [node.title] : [titleOf(node), node.title];
  const lines =
    count === 3
      ? [[node.title], ...(place === '' ? [said, [latencyLine(node)]] : [[place], said])]
      : [name, ...(count === 2 ? [said[0] === '' ? [place] : said] : [])];
  return lines.filter(([text]) => text !== '');
}

/** With the host: NICs of one name are on every host. */
export function titleOf({ title, podName, folded, host }: GraphNode): string {
  return folded === 'no' && podName === '' && host !== '' ? `${title} · ${host}` : title;
}

/** The first that fits; of the last its beginning. */
function fitted(context: CanvasRenderingContext2D, variants: readonly string[], room: number): string {
  const whole = variants.find((text) => context.measureText(text).width <= room);
  if (whole !== undefined) {
    return whole;
  }
  const text = variants[variants.length - 1];
  let length = text.length - 1;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) {
    length -= Math.max(1, Math.floor(length / 12));
  }
  return `${text.slice(0, length)}…`;
}
