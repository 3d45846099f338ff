import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, Checkbox, FilterInput, IconButton, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { type Column, moved, toggled } from '../model/columns';

interface Props {
  readonly shown: readonly Column[];
  readonly offered: readonly Column[];
  readonly onChange: (columns: readonly Column[]) => void;
  readonly onReset: () => void;
  readonly onClose: () => void;
}

/** Shown columns in their order, then the others. */
export function ColumnChooser({ shown, offered, onChange, onReset, onClose }: Props) {
  const styles = useStyles2(getStyles);
  const [search, setSearch] = useState('');
  const names = new Set(shown.map(({ name }) => name));
  const fits = ({ name, title }: Column) => `${title} ${name}`.toLowerCase().includes(search.toLowerCase());
  const rest = offered.filter(({ name }) => !names.has(name));
  return (
    <div
      className={styles.box}
      role="dialog"
      aria-label="Columns"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <div className={styles.head}>
        <FilterInput
          autoFocus
          value={search}
          onChange={setSearch}
          escapeRegex={false}
          placeholder="Find a field"
          aria-label="Find a field"
        />
        <Button size="sm" variant="secondary" fill="text" onClick={onReset}>
          Reset
        </Button>
        <IconButton name="times" aria-label="Close" onClick={onClose} />
      </div>
      <ul className={styles.list}>
        {shown.filter(fits).map((column) => (
          <li key={column.name} className={styles.item}>
            <Checkbox
              value
              label={column.title}
              disabled={shown.length === 1}
              onChange={() => onChange(toggled(shown, column.name))}
            />
            <span className={styles.moves}>
              <IconButton
                name="arrow-up"
                aria-label={`Move ${column.title} left`}
                onClick={() => onChange(moved(shown, column.name, -1))}
              />
              <IconButton
                name="arrow-down"
                aria-label={`Move ${column.title} right`}
                onClick={() => onChange(moved(shown, column.name, 1))}
              />
            </span>
          </li>
        ))}
        {rest.filter(fits).map((column) => (
          <li key={column.name} className={styles.item}>
            <Checkbox value={false} label={column.title} onChange={() => onChange(toggled(shown, column.name))} />
            {column.title !== column.name && <code className={styles.name}>{column.name}</code>}
          </li>
        ))}
      </ul>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'absolute',
    top: 0,
    right: 0,
    bottom: 0,
    zIndex: theme.zIndex.dropdown,
    width: 320,
    maxWidth: '100%',
    display: 'flex',
    flexDirection: 'column',
    padding: theme.spacing(1),
    background: theme.colors.background.elevated ?? theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z3,
  }),
  head: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    '& > button': { flex: 'none' },
    '@media (pointer: coarse)': { '& > button': { minWidth: 44, minHeight: 44, margin: 0 } },
  }),
  list: css({ flex: 1, minHeight: 0, overflow: 'auto', margin: theme.spacing(1, 0, 0), listStyle: 'none' }),
  item: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    minHeight: 32,
    gap: theme.spacing(1),
    paddingRight: theme.spacing(1),
    // The whole line can be clicked, not only the text.
    '& label': { flex: 1, minHeight: 32, gridTemplateColumns: 'max-content 1fr', alignContent: 'center' },
    '@media (pointer: coarse)': { minHeight: 44, '& label': { minHeight: 44 } },
  }),
  moves: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    '& button': { margin: 0, minWidth: 28, minHeight: 28 },
    '@media (pointer: coarse)': { '& button': { minWidth: 44, minHeight: 44 } },
  }),
  name: css({
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
