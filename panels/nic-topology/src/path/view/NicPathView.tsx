import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, useMemo } from 'react';
import { type GroupBox, layoutPath, runsDown } from '../layout/path-layout';
import { edgeText } from '../model/edge-text';
import { type NicPath, type PathNode } from '../model/path';
import { cardLines } from '../model/node-text';
import { timeInsideHost } from '../model/path-summary';
import { EdgeLabels } from './EdgeLabels';
import { NicCard } from './NicCard';
import { PathArrows } from './PathArrows';
import { PathSummary } from './PathSummary';

interface Props {
  readonly path: NicPath;
  readonly width: number;
  readonly hrefOf: (node: PathNode) => string | undefined;
  readonly traceHref: string | undefined;
}

/** The path as a picture, and as a list for those who hear it. */
export function NicPathView({ path, width, hrefOf, traceHref }: Props) {
  const styles = useStyles2(getStyles);
  const wide = runsDown(width);
  const lines = cardLines(path, 0, wide).length;
  const layout = useMemo(
    () => layoutPath({ widthPx: width - SCROLLBAR_PX, nodes: path.nodes, lines }),
    [width, path, lines]
  );
  const edges = path.edges.map((_edge, i) => edgeText(path, i));
  return (
    <div className={styles.panel}>
      <PathSummary path={path} traceHref={traceHref} />
      <div className={styles.scroller}>
        <div className={styles.picture} style={{ width: layout.width, height: layout.height }}>
          <PathArrows layout={layout} edges={edges} />
          {layout.groups.map((group) => (
            <div
              key={`${group.host} ${group.x} ${group.y}`}
              className={styles.host}
              style={{ left: group.x + 10, top: group.y + 2, maxWidth: layout.nodes[0].width - BUTTON_ROOM_PX }}
              title={hostHint(path, group)}
            >
              {group.host}
              {group.continued ? ' (continued)' : insideText(path, group.first)}
            </div>
          ))}
          {layout.edges.map((place, i) => (
            <EdgeLabels key={i} place={place} text={edges[i]} down={wide} />
          ))}
          <ol className={styles.list} aria-label="NICs from client to server" onKeyDown={moveFocus}>
            {path.nodes.map((node, i) => (
              <NicCard
                key={node.id}
                path={path}
                index={i}
                box={layout.nodes[i]}
                wide={wide}
                hop={edges[i]?.sentence ?? ''}
                href={hrefOf(node)}
              />
            ))}
          </ol>
        </div>
      </div>
    </div>
  );
}

function hostHint(path: NicPath, { host, first, continued }: GroupBox): string {
  const time = timeInsideHost(path, first);
  return continued || time === '' ? host : `${host}: ${time} round trip between its first and last NIC`;
}

/** Beside a host's name there is only room for the time. */
const insideText = (path: NicPath, index: number) => {
  const time = timeInsideHost(path, index);
  return time === '' ? '' : ` (${time})`;
};

const SCROLLBAR_PX = 12;
/** The first NIC's button is beside the host's name. */
const BUTTON_ROOM_PX = 40;

/** Arrow keys go from NIC to NIC. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const forward = event.key === 'ArrowRight' || event.key === 'ArrowDown';
  if (!forward && event.key !== 'ArrowLeft' && event.key !== 'ArrowUp') {
    return;
  }
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-nic]')];
  const here = cards.findIndex((card) => card.contains(document.activeElement));
  cards[here + (forward ? 1 : -1)]?.focus();
  event.preventDefault();
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ height: '100%', display: 'flex', flexDirection: 'column' }),
  scroller: css({ flex: 1, minHeight: 0, overflow: 'auto' }),
  picture: css({ position: 'relative', fontSize: theme.typography.bodySmall.fontSize }),
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  host: css({
    position: 'absolute',
    lineHeight: '20px',
    color: theme.colors.text.secondary,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
});
