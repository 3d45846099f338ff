import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, FilterInput, RadioButtonGroup, Select, useStyles2 } from '@grafana/ui';
import React from 'react';
import { COLOUR_METRICS, type ColourMetric } from '../model/graph';
import { METRIC_TITLES } from '../model/graph-text';
import { type Level, LEVELS } from '../model/fold-graph';
import { type ThresholdStep } from '../model/edge-colours';

export interface GraphSettings {
  readonly level: Level;
  readonly metric: ColourMetric;
  /** Nodes that are shown individually. */
  readonly top: number;
  readonly asList: boolean;
  readonly search: string;
}

interface Props {
  readonly settings: GraphSettings;
  readonly onSettings: (change: Partial<GraphSettings>) => void;
  readonly hasPlaces: boolean;
  readonly hasMetrics: boolean;
  readonly nodes: number;
  readonly legend: readonly ThresholdStep[];
  readonly found: number | undefined;
  readonly onNextMatch: () => void;
  readonly onFit: () => void;
  readonly onZoom: (factor: number) => void;
}

const LEVEL_TITLES: Readonly<Record<Level, string>> = {
  nic: 'NICs',
  pod: 'Pods',
  host: 'Hosts',
  namespace: 'Namespaces',
};
const ZOOM = 1.5;
const TOPS = [50, 150, 500, 1500] as const;
const ALL_NODES = 1e6;

export function GraphToolbar(props: Props) {
  const { settings, onSettings, hasPlaces, hasMetrics, nodes, legend, found, onNextMatch, onFit, onZoom } = props;
  const styles = useStyles2(getStyles);
  const tops = [...TOPS.filter((top) => top < nodes || top === settings.top), ALL_NODES];
  return (
    <div className={styles.bar}>
      {hasPlaces && (
        <RadioButtonGroup
          size="sm"
          aria-label="Group by"
          options={LEVELS.map((level) => ({ value: level, label: LEVEL_TITLES[level] }))}
          value={settings.level}
          onChange={(level) => onSettings({ level })}
        />
      )}
      <div className={styles.search}>
        <FilterInput
          value={settings.search}
          onChange={(search) => onSettings({ search })}
          onKeyDown={(event) => event.key === 'Enter' && onNextMatch()}
          escapeRegex={false}
          placeholder="Find a node"
          aria-label="Find a node"
        />
      </div>
      {found !== undefined && (
        <span role="status" className={styles.quiet}>
          {found} found
        </span>
      )}
      {nodes > TOPS[0] && (
        <div className={styles.top}>
          <Select
            aria-label="Max individual nodes"
            options={tops.map((value) => ({ value, label: value === ALL_NODES ? `All ${nodes}` : `Top ${value}` }))}
            value={settings.top >= nodes ? ALL_NODES : settings.top}
            onChange={({ value }) => value !== undefined && onSettings({ top: value })}
          />
        </div>
      )}
      {hasMetrics && (
        <div className={styles.metric}>
          <Select
            aria-label="Color edges by"
            options={COLOUR_METRICS.map((value) => ({ value, label: METRIC_TITLES[value] }))}
            value={settings.metric}
            onChange={({ value }) => value !== undefined && onSettings({ metric: value })}
          />
        </div>
      )}
      {legend.map(({ from, colour, text }) => (
        <span key={from} className={styles.quiet}>
          <span className={styles.dot} style={{ background: colour }} />≥ {text}
        </span>
      ))}
      <span className={styles.buttons}>
        <Button
          size="sm"
          variant="secondary"
          fill="text"
          icon="plus"
          aria-label="Zoom in"
          onClick={() => onZoom(ZOOM)}
        />
        <Button
          size="sm"
          variant="secondary"
          fill="text"
          icon="minus"
          aria-label="Zoom out"
          onClick={() => onZoom(1 / ZOOM)}
        />
        <Button size="sm" variant="secondary" fill="outline" onClick={onFit}>
          Fit
        </Button>
        <Button
          size="sm"
          variant="secondary"
          fill={settings.asList ? 'solid' : 'outline'}
          icon="list-ul"
          aria-pressed={settings.asList}
          onClick={() => onSettings({ asList: !settings.asList })}
        >
          List
        </Button>
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0, 0, 1),
  }),
  search: css({ flex: '1 1 130px', maxWidth: 190 }),
  top: css({ width: 130 }),
  metric: css({ width: 160 }),
  buttons: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), marginLeft: 'auto' }),
  quiet: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'nowrap',
  }),
  dot: css({ display: 'inline-block', width: 10, height: 10, marginRight: 4, borderRadius: '50%' }),
});
