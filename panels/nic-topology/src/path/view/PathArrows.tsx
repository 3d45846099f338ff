import { type GrafanaTheme2 } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import React from 'react';
import { type PathLayout, type Point } from '../layout/path-layout';
import { type EdgeTone, type EdgeWay, type EdgeWays } from '../model/edge-ways';

interface Props {
  readonly layout: PathLayout;
  readonly edges: readonly EdgeWays[];
}

/** Boxes around hosts, and the arrows; their labels are elsewhere. */
export function PathArrows({ layout, edges }: Props) {
  const theme = useTheme2();
  return (
    <svg width={layout.width} height={layout.height} style={{ position: 'absolute', inset: 0 }} aria-hidden>
      {layout.groups.map((group) => (
        <rect
          key={`${group.host} ${group.x} ${group.y}`}
          x={group.x + 0.5}
          y={group.y + 0.5}
          width={group.width}
          height={group.height}
          rx={6}
          fill="none"
          stroke={theme.colors.border.medium}
          strokeDasharray="4 3"
        />
      ))}
      {layout.edges.map((place, i) => (
        <React.Fragment key={i}>
          <Arrow points={place.toServer} way={edges[i].toServer} theme={theme} />
          <Arrow points={place.toClient} way={edges[i].toClient} theme={theme} />
        </React.Fragment>
      ))}
    </svg>
  );
}

interface ArrowProps {
  readonly points: readonly Point[];
  readonly way: EdgeWay;
  readonly theme: GrafanaTheme2;
}

function Arrow({ points, way, theme }: ArrowProps) {
  if (way.arrow === 'none') {
    return null;
  }
  const colour = edgeColour(theme, way.tone);
  const isBold = way.tone !== 'plain' && way.tone !== 'muted';
  const width = way.tone === 'slowest' ? 2 : isBold ? 2.6 : 1.4;
  const drawn = way.arrow === 'dies' ? firstPart(points, 0.5) : shortened(points, 6);
  const died = way.loss && firstPart(points, CROSS_AT).at(-1);
  const tip = way.arrow === 'dies' ? drawn[drawn.length - 1] : points[points.length - 1];
  const before = points[points.length - 2];
  return (
    <g stroke={colour} strokeWidth={width} fill="none">
      <polyline
        points={drawn.map((point) => point.join(',')).join(' ')}
        strokeDasharray={way.arrow === 'dies' ? '5 4' : way.tone === 'muted' ? '2 4' : undefined}
        strokeLinejoin="round"
      />
      {way.arrow === 'dies' ? <Cross at={tip} /> : <Head at={tip} from={before} bold={isBold} colour={colour} />}
      {died && <Cross at={died} />}
      {longPieces(points).map(([from, to]) =>
        [1 / 6, 5 / 6].map((part) => (
          <Head key={`${from.join()} ${part}`} at={between(from, to, part)} from={from} bold={isBold} colour={colour} />
        ))
      )}
    </g>
  );
}

/** Where a segment was lost that came through later: before the middle, where labels are near the line. */
const CROSS_AT = 0.22;

const Cross = ({ at: [x, y] }: { readonly at: Point }) => (
  <path d="M-6 -6L6 6M-6 6L6 -6" transform={`translate(${x} ${y})`} />
);

interface HeadProps {
  readonly at: Point;
  readonly from: Point;
  readonly bold: boolean;
  readonly colour: string;
}

function Head({ at, from, bold, colour }: HeadProps) {
  const angle = (Math.atan2(at[1] - from[1], at[0] - from[0]) * 180) / Math.PI;
  return (
    <path
      d={bold ? 'M0 0L-11 -6V6Z' : 'M0 0L-8 -4V4Z'}
      transform={`translate(${at[0]} ${at[1]}) rotate(${angle})`}
      fill={colour}
      stroke="none"
    />
  );
}

/** On long ways that turn, more heads show the direction. */
const LONG_PX = 300;

function longPieces(points: readonly Point[]): ReadonlyArray<readonly [Point, Point]> {
  return points
    .slice(1)
    .map((to, i): readonly [Point, Point] => [points[i], to])
    .filter(([from, to]) => points.length > 2 && Math.hypot(to[0] - from[0], to[1] - from[1]) > LONG_PX);
}

const between = ([x1, y1]: Point, [x2, y2]: Point, part: number): Point => [
  x1 + (x2 - x1) * part,
  y1 + (y2 - y1) * part,
];

export function edgeColour(theme: GrafanaTheme2, tone: EdgeTone): string {
  switch (tone) {
    case 'slow':
      return theme.colors.warning.text;
    case 'danger':
      return theme.colors.error.text;
    case 'muted':
      return theme.colors.text.disabled;
    case 'plain':
      return theme.colors.text.secondary;
    case 'slowest':
      return theme.colors.text.primary;
  }
}

/** The first `part` of the way: for what never arrived. */
function firstPart(points: readonly Point[], part: number): readonly Point[] {
  const lengths = points.slice(1).map(([x, y], i) => Math.hypot(x - points[i][0], y - points[i][1]));
  let rest = lengths.reduce((sum, length) => sum + length, 0) * part;
  const first: Point[] = [points[0]];
  for (let i = 0; i < lengths.length; i++) {
    const [from, to] = [points[i], points[i + 1]];
    if (rest <= lengths[i]) {
      return [...first, between(from, to, lengths[i] === 0 ? 0 : rest / lengths[i])];
    }
    first.push(to);
    rest -= lengths[i];
  }
  return first;
}

/** Ends a little before its end, so that the line does not show through the head. */
function shortened(points: readonly Point[], by: number): readonly Point[] {
  const end = points[points.length - 1];
  const before = points[points.length - 2];
  const length = Math.hypot(end[0] - before[0], end[1] - before[1]) || 1;
  const part = Math.max(0, 1 - by / length);
  return [...points.slice(0, -1), [before[0] + (end[0] - before[0]) * part, before[1] + (end[1] - before[1]) * part]];
}
