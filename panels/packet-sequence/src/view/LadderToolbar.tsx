import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, Dropdown, IconButton, Input, Menu, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, memo, type Ref } from 'react';
import { countText } from '../../../shared/quantity-text';
import { type LadderMode } from '../model/ladder';
import { type Lane, laneName } from '../model/lane';
import { type DeltaMode } from '../model/time-delta';
import { type TimeMode } from '../options';

const TIMES: Array<{ value: TimeMode; label: string; description: string }> = [
  { value: 'relative', label: 'relative', description: 'Time since the first packet' },
  { value: 'absolute', label: 'absolute', description: 'Time of day' },
];

const DELTAS: Array<{ value: DeltaMode; label: string; description: string }> = [
  { value: 'previous', label: 'previous', description: 'Time since the packet before' },
  { value: 'direction', label: 'same side', description: 'Time since the packet before by the same sender' },
  { value: 'start', label: 'start', description: 'Time since the first packet' },
];

const MODES: Array<{ value: LadderMode; label: string; description: string }> = [
  { value: 'ends', label: 'ends', description: 'Client and server, as one NIC saw them' },
  { value: 'nics', label: 'NICs', description: 'One lane for each NIC that saw the connection' },
];

export interface ToolbarState {
  readonly mode: LadderMode;
  readonly lane: number;
  readonly time: TimeMode;
  readonly delta: DeltaMode;
  readonly query: string;
}

interface Props {
  readonly state: ToolbarState;
  readonly lanes: readonly Lane[];
  readonly showDelta: boolean;
  /** Number of matches, and which of them is selected (1, 2, …; 0 for none). */
  readonly matches: { readonly count: number; readonly place: number };
  readonly searchRef: Ref<HTMLInputElement>;
  readonly onChange: (change: Partial<ToolbarState>) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeaveSearch: () => void;
}

/** Not drawn again while the chart scrolls. */
export const LadderToolbar = memo(function LadderToolbar(props: Props) {
  const { state, lanes, showDelta, matches, searchRef, onChange, onStep, onLeaveSearch } = props;
  const styles = useStyles2(getStyles);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      onStep(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      onLeaveSearch();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const found = state.query === '' ? '' : `${countText(matches.place)}/${countText(matches.count)}`;
  return (
    <div className={styles.bar}>
      <RadioButtonGroup
        aria-label="Time"
        size="sm"
        options={TIMES}
        value={state.time}
        onChange={(time) => onChange({ time })}
      />
      {showDelta && (
        <div className={styles.group}>
          <span title="time difference">TD</span>
          <RadioButtonGroup
            aria-label="Time difference"
            size="sm"
            options={DELTAS}
            value={state.delta}
            onChange={(delta) => onChange({ delta })}
          />
        </div>
      )}
      {lanes.length > 1 && (
        <div className={styles.group}>
          <RadioButtonGroup
            aria-label="Lanes"
            size="sm"
            options={MODES}
            value={state.mode}
            onChange={(mode) => onChange({ mode })}
          />
          {state.mode === 'ends' && (
            <LaneChoice lanes={lanes} lane={state.lane} onChange={(lane) => onChange({ lane })} />
          )}
        </div>
      )}
      <div className={styles.search}>
        <Input
          ref={searchRef}
          type="search"
          aria-label="Search by sequence number or text"
          placeholder="/ seq 14481"
          value={state.query}
          onChange={(event) => onChange({ query: event.currentTarget.value })}
          onKeyDown={onKeyDown}
          suffix={
            <span className={styles.found} aria-live="polite">
              {found}
            </span>
          }
        />
        <IconButton
          name="angle-up"
          aria-label="Previous match"
          disabled={matches.count === 0}
          onClick={() => onStep(-1)}
        />
        <IconButton
          name="angle-down"
          aria-label="Next match"
          disabled={matches.count === 0}
          onClick={() => onStep(1)}
        />
      </div>
    </div>
  );
});

interface LaneChoiceProps {
  readonly lanes: readonly Lane[];
  readonly lane: number;
  readonly onChange: (lane: number) => void;
}

function LaneChoice({ lanes, lane, onChange }: LaneChoiceProps) {
  const menu = (
    <Menu>
      {lanes.map((each, index) => (
        <Menu.Item key={each.id} label={laneName(each)} active={index === lane} onClick={() => onChange(index)} />
      ))}
    </Menu>
  );
  return (
    <Dropdown overlay={menu} placement="bottom-start">
      <Button size="sm" variant="secondary" fill="outline" icon="angle-down" aria-label="NIC">
        {laneName(lanes[lane] ?? lanes[0])}
      </Button>
    </Dropdown>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.75, 1.5),
    padding: theme.spacing(0.5, 1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  group: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.75) }),
  search: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    flex: '1 1 180px',
    maxWidth: 280,
    marginLeft: 'auto',
  }),
  found: css({ fontVariantNumeric: 'tabular-nums', fontSize: theme.typography.bodySmall.fontSize }),
});
