import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React, { memo, type Ref } from 'react';
import { canShowNics } from '../model/build-ladder';
import { type Jump } from '../model/jumps';
import { laneName } from '../model/lane';
import { sideNames } from '../model/packet-text';
import { type PacketTable } from '../model/packets';
import { isFiltering } from '../model/row-filter';
import { LANE_CHOICES, TIME_CHOICES, VIEW_CHOICES } from '../options';
import { MenuButton } from './MenuButton';
import { type FoundMatches, SearchBox } from './SearchBox';
import { type ExportActions, exportSections, filterSections, jumpSections, viewSections } from './toolbar-menus';
import { type ToolbarState } from './use-toolbar-state';

interface Props {
  readonly state: ToolbarState;
  readonly packets: PacketTable;
  readonly compact: boolean;
  readonly matches: FoundMatches;
  readonly searchRef: Ref<HTMLInputElement>;
  readonly exports: ExportActions;
  readonly onChange: (change: Partial<ToolbarState>) => void;
  readonly onZoom: (direction: 1 | -1) => void;
  readonly onJump: (jump: Jump) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeaveSearch: () => void;
}

/** Not drawn again while the chart scrolls or zooms. */
export const LadderToolbar = memo(function LadderToolbar(props: Props) {
  const { state, packets, compact, onChange } = props;
  const { lanes } = packets;
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.bar}>
      <RadioButtonGroup
        aria-label="View"
        size="sm"
        options={compact ? VIEW_CHOICES.slice(0, 2) : VIEW_CHOICES}
        value={state.view}
        onChange={(view) => onChange({ view })}
      />
      {!compact && (
        <RadioButtonGroup
          aria-label="Time"
          size="sm"
          options={TIME_CHOICES}
          value={state.time}
          onChange={(time) => onChange({ time })}
        />
      )}
      {lanes.length > 1 && (
        <div className={styles.group}>
          {canShowNics(packets) && (
            <RadioButtonGroup
              aria-label="Lanes"
              size="sm"
              options={LANE_CHOICES}
              value={state.mode}
              onChange={(mode) => onChange({ mode })}
            />
          )}
          {state.mode === 'ends' && (
            <MenuButton
              label={laneName(lanes[state.lane] ?? lanes[0])}
              name={`NIC ${laneName(lanes[state.lane] ?? lanes[0])}`}
              sections={[
                {
                  choices: lanes.map((each, lane) => ({
                    label: laneName(each),
                    active: lane === state.lane,
                    onChoose: () => onChange({ lane }),
                  })),
                },
              ]}
            />
          )}
        </div>
      )}
      <MenuButton label="Show" sections={viewSections(state, onChange, props.onZoom)} />
      <MenuButton
        label={isFiltering(state.filter) ? 'Filter (active)' : 'Filter'}
        sections={filterSections(state.filter, sideNames(packets, 0), onChange)}
      />
      <MenuButton label="Go to" sections={jumpSections(props.onJump)} />
      <MenuButton label="Export" sections={exportSections(props.exports)} />
      <SearchBox
        query={state.query}
        wide={compact}
        matches={props.matches}
        inputRef={props.searchRef}
        onQuery={(query) => onChange({ query })}
        onStep={props.onStep}
        onLeave={props.onLeaveSearch}
      />
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.75, 1),
    padding: theme.spacing(0.5, 1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  group: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.75) }),
});
