import { getFieldDisplayValues, type PanelProps, type ReduceDataOptions, VizOrientation } from '@grafana/data';
import {
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  DataLinksContextMenu,
  useTheme2,
  VizRepeater,
} from '@grafana/ui';
import React, { useCallback } from 'react';
import { EmptyPanel } from './EmptyPanel';

export interface StatOptions {
  readonly reduceOptions?: ReduceDataOptions;
  readonly colorMode?: BigValueColorMode;
  readonly graphMode?: BigValueGraphMode;
  readonly justifyMode?: BigValueJustifyMode;
  readonly textMode?: BigValueTextMode;
  readonly orientation?: VizOrientation;
}

export function StatPanel(props: PanelProps<StatOptions>) {
  const { data, fieldConfig, height, width, options, replaceVariables, timeZone, renderCounter } = props;
  const theme = useTheme2();
  const getValues = useCallback(
    () =>
      getFieldDisplayValues({
        fieldConfig,
        reduceOptions: options.reduceOptions ?? { calcs: ['lastNotNull'] },
        replaceVariables,
        theme,
        data: data.series,
        sparkline: options.graphMode !== BigValueGraphMode.None,
        timeZone,
      }),
    [data.series, fieldConfig, options.graphMode, options.reduceOptions, replaceVariables, theme, timeZone]
  );
  if (data.series.length === 0) {
    return <EmptyPanel data={data} />;
  }
  return (
    <VizRepeater
      getValues={getValues}
      width={width}
      height={height}
      source={data}
      itemSpacing={3}
      renderCounter={renderCounter}
      autoGrid={true}
      orientation={options.orientation ?? VizOrientation.Auto}
      renderValue={({ value, width: itemWidth, height: itemHeight, count }) => (
        <DataLinksContextMenu links={value.getLinks ?? (() => [])}>
          {(api) => (
            <BigValue
              value={value.display}
              count={count}
              sparkline={value.sparkline}
              colorMode={options.colorMode ?? BigValueColorMode.Value}
              graphMode={options.graphMode ?? BigValueGraphMode.Area}
              justifyMode={options.justifyMode ?? BigValueJustifyMode.Auto}
              textMode={options.textMode ?? BigValueTextMode.Auto}
              width={itemWidth}
              height={itemHeight}
              theme={theme}
              onClick={api.openMenu}
              className={api.targetClassName}
            />
          )}
        </DataLinksContextMenu>
      )}
    />
  );
}
