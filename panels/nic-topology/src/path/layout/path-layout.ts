/**
 * Places NICs, host groups and arrows. NICs run from left to right and wrap like text, each line as long as the others;
 * where the panel is narrow they run from top to bottom. All px.
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Point = readonly [number, number];

export interface GroupBox extends Box {
  readonly host: string;
  /** Place of its first NIC on the path. */
  readonly first: number;
  /** The host's NICs began on the line above. */
  readonly continued: boolean;
}

export interface EdgePlace {
  /** Polylines in the direction of travel. */
  readonly toServer: readonly Point[];
  readonly toClient: readonly Point[];
  readonly toServerLabel: LabelPlace;
  readonly toClientLabel: LabelPlace;
  readonly middleLabel: LabelPlace;
}

/** A box for text, and the side of it that the text leans on. */
export interface LabelPlace extends Box {
  readonly align: 'left' | 'centre' | 'right';
  readonly lean: 'top' | 'middle' | 'bottom';
}

export interface PathLayout {
  readonly direction: 'across' | 'down';
  readonly nodes: readonly Box[];
  readonly groups: readonly GroupBox[];
  /** Entry i leads from node i to node i + 1. */
  readonly edges: readonly EdgePlace[];
  readonly width: number;
  readonly height: number;
}

interface PathLayoutInput {
  readonly widthPx: number;
  readonly nodes: ReadonlyArray<{ readonly host: string; readonly observed: boolean }>;
  /** Lines of text on each card. */
  readonly lines: number;
}

const DOWN_BELOW_PX = 560;
export const CARD_LINE_PX = 18;
const CARD_PADDING_PX = 9;
const MIN_CARD_PX = 144;
const MAX_CARD_PX = 210;
const MIN_GAP_PX = 56;
const MIN_HOST_GAP_PX = 112;
/** Gaps grow by this much at most; a short path need not fill the panel. */
const MAX_STRETCH_PX = 200;
const MARGIN_PX = 8;
const GROUP_PADDING_PX = 10;
const GROUP_TITLE_PX = 22;
const WRAP_GAP_PX = 92;
const DOWN_GAP_PX = 46;
/** More of it between hosts, for the boxes around them. */
const DOWN_HOST_GAP_PX = 14;
/** How far beside a card the two arrows of a wrapped edge run, one around the other. */
const NEAR_PX = 6;
const FAR_PX = 15;
/** Half the distance between the two arrows: what is between them touches neither. */
const HALF_LANE_PX = 15;

export function layoutPath(input: PathLayoutInput): PathLayout {
  return runsDown(input.widthPx) ? layoutDown(input) : layoutAcross(input);
}

export function runsDown(widthPx: number): boolean {
  return widthPx < DOWN_BELOW_PX;
}

function cardHeight(lines: number): number {
  return lines * CARD_LINE_PX + 2 * CARD_PADDING_PX;
}

function layoutAcross({ widthPx, nodes, lines }: PathLayoutInput): PathLayout {
  const left = MARGIN_PX + GROUP_PADDING_PX;
  const inner = widthPx - 2 * left;
  const rows = breakRows(nodes, inner);
  const width = Math.min(
    MAX_CARD_PX,
    ...rows.map((row) => MIN_CARD_PX + (0.5 * (inner - minWidth(nodes, row))) / (row.end - row.first))
  );
  const height = cardHeight(lines);
  const rowHeight = GROUP_TITLE_PX + height + GROUP_PADDING_PX;
  const boxes = rows.flatMap((row, line) => {
    const count = row.end - row.first;
    const spare = Math.max(0, inner - minWidth(nodes, row) - count * (width - MIN_CARD_PX));
    const stretch = Math.min(MAX_STRETCH_PX, spare / Math.max(1, count - 1));
    let x = left;
    return Array.from({ length: count }, (_v, i): Box => {
      const box = { x, y: MARGIN_PX + GROUP_TITLE_PX + line * (rowHeight + WRAP_GAP_PX), width, height };
      x += width + minGap(nodes, row.first + i) + stretch;
      return box;
    });
  });
  const isBreak = (i: number) => rows.some((row) => row.end === i + 1);
  return {
    direction: 'across',
    nodes: boxes,
    groups: groupsOf(nodes, boxes, isBreak),
    edges: boxes.slice(1).map((to, i) => (isBreak(i) ? wrappedEdge(boxes[i], to, widthPx) : acrossEdge(boxes[i], to))),
    width: widthPx,
    height: 2 * MARGIN_PX + rows.length * rowHeight + (rows.length - 1) * WRAP_GAP_PX,
  };
}

interface Row {
  readonly first: number;
  readonly end: number;
}

/** As few lines as the width allows, all but the last of one length. */
function breakRows(nodes: PathLayoutInput['nodes'], inner: number): readonly Row[] {
  for (let perRow = nodes.length; perRow > 1; perRow--) {
    const even = Math.ceil(nodes.length / Math.ceil(nodes.length / perRow));
    const rows = rowsOf(nodes.length, even);
    if (rows.every((row) => minWidth(nodes, row) <= inner)) {
      return rows;
    }
  }
  return rowsOf(nodes.length, 1);
}

function rowsOf(count: number, perRow: number): readonly Row[] {
  return Array.from({ length: Math.ceil(count / perRow) }, (_v, i) => ({
    first: i * perRow,
    end: Math.min(count, (i + 1) * perRow),
  }));
}

function minWidth(nodes: PathLayoutInput['nodes'], { first, end }: Row): number {
  let width = (end - first) * MIN_CARD_PX;
  for (let i = first; i + 1 < end; i++) {
    width += minGap(nodes, i);
  }
  return width;
}

/** Labels between hosts are longer than between the NICs of one. */
function minGap(nodes: PathLayoutInput['nodes'], i: number): number {
  const isSame =
    nodes[i + 1] === undefined || (nodes[i].host === nodes[i + 1].host && nodes[i].observed && nodes[i + 1].observed);
  return isSame ? MIN_GAP_PX : MIN_HOST_GAP_PX;
}

function acrossEdge(from: Box, to: Box): EdgePlace {
  const x1 = from.x + from.width;
  const x2 = to.x;
  const middle = from.y + from.height / 2;
  const [serverY, clientY] = [middle - HALF_LANE_PX, middle + HALF_LANE_PX];
  const label = { x: x1 + 2, width: x2 - x1 - 4, align: 'centre' } as const;
  return {
    toServer: [
      [x1, serverY],
      [x2, serverY],
    ],
    toClient: [
      [x2, clientY],
      [x1, clientY],
    ],
    toServerLabel: { ...label, y: from.y, height: serverY - from.y - 4, lean: 'bottom' },
    toClientLabel: { ...label, y: clientY + 4, height: from.y + from.height - clientY - 4, lean: 'top' },
    middleLabel: { ...label, y: middle - 10, height: 20, lean: 'middle' },
  };
}

/** From the right end of a line through the space between the lines to the left end of the next. */
function wrappedEdge(from: Box, to: Box, widthPx: number): EdgePlace {
  const x1 = from.x + from.width;
  const x2 = to.x;
  const gutter = from.y + from.height + GROUP_PADDING_PX + WRAP_GAP_PX / 2;
  const fromMiddle = from.y + from.height / 2;
  const toMiddle = to.y + to.height / 2;
  const right = Math.min(widthPx - 3, x1 + FAR_PX);
  const label = { x: x2, width: x1 - x2, align: 'centre' } as const;
  return {
    toServer: [
      [x1, fromMiddle - HALF_LANE_PX],
      [right, fromMiddle - HALF_LANE_PX],
      [right, gutter + HALF_LANE_PX],
      [x2 - NEAR_PX, gutter + HALF_LANE_PX],
      [x2 - NEAR_PX, toMiddle - HALF_LANE_PX],
      [x2, toMiddle - HALF_LANE_PX],
    ],
    toClient: [
      [x2, toMiddle + HALF_LANE_PX],
      [x2 - FAR_PX, toMiddle + HALF_LANE_PX],
      [x2 - FAR_PX, gutter - HALF_LANE_PX],
      [x1 + NEAR_PX, gutter - HALF_LANE_PX],
      [x1 + NEAR_PX, fromMiddle + HALF_LANE_PX],
      [x1, fromMiddle + HALF_LANE_PX],
    ],
    toServerLabel: { ...label, y: gutter + HALF_LANE_PX + 4, height: 20, lean: 'top' },
    toClientLabel: { ...label, y: gutter - HALF_LANE_PX - 24, height: 20, lean: 'bottom' },
    middleLabel: { ...label, y: gutter - 10, height: 20, lean: 'middle' },
  };
}

function layoutDown({ widthPx, nodes, lines }: PathLayoutInput): PathLayout {
  const x = MARGIN_PX + GROUP_PADDING_PX;
  const width = Math.max(MIN_CARD_PX, widthPx - 2 * x);
  const height = cardHeight(lines);
  let y = MARGIN_PX;
  const boxes = nodes.map((node, i): Box => {
    const startsGroup = i === 0 || node.host !== nodes[i - 1].host || node.observed !== nodes[i - 1].observed;
    y += startsGroup ? GROUP_TITLE_PX + (i === 0 ? 0 : DOWN_HOST_GAP_PX) : 0;
    const box = { x, y, width, height };
    y += height + DOWN_GAP_PX;
    return box;
  });
  return {
    direction: 'down',
    nodes: boxes,
    groups: groupsOf(nodes, boxes, () => false),
    edges: boxes.slice(1).map((to, i) => downEdge(boxes[i], to)),
    width: widthPx,
    height: y - DOWN_GAP_PX + GROUP_PADDING_PX + MARGIN_PX,
  };
}

function downEdge(from: Box, to: Box): EdgePlace {
  const y1 = from.y + from.height;
  const y2 = to.y;
  const middle = from.x + from.width / 2;
  const [serverX, clientX] = [middle - HALF_LANE_PX, middle + HALF_LANE_PX];
  const half = from.width / 2 - HALF_LANE_PX - 8;
  // Labels stay clear of the boxes of the two hosts.
  const isBetweenHosts = y2 - y1 > DOWN_GAP_PX;
  const top = isBetweenHosts ? y1 + GROUP_PADDING_PX : y1;
  const bottom = isBetweenHosts ? y2 - GROUP_TITLE_PX : y2;
  const label = { y: top, height: bottom - top, width: half, lean: 'middle' } as const;
  return {
    toServer: [
      [serverX, y1],
      [serverX, y2],
    ],
    toClient: [
      [clientX, y2],
      [clientX, y1],
    ],
    toServerLabel: { ...label, x: from.x, align: 'right' },
    toClientLabel: { ...label, x: clientX + 8, align: 'left' },
    // Address translation is shown beside the time to the client: there is no room between the arrows.
    middleLabel: { ...label, x: clientX + 8, y: y2 - 24, height: 20, align: 'left' },
  };
}

/** A box around neighbours of one host. */
function groupsOf(
  nodes: PathLayoutInput['nodes'],
  boxes: readonly Box[],
  isBreak: (i: number) => boolean
): readonly GroupBox[] {
  const groups: GroupBox[] = [];
  let first = 0;
  for (let i = 0; i < nodes.length; i++) {
    const same =
      i + 1 < nodes.length && nodes[i + 1].host === nodes[i].host && nodes[i + 1].observed === nodes[i].observed;
    if (same && !isBreak(i)) {
      continue;
    }
    if (nodes[i].observed && nodes[i].host !== '') {
      groups.push({
        host: nodes[i].host,
        first,
        continued: first > 0 && isBreak(first - 1) && nodes[first - 1].host === nodes[i].host,
        x: boxes[first].x - GROUP_PADDING_PX,
        y: boxes[first].y - GROUP_TITLE_PX,
        width: boxes[i].x + boxes[i].width - boxes[first].x + 2 * GROUP_PADDING_PX,
        height: boxes[i].y + boxes[i].height - boxes[first].y + GROUP_TITLE_PX + GROUP_PADDING_PX,
      });
    }
    first = i + 1;
  }
  return groups;
}
