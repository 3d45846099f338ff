/** A path as text: what stands on cards and arrows, for golden tests. */
import { type PathLayout } from '../layout/path-layout';
import { edgeText, type EdgeWay } from '../model/edge-text';
import { type NicPath } from '../model/read-path';
import { cardLines } from '../model/node-text';

export function pathText(path: NicPath): string {
  return path.nodes
    .flatMap((node, i) => {
      const card = cardLines(path, i, false).map(({ text, tone }) => (tone === 'danger' ? `!! ${text}` : text));
      const lines = [`[${node.host || 'outside'}] ${card.filter((text) => text !== '').join(' | ')}`];
      if (i < path.edges.length) {
        const { there, back, marks } = edgeText(path, i);
        lines.push(
          wayText('there', there),
          wayText('back', back),
          ...marks.map(({ tone, text }) => `    ${tone} ${text}`)
        );
      }
      return lines;
    })
    .join('\n');
}

function wayText(name: string, { arrow, tone, lines, loss }: EdgeWay): string {
  return `    ${name} ${[arrow, tone, ...lines, ...(loss ? [`✕ ${loss.text}`] : [])].join(', ')}`;
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
