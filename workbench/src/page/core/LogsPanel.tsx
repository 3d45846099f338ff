import { type GrafanaTheme2, type PanelProps, dateTimeFormat } from '@grafana/data';
import { Icon, ScrollContainer, useStyles2 } from '@grafana/ui';
import { css, cx } from '@emotion/css';
import React, { useMemo, useState } from 'react';
import { EmptyPanel } from './EmptyPanel';
import { type LogRow, logFields, logRows } from './log-rows';

export interface LogsOptions {
  readonly showTime?: boolean;
  readonly showLabels?: boolean;
  readonly wrapLogMessage?: boolean;
  readonly sortOrder?: 'Ascending' | 'Descending';
  readonly enableLogDetails?: boolean;
}

/** Rows drawn; a narrower time range shows the rest. */
const MAX_ROWS = 1000;

export function LogsPanel({ data, options, timeZone }: PanelProps<LogsOptions>) {
  const styles = useStyles2(getStyles);
  const rows = useMemo(() => logRows(data.series, options.sortOrder), [data.series, options.sortOrder]);
  if (rows.length === 0) {
    return <EmptyPanel data={data} />;
  }
  return (
    <ScrollContainer>
      <div className={styles.list} data-testid="core-logs">
        {rows.slice(0, MAX_ROWS).map((row) => (
          <LogLine key={row.key} row={row} options={options} timeZone={timeZone} />
        ))}
        {rows.length > MAX_ROWS && (
          <p className={styles.note}>{rows.length - MAX_ROWS} more lines are not shown; narrow the time range.</p>
        )}
      </div>
    </ScrollContainer>
  );
}

interface LineProps {
  readonly row: LogRow;
  readonly options: LogsOptions;
  readonly timeZone: string;
}

function LogLine({ row, options, timeZone }: LineProps) {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = useState(false);
  const details = options.enableLogDetails !== false;
  return (
    <div className={styles.row}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={open}
        disabled={!details}
        onClick={() => setOpen(!open)}
      >
        {details && <Icon name={open ? 'angle-down' : 'angle-right'} />}
        {options.showTime !== false && (
          <span className={styles.time} title={preciseTime(row, timeZone, 'YYYY-MM-DD HH:mm:ss')}>
            {preciseTime(row, timeZone, 'HH:mm:ss')}
          </span>
        )}
        {options.showLabels && <span className={styles.labels}>{labelText(row)}</span>}
        <span className={cx(styles.message, options.wrapLogMessage && styles.wrap)}>{row.line}</span>
      </button>
      {open && (
        <table className={styles.fields}>
          <tbody>
            {[...Object.entries(row.labels), ...logFields(row.line)].map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function preciseTime(row: LogRow, timeZone: string, format: string): string {
  const seconds = dateTimeFormat(row.timeMs, { timeZone, format });
  return `${seconds}.${row.tsNs.slice(-9).padStart(9, '0')}`;
}

function labelText(row: LogRow): string {
  return Object.entries(row.labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ fontFamily: theme.typography.fontFamilyMonospace, fontSize: theme.typography.bodySmall.fontSize }),
  row: css({ '&:hover': { background: theme.colors.action.hover } }),
  line: css({
    display: 'flex',
    gap: theme.spacing(1),
    width: '100%',
    padding: theme.spacing(0.25, 0.5),
    border: 0,
    background: 'none',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    textAlign: 'left',
    cursor: 'pointer',
  }),
  time: css({ color: theme.colors.text.secondary, whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }),
  labels: css({ color: theme.colors.info.text, whiteSpace: 'nowrap' }),
  message: css({ whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }),
  wrap: css({ whiteSpace: 'pre-wrap', wordBreak: 'break-all', overflow: 'visible' }),
  fields: css({
    margin: theme.spacing(0.5, 0, 1, 3),
    'th, td': { padding: theme.spacing(0.25, 1.5, 0.25, 0), verticalAlign: 'top', wordBreak: 'break-all' },
    th: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular, whiteSpace: 'nowrap' },
  }),
  note: css({ color: theme.colors.text.secondary, padding: theme.spacing(1) }),
});
