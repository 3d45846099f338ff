import { cacheFieldDisplayNames, type DataFrame, type PanelProps } from '@grafana/data';
import { type TableCellHeight, type TableSortByFieldState } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import React, { useMemo } from 'react';
import { EmptyPanel } from './EmptyPanel';

export interface TableOptions {
  readonly showHeader?: boolean;
  readonly sortBy?: readonly TableSortByFieldState[];
  readonly frameIndex?: number;
  readonly cellHeight?: TableCellHeight;
}

export function TablePanel({ data, options, width, height, timeRange, fieldConfig }: PanelProps<TableOptions>) {
  const frame = useMemo(() => chooseFrame(data.series, options.frameIndex), [data.series, options.frameIndex]);
  if (frame === undefined || frame.length === 0) {
    return <EmptyPanel data={data} />;
  }
  return (
    <div data-testid="core-table" style={{ width, height }}>
      <TableNG
        data={frame}
        width={width}
        height={height}
        noHeader={options.showHeader === false}
        sortBy={options.sortBy ? [...options.sortBy] : undefined}
        cellHeight={options.cellHeight}
        timeRange={timeRange}
        fieldConfig={fieldConfig}
        structureRev={data.structureRev}
        // The page's content security policy allows no code made at run time.
        protoParserEnabled={true}
        resizable={true}
      />
    </div>
  );
}

function chooseFrame(series: readonly DataFrame[], index: number | undefined): DataFrame | undefined {
  // The table takes its column names from this cache.
  cacheFieldDisplayNames([...series]);
  return series[index ?? 0] ?? series[0];
}
