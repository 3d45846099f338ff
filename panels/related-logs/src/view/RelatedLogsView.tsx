import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, FilterInput, Tab, TabsBar, useStyles2 } from '@grafana/ui';
import React, { useMemo, useRef, useState } from 'react';
import { type RelatedDimension } from '@bpfnet/flow-model/frames';
import { countText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { saveFile } from '../../../shared/download';
import { type SharedCursor } from '../../../shared/use-shared-cursor';
import { PATH, placesOn, rowFilter, rowsAlongPath, sortedRows, type Sorting } from '../model/arrange-rows';
import { choiceOf, type Column, type ColumnSet, offeredColumns, shownColumns, TIME } from '../model/columns';
import { recordsCsv } from '../model/cell-text';
import { nicDifferences } from '../model/nic-differences';
import { type LogRow, type RelatedLogs, textAt } from '../model/related-logs';
import { pointOfRecord, recordOfPoint } from '../model/shared-place';
import { ColumnChooser } from './ColumnChooser';
import { LogTable } from './LogTable';
import { type ColumnStore } from './use-column-choice';

interface Props {
  readonly logs: RelatedLogs;
  readonly width: number;
  readonly isCurrent: (row: LogRow) => boolean;
  readonly choice: (tab: string) => ColumnStore;
  readonly cursor: SharedCursor;
  readonly hrefOf: (row: LogRow) => string | undefined;
  readonly timeText: (row: LogRow) => string;
}

interface TabWords {
  readonly title: string;
  /** For narrow panels. */
  readonly short: string;
  readonly columns: ColumnSet;
  readonly about: string;
}

const TABS: Readonly<Record<RelatedDimension, TabWords>> = {
  connection: {
    title: 'Single connection',
    short: 'Connection',
    columns: 'mixed',
    about: 'Requests and chunks of this connection at this NIC.',
  },
  request: {
    title: 'Cross-NIC',
    short: 'Cross-NIC',
    columns: 'requests',
    about: 'This request and others of its connection, at every NIC. Differences between NICs are highlighted.',
  },
  transport: {
    title: 'Transport layer',
    short: 'Transport',
    columns: 'connections',
    about: 'Chunks of the connections that carry this request, at every NIC.',
  },
};

export function RelatedLogsView({ logs, width, isCurrent, choice, cursor, hrefOf, timeText }: Props) {
  const styles = useStyles2(getStyles);
  const chooserButton = useRef<HTMLButtonElement>(null);
  const [wanted, setWanted] = useState<RelatedDimension>('request');
  const [filter, setFilter] = useState('');
  const [chosenSorting, setSorting] = useState<Sorting>({ name: PATH, descending: false });
  const [choosing, setChoosing] = useState(false);

  const tab = logs.tabs.find(({ dimension }) => dimension === wanted) ?? logs.tabs[0];
  const { columns: set, about } = TABS[tab.dimension];
  const store = choice(tab.dimension);
  const columns = shownColumns(store.columns, set);
  const setColumns = (next: readonly Column[]) => store.keep(choiceOf(next));
  // One NIC has no path.
  const placeOf = useMemo(
    () => (tab.dimension === 'connection' || logs.path.length === 0 ? undefined : placesOn(logs.path)),
    [tab.dimension, logs.path]
  );
  const sorting =
    chosenSorting.name === PATH && placeOf === undefined ? { ...chosenSorting, name: TIME } : chosenSorting;
  const rows = useMemo(() => {
    const found = tab.rows.filter(rowFilter(filter));
    return placeOf !== undefined && sorting.name === PATH
      ? rowsAlongPath(found, placeOf, sorting.descending)
      : sortedRows(found, { name: sorting.name, descending: sorting.descending });
  }, [tab.rows, filter, placeOf, sorting.name, sorting.descending]);
  const hosts = useMemo(() => new Set(tab.rows.map((row) => textAt(row, 'host'))).size, [tab.rows]);
  const differences = useMemo(() => nicDifferences(tab.rows), [tab.rows]);
  const fields = useMemo(() => new Set(tab.rows.flatMap((row) => [...row.values.keys()])), [tab.rows]);
  const pointed = useMemo(() => cursor.pointed && recordOfPoint(rows, cursor.pointed), [rows, cursor.pointed]);
  const closeChooser = () => {
    setChoosing(false);
    chooserButton.current?.focus();
  };

  return (
    <div className={cx(styles.panel, width < NARROW_PX && styles.narrow)}>
      <TabsBar>
        {logs.tabs.map(({ dimension, rows: all }) => (
          <Tab
            key={dimension}
            label={width < NARROW_PX ? TABS[dimension].short : TABS[dimension].title}
            counter={all.length}
            active={dimension === tab.dimension}
            onChangeTab={() => setWanted(dimension)}
          />
        ))}
      </TabsBar>
      <div className={styles.tools}>
        <div className={cx(styles.filter, width < NARROW_PX && styles.wholeLine)}>
          <FilterInput
            value={filter}
            onChange={setFilter}
            escapeRegex={false}
            placeholder="Filter: words, latency_ms>10, host=node-a"
            aria-label="Filter records"
          />
        </div>
        <span className={styles.count} role="status">
          {rows.length === tab.rows.length
            ? pluralText(rows.length, 'record')
            : `${countText(rows.length)} of ${pluralText(tab.rows.length, 'record')}`}
        </span>
        <span className={styles.spacer} />
        <Button
          ref={chooserButton}
          size="sm"
          variant="secondary"
          fill="outline"
          icon="columns"
          aria-expanded={choosing}
          onClick={() => setChoosing(!choosing)}
        >
          Columns
        </Button>
        <Button
          size="sm"
          variant="secondary"
          fill="outline"
          icon="download-alt"
          tooltip="Download the records shown as CSV"
          onClick={() =>
            saveFile(`related-${tab.dimension}.csv`, new Blob([recordsCsv(rows, columns)], { type: CSV_TYPE }))
          }
        >
          CSV
        </Button>
      </div>
      <p className={styles.about}>{[about, hosts > 1 ? OWN_CLOCKS : '', ...logs.notes].filter(Boolean).join(' ')}</p>
      <div className={styles.body}>
        <LogTable
          key={tab.dimension}
          label={TABS[tab.dimension].title}
          rows={rows}
          columns={columns}
          onColumns={setColumns}
          sorting={sorting}
          onSorting={setSorting}
          isCurrent={isCurrent}
          pointed={pointed}
          onPoint={(row) => cursor.pointAt(row && pointOfRecord(row))}
          differences={differences}
          hrefOf={hrefOf}
          timeText={timeText}
          placeOf={placeOf}
        />
        {choosing && (
          <ColumnChooser
            shown={columns}
            offered={offeredColumns(fields)}
            onChange={setColumns}
            onReset={() => store.keep([])}
            onClose={closeChooser}
          />
        )}
      </div>
    </div>
  );
}

const NARROW_PX = 480;
const CSV_TYPE = 'text/csv;charset=utf-8';
const OWN_CLOCKS = "Timestamps are from each host's own clock.";

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ height: '100%', display: 'flex', flexDirection: 'column' }),
  narrow: css({
    '& [role="tab"]': { padding: theme.spacing(1, 0.75), fontSize: theme.typography.bodySmall.fontSize },
  }),
  tools: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 0, 0.5),
  }),
  filter: css({ flex: '0 1 340px', minWidth: 200 }),
  wholeLine: css({ flexBasis: '100%' }),
  count: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
  spacer: css({ flex: 1 }),
  about: css({
    margin: theme.spacing(0, 0, 0.5),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  body: css({ position: 'relative', flex: 1, minHeight: 0 }),
});
