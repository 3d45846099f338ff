import { type GrafanaTheme2 } from '@grafana/data';
import { type SceneObject, sceneGraph, SceneVariableValueChangedEvent } from '@grafana/scenes';
import { Icon, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React, { useEffect, useReducer } from 'react';
import { type ClassicDashboardLink } from './classic-dashboard';

interface Props {
  readonly links: readonly ClassicDashboardLink[];
  readonly scene: SceneObject;
}

/** Links of the dashboard's own, above its panels. */
export function DashboardLinks({ links, scene }: Props) {
  const styles = useStyles2(getStyles);
  const { value } = sceneGraph.getTimeRange(scene).useState();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const subscription = scene.subscribeToEvent(SceneVariableValueChangedEvent, redraw);
    return () => subscription.unsubscribe();
  }, [scene]);
  const shown = links.filter((link) => link.type === 'link' && link.url !== undefined);
  if (shown.length === 0) {
    return null;
  }
  return (
    <nav className={styles.links} aria-label="Dashboard links" data-testid="dashboard-links">
      {shown.map((link) => (
        <a
          key={link.url}
          href={withTime(link, sceneGraph.interpolate(scene, link.url), value.raw)}
          className={styles.link}
        >
          <Icon name="arrow-left" size="sm" /> {link.title}
        </a>
      ))}
    </nav>
  );
}

interface RawRange {
  readonly from: unknown;
  readonly to: unknown;
}

function withTime(link: ClassicDashboardLink, url: string, raw: RawRange): string {
  if (link.keepTime !== true) {
    return url;
  }
  return `${url}${url.includes('?') ? '&' : '?'}from=${encodeURIComponent(timeText(raw.from))}&to=${encodeURIComponent(timeText(raw.to))}`;
}

/** `now-1h` as it is, a moment as ms since the epoch. */
function timeText(time: unknown): string {
  return typeof time === 'string' ? time : String((time as { valueOf(): number }).valueOf());
}

const getStyles = (theme: GrafanaTheme2) => ({
  links: css({ display: 'flex', gap: theme.spacing(2) }),
  link: css({ color: theme.colors.text.secondary, '&:hover': { color: theme.colors.text.link } }),
});
