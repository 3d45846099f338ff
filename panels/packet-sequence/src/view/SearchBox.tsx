import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { IconButton, Input, useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, type Ref } from 'react';
import { countText } from '@bpfnet/flow-model/quantity-text';

/** How many rows match, and which of them is selected (1, 2, …; 0 for none). */
export interface FoundMatches {
  readonly count: number;
  readonly place: number;
}

interface Props {
  readonly query: string;
  /** Takes a line of its own. */
  readonly wide: boolean;
  readonly matches: FoundMatches;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onQuery: (query: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeave: () => void;
}

export function SearchBox({ query, wide, matches, inputRef, onQuery, onStep, onLeave }: Props) {
  const styles = useStyles2(getStyles);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      onStep(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      onLeave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const found = query === '' ? '' : `${countText(matches.place)}/${countText(matches.count)}`;
  return (
    <div className={cx(styles.search, wide && styles.wide)}>
      <Input
        ref={inputRef}
        type="search"
        aria-label="Search by sequence number, length, TCP flag, path or analysis flag"
        placeholder="/ seq 14481, len>1000, syn, /api"
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
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
      <IconButton name="angle-down" aria-label="Next match" disabled={matches.count === 0} onClick={() => onStep(1)} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  search: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    flex: '1 1 180px',
    maxWidth: 300,
    marginLeft: 'auto',
    // As high as the small buttons beside it: `Input` comes in one size.
    '[data-testid=input-wrapper], input': { height: theme.spacing(3) },
    input: { fontSize: theme.typography.bodySmall.fontSize },
  }),
  wide: css({ flexBasis: '100%', maxWidth: 'none' }),
  found: css({ fontVariantNumeric: 'tabular-nums', fontSize: theme.typography.bodySmall.fontSize }),
});
