import { type DataFrame, type PanelProps } from '@grafana/data';
import { type TableSortByFieldState } from '@grafana/schema';
import { Table } from '@grafana/ui';
import React, { useMemo } from 'react';
import { EmptyPanel } from './EmptyPanel';

export interface TableOptions {
  readonly showHeader?: boolean;
  readonly sortBy?: readonly TableSortByFieldState[];
  readonly frameIndex?: number;
}

export function TablePanel({ data, options, width, height, timeRange, fieldConfig }: PanelProps<TableOptions>) {
  const frame = useMemo(() => chooseFrame(data.series, options.frameIndex), [data.series, options.frameIndex]);
  if (frame === undefined || frame.length === 0) {
    return <EmptyPanel data={data} />;
  }
  return (
    <div data-testid="core-table" style={{ width, height }}>
      <Table
        data={frame}
        width={width}
        height={height}
        noHeader={options.showHeader === false}
        initialSortBy={options.sortBy ? [...options.sortBy] : undefined}
        timeRange={timeRange}
        fieldConfig={fieldConfig}
        columnMinWidth={60}
        resizable={true}
      />
    </div>
  );
}

function chooseFrame(series: readonly DataFrame[], index: number | undefined): DataFrame | undefined {
  return series[index ?? 0] ?? series[0];
}
