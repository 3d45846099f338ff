import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { type MouseEvent } from 'react';
import { cellText } from '../model/cell-text';
import { type Column } from '../model/columns';
import { type Difference } from '../model/nic-differences';
import { type LogRow, textAt } from '../model/related-logs';

export const ROW_PX = 28;
/** The first column: the position on the path, if known, and a link. */
export const openWidthPx = (hasPlaces: boolean) => (hasPlaces ? 60 : 36);

interface Props {
  readonly row: LogRow;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly current: boolean;
  /** From another panel, or by a click in this one. */
  readonly pointed: boolean;
  readonly onPoint: () => void;
  readonly onHold: () => void;
  readonly differences: ReadonlyMap<string, Difference> | undefined;
  readonly href: string | undefined;
  readonly timeText: (row: LogRow) => string;
  /** On the path, from 1 at the client. */
  readonly place: number | undefined;
  readonly hasPlaces: boolean;
}

/** A record; the one that the page is about is marked. */
export function LogTableRow({
  row,
  index,
  columns,
  current,
  pointed,
  differences,
  href,
  timeText,
  place,
  hasPlaces,
  ...on
}: Props) {
  const styles = useStyles2(getStyles);
  const where = [textAt(row, 'k8s_pod_name') || textAt(row, 'nic_name'), textAt(row, 'host')]
    .filter((text) => text !== '')
    .join(' on ');
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={current ? 'true' : undefined}
      className={cx(styles.row, current && styles.current, pointed && styles.pointed)}
      style={{ top: index * ROW_PX }}
      onMouseEnter={on.onPoint}
      onFocus={on.onPoint}
      onClick={(event) => isPlainClick(event) && on.onHold()}
    >
      <div
        role="cell"
        className={cx(styles.open, current && styles.currentOpen, pointed && styles.pointedOpen)}
        style={{ width: openWidthPx(hasPlaces) }}
      >
        {place !== undefined && <span className={styles.place}>{place}</span>}
        {current && <span className={styles.unseen}>current record</span>}
        {pointed && <span className={styles.unseen}>highlighted</span>}
        {href !== undefined && (
          <a
            className={styles.link}
            href={href}
            target="_blank"
            rel="noopener noreferrer"
            title="Open this record's page in a new tab"
            aria-label={`Open the record of ${where} in a new tab`}
          >
            <Icon name="external-link-alt" size="sm" />
          </a>
        )}
      </div>
      {columns.map((column) => {
        const text = cellText(row, column, timeText);
        const difference = differences?.get(column.name);
        return (
          <div
            key={column.name}
            role="cell"
            className={cx(
              styles.cell,
              isRight(column) && styles.right,
              column.kind === 'id' && styles.id,
              column.name === 'outcome' && hasFailed(row) && styles.bad
            )}
            style={{ width: column.widthPx }}
            title={difference === undefined ? text : `${text}: ${difference.text}`}
          >
            {difference === undefined ? (
              text
            ) : (
              <mark className={cx(styles.mark, styles[difference.tone])}>
                {text}
                <span className={styles.unseen}>, {difference.text}</span>
              </mark>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Neither on the link nor the end of a text selection. */
const isPlainClick = ({ target }: MouseEvent): boolean =>
  !(target instanceof Element && target.closest('a')) && globalThis.getSelection()?.isCollapsed !== false;

export const isRight = ({ kind }: Column) => ['milliseconds', 'count', 'bytes', 'number'].includes(kind);

const FAILED = ['server_error', 'unanswered', 'reset'];

const hasFailed = (row: LogRow): boolean => FAILED.includes(textAt(row, 'outcome'));

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    position: 'absolute',
    left: 0,
    right: 0,
    height: ROW_PX,
    display: 'flex',
    lineHeight: `${ROW_PX}px`,
    fontSize: theme.typography.bodySmall.fontSize,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    '&:hover': { background: theme.colors.action.hover },
  }),
  current: css({
    background: theme.colors.primary.transparent,
    boxShadow: `inset 3px 0 0 ${theme.colors.primary.main}`,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  pointed: css({
    background: theme.colors.action.focus,
    outline: `1px solid ${theme.colors.border.strong}`,
    outlineOffset: -1,
  }),
  // Stays in view while columns are scrolled, so that the NIC of a row can be seen.
  open: css({
    position: 'sticky',
    left: 0,
    zIndex: 1,
    flex: 'none',
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'flex-end',
    background: theme.colors.background.primary,
  }),
  currentOpen: css({
    backgroundImage: `linear-gradient(${theme.colors.primary.transparent}, ${theme.colors.primary.transparent})`,
    boxShadow: `inset 3px 0 0 ${theme.colors.primary.main}`,
  }),
  place: css({
    flex: 1,
    paddingLeft: 6,
    textAlign: 'right',
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
  }),
  pointedOpen: css({
    backgroundImage: `linear-gradient(${theme.colors.action.focus}, ${theme.colors.action.focus})`,
  }),
  link: css({
    display: 'grid',
    placeItems: 'center',
    width: 36,
    height: ROW_PX - 1,
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.secondary,
    '&:hover': { color: theme.colors.text.link },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  cell: css({
    flex: 'none',
    padding: theme.spacing(0, 1),
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  }),
  right: css({ textAlign: 'right' }),
  id: css({ fontFamily: theme.typography.fontFamilyMonospace }),
  bad: css({ color: theme.colors.error.text }),
  mark: css({ padding: theme.spacing(0.25, 0.5), borderRadius: theme.shape.radius.default }),
  slow: css({ background: theme.colors.warning.transparent, color: theme.colors.warning.text }),
  changed: css({ background: theme.colors.info.transparent, color: theme.colors.info.text }),
  retransmitted: css({ background: theme.colors.error.transparent, color: theme.colors.error.text }),
  unseen: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }),
});
