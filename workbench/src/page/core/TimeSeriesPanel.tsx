import {
  type DataFrame,
  dateTimeFormat,
  type Field,
  FieldType,
  getDisplayProcessor,
  getFieldDisplayName,
  type PanelProps,
} from '@grafana/data';
import { LegendDisplayMode, TooltipDisplayMode, type VizLegendOptions, type VizTooltipOptions } from '@grafana/schema';
import { SeriesTable, TimeSeries, TooltipPlugin2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { AnnotationMarks } from './AnnotationMarks';
import { EmptyPanel } from './EmptyPanel';

export interface TimeSeriesOptions {
  readonly legend?: VizLegendOptions;
  readonly tooltip?: VizTooltipOptions;
}

/** `TooltipHoverMode.xAll`: a const enum that the library does not export. */
const HOVER_ALL = 1;

export function TimeSeriesPanel(props: PanelProps<TimeSeriesOptions>) {
  const { data, width, height, timeRange, timeZone, options, onChangeTimeRange } = props;
  const theme = useTheme2();
  const frames = useMemo(() => plottable(data.series), [data.series]);
  const legend = options.legend ?? {
    showLegend: true,
    displayMode: LegendDisplayMode.List,
    placement: 'bottom',
    calcs: [],
  };
  if (frames.length === 0) {
    return <EmptyPanel data={data} />;
  }
  return (
    <div data-testid="core-timeseries" style={{ width, height }}>
      <TimeSeries
        frames={frames}
        structureRev={data.structureRev}
        timeRange={timeRange}
        timeZone={timeZone}
        width={width}
        height={height}
        legend={legend}
        options={options}
      >
        {(builder, aligned) => (
          <>
            <AnnotationMarks config={builder} annotations={data.annotations ?? []} timeZone={timeZone} />
            {options.tooltip?.mode === TooltipDisplayMode.None ? null : (
              <TooltipPlugin2
                config={builder}
                hoverMode={HOVER_ALL}
                queryZoom={onChangeTimeRange}
                render={(_plot, dataIdxs) => {
                  const index = dataIdxs.find((i) => i !== null && i !== undefined);
                  if (index === undefined || index === null) {
                    return null;
                  }
                  return (
                    <div style={{ padding: theme.spacing(1) }}>
                      <SeriesTable
                        timestamp={dateTimeFormat(aligned.fields[0].values[index], { timeZone })}
                        series={valuesAt(aligned, index, frames)}
                      />
                    </div>
                  );
                }}
              />
            )}
          </>
        )}
      </TimeSeries>
    </div>
  );

  function valuesAt(frame: DataFrame, index: number, all: DataFrame[]) {
    return frame.fields.slice(1).flatMap((field) => {
      const value: unknown = field.values[index];
      if (value === null || value === undefined) {
        return [];
      }
      const display = display_(field)(value);
      return [
        {
          label: getFieldDisplayName(field, frame, all),
          value: `${display.prefix ?? ''}${display.text}${display.suffix ?? ''}`,
          color: display.color,
        },
      ];
    });
  }

  function display_(field: Field) {
    return field.display ?? getDisplayProcessor({ field, theme, timeZone });
  }
}

/** Frames with a time and a number field, ascending in time. */
function plottable(series: readonly DataFrame[]): DataFrame[] {
  return series.filter(
    (frame) =>
      frame.length > 0 &&
      frame.fields.some((field) => field.type === FieldType.time) &&
      frame.fields.some((field) => field.type === FieldType.number)
  );
}
