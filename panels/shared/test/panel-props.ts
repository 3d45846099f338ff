import { dateTime, EventBusSrv, LoadingState, type DataFrame, type PanelProps, type TimeRange } from '@grafana/data';

/** What Grafana hands to a panel. */
export function panelProps<T>(options: T, series: DataFrame[], change: Partial<PanelProps<T>> = {}): PanelProps<T> {
  const timeRange: TimeRange = {
    from: dateTime(1764000000000),
    to: dateTime(1764003600000),
    raw: { from: 'now-1h', to: 'now' },
  };
  return {
    id: 1,
    title: '',
    transparent: false,
    renderCounter: 0,
    width: 1000,
    height: 600,
    timeZone: 'utc',
    timeRange,
    options,
    data: { state: LoadingState.Done, series, timeRange },
    fieldConfig: { defaults: {}, overrides: [] },
    eventBus: new EventBusSrv(),
    replaceVariables: (text) => text,
    onOptionsChange: () => undefined,
    onFieldConfigChange: () => undefined,
    onChangeTimeRange: () => undefined,
    ...change,
  };
}
