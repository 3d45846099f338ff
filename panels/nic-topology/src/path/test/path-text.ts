/** A path as text: its cards and arrows, for golden tests. */
import { type PathLayout } from '../layout/path-layout';
import { edgeText, lossText, SLOWEST, timeLines } from '../model/edge-text';
import { type EdgeWay } from '../model/edge-ways';
import { type NicPath } from '../model/path';
import { cardLines } from '../model/node-text';

export function pathText(path: NicPath): string {
  return path.nodes
    .flatMap((node, i) => {
      const card = cardLines(path, i, false).map(({ text, tone }) => (tone === 'danger' ? `!! ${text}` : text));
      const lines = [`[${node.host || 'outside'}] ${card.filter((text) => text !== '').join(' | ')}`];
      if (i < path.edges.length) {
        const { toServer, toClient, isSlowest, marks } = edgeText(path, i);
        lines.push(
          wayText('to server', toServer),
          wayText('to client', toClient),
          ...(isSlowest ? [`    ${SLOWEST}`] : []),
          ...marks.map(({ kind, text }) => `    ${kind} ${text}`)
        );
      }
      return lines;
    })
    .join('\n');
}

function wayText(name: string, { arrow, tone, time, loss }: EdgeWay): string {
  return `    ${name} ${[arrow, tone, ...timeLines(time), ...(loss ? [`✕ ${lossText(loss)}`] : [])].join(', ')}`;
}

export function layoutText({ nodes, groups, width, height }: PathLayout): string {
  const box = (b: { x: number; y: number; width: number; height: number }) =>
    [b.x, b.y, b.width, b.height].map(Math.round).join(' ');
  return [
    `size ${width} ${height}`,
    ...nodes.map((node, i) => `nic ${i}: ${box(node)}`),
    ...groups.map((group) => `host ${group.host}${group.continued ? ' continued' : ''}: ${box(group)}`),
  ].join('\n');
}
