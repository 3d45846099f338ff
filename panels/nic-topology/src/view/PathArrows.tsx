import { type GrafanaTheme2 } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import React from 'react';
import { type PathLayout, type Point } from '../layout/path-layout';
import { type EdgeText, type EdgeTone, type EdgeWay } from '../model/edge-text';

interface Props {
  readonly layout: PathLayout;
  readonly edges: readonly EdgeText[];
}

/** Host groups and arrows; what they say is text elsewhere. */
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
          <Arrow points={place.there} way={edges[i].there} theme={theme} />
          <Arrow points={place.back} way={edges[i].back} theme={theme} />
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
  const width = way.tone === 'slow' || way.tone === 'danger' ? 2.6 : 1.4;
  const drawn = way.arrow === 'dies' ? halfOf(points) : shortened(points, 6);
  const tip = way.arrow === 'dies' ? drawn[drawn.length - 1] : points[points.length - 1];
  const before = points[points.length - 2];
  const angle = (Math.atan2(tip[1] - before[1], tip[0] - before[0]) * 180) / Math.PI;
  return (
    <g stroke={colour} strokeWidth={width} fill="none">
      <polyline
        points={drawn.map((point) => point.join(',')).join(' ')}
        strokeDasharray={way.arrow === 'dies' ? '5 4' : way.tone === 'muted' ? '2 4' : undefined}
        strokeLinejoin="round"
      />
      <g transform={`translate(${tip[0]} ${tip[1]}) rotate(${angle})`}>
        {way.arrow === 'dies' ? (
          <path d="M-6 -6L6 6M-6 6L6 -6" />
        ) : (
          <path d={width > 2 ? 'M0 0L-11 -6V6Z' : 'M0 0L-8 -4V4Z'} fill={colour} stroke="none" />
        )}
      </g>
    </g>
  );
}

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
  }
}

/** The first half of the way, for what never arrived. */
function halfOf(points: readonly Point[]): readonly Point[] {
  const lengths = points.slice(1).map(([x, y], i) => Math.hypot(x - points[i][0], y - points[i][1]));
  let rest = lengths.reduce((sum, length) => sum + length, 0) / 2;
  const half: Point[] = [points[0]];
  for (let i = 0; i < lengths.length; i++) {
    const [from, to] = [points[i], points[i + 1]];
    if (rest <= lengths[i]) {
      const part = lengths[i] === 0 ? 0 : rest / lengths[i];
      return [...half, [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]];
    }
    half.push(to);
    rest -= lengths[i];
  }
  return half;
}

/** Ends a little before its end, so that the line does not show through the head. */
function shortened(points: readonly Point[], by: number): readonly Point[] {
  const end = points[points.length - 1];
  const before = points[points.length - 2];
  const length = Math.hypot(end[0] - before[0], end[1] - before[1]) || 1;
  const part = Math.max(0, 1 - by / length);
  return [...points.slice(0, -1), [before[0] + (end[0] - before[0]) * part, before[1] + (end[1] - before[1]) * part]];
}
