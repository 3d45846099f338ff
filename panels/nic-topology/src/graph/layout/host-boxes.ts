/** Boxes around neighbouring NICs of one host; none where they would cover one another or other hosts' NICs. */
import { type Graph } from '../model/graph';
import { type GraphLayout } from './graph-layout';

interface HostBox {
  readonly host: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const PADDING = 14;
export const HOST_TITLE = 20;
const MAX_NODES = 40;

export function hostBoxes({ nodes }: Graph, { x, y, card, bands }: GraphLayout): readonly HostBox[] {
  if (nodes.length > MAX_NODES || nodes.some(({ folded }) => folded === 'group')) {
    return [];
  }
  const hosts = new Map<string, { host: string; members: number[] }>();
  nodes.forEach(({ host, observed }, node) => {
    if (host !== '' && observed) {
      const key = JSON.stringify([bands[node], host]);
      const known = hosts.get(key) ?? { host, members: [] };
      hosts.set(key, known);
      known.members.push(node);
    }
  });
  const boxes = [...hosts.values()].map(({ host, members }): HostBox => ({
    host,
    left: Math.min(...members.map((node) => x[node])) - card.width / 2 - PADDING,
    right: Math.max(...members.map((node) => x[node])) + card.width / 2 + PADDING,
    top: Math.min(...members.map((node) => y[node])) - card.height / 2 - PADDING - HOST_TITLE,
    bottom: Math.max(...members.map((node) => y[node])) + card.height / 2 + PADDING,
  }));
  const cover = (a: HostBox, b: HostBox) =>
    a !== b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const holdsOthers = (box: HostBox) =>
    nodes.some(
      ({ host }, node) =>
        host !== box.host && x[node] > box.left && x[node] < box.right && y[node] > box.top && y[node] < box.bottom
    );
  return boxes.some((box) => holdsOthers(box) || boxes.some((other) => cover(box, other))) ? [] : boxes;
}
