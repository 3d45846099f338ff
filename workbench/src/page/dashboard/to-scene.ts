import { type DataTransformerConfig, type FieldConfigSource } from '@grafana/data';
import {
  behaviors,
  type SceneDataProvider,
  SceneDataTransformer,
  SceneGridItem,
  SceneGridLayout,
  SceneGridRow,
  SceneQueryRunner,
  SceneRefreshPicker,
  SceneTimePicker,
  SceneTimeRange,
  VariableValueSelectors,
  VizPanel,
} from '@grafana/scenes';
import { type DashboardCursorSync, type DataSourceRef } from '@grafana/schema';
import { type ClassicDashboard, type ClassicPanel } from './classic-dashboard';
import { DashboardScene } from './DashboardScene';
import { PanelLinks } from './PanelLinks';
import { toAnnotations } from './to-annotations';
import { toVariableSet } from './to-variables';

/** A scene that shows the dashboard: variables and time above, panels in Grafana's grid of 24 columns. */
export function toScene(dashboard: ClassicDashboard): DashboardScene {
  return new DashboardScene({
    key: dashboard.uid,
    $timeRange: new SceneTimeRange({ ...dashboard.time, timeZone: dashboard.timezone || 'browser' }),
    $variables: toVariableSet(dashboard.templating.list),
    $data: toAnnotations(dashboard.annotations.list),
    $behaviors: [
      new behaviors.CursorSync({ key: 'cursor', sync: dashboard.graphTooltip as DashboardCursorSync }),
      new behaviors.SceneQueryController(),
    ],
    links: dashboard.links,
    variableControls: new VariableValueSelectors({}),
    timeControls: [
      new SceneTimePicker({ isOnCanvas: true }),
      new SceneRefreshPicker({
        isOnCanvas: true,
        refresh: typeof dashboard.refresh === 'string' ? dashboard.refresh : '',
        intervals: dashboard.timepicker?.refresh_intervals ?? ['5s', '10s', '30s', '1m', '5m', '15m'],
      }),
    ],
    body: new SceneGridLayout({ isDraggable: false, isResizable: false, children: toGridItems(dashboard.panels) }),
  });
}

function toGridItems(panels: readonly ClassicPanel[]): Array<SceneGridItem | SceneGridRow> {
  const items: Array<SceneGridItem | SceneGridRow> = [];
  let row: SceneGridRow | undefined;
  for (const panel of [...panels].sort(inReadingOrder)) {
    if (panel.type === 'row') {
      row = new SceneGridRow({
        title: panel.title ?? '',
        isCollapsed: panel.collapsed,
        y: panel.gridPos.y,
        children: [],
      });
      items.push(row);
      continue;
    }
    const item = toGridItem(panel);
    if (row === undefined) {
      items.push(item);
    } else {
      row.setState({ children: [...row.state.children, item] });
    }
  }
  return items;
}

function inReadingOrder(a: ClassicPanel, b: ClassicPanel): number {
  return a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x;
}

function toGridItem(panel: ClassicPanel): SceneGridItem {
  return new SceneGridItem({
    key: `grid-item-${panel.id}`,
    x: panel.gridPos.x,
    y: panel.gridPos.y,
    width: panel.gridPos.w,
    height: panel.gridPos.h,
    body: toPanel(panel),
  });
}

function toPanel(panel: ClassicPanel): VizPanel {
  return new VizPanel({
    key: `panel-${panel.id}`,
    pluginId: panel.type,
    title: panel.title ?? '',
    description: panel.description,
    displayMode: panel.transparent ? 'transparent' : 'default',
    hoverHeader: (panel.title ?? '') === '',
    options: panel.options ?? {},
    fieldConfig: (panel.fieldConfig ?? { defaults: {}, overrides: [] }) as unknown as FieldConfigSource<
      Record<string, unknown>
    >,
    pluginVersion: panel.pluginVersion,
    titleItems: panel.links?.length ? new PanelLinks({ links: panel.links }) : undefined,
    $data: toData(panel),
  });
}

function toData(panel: ClassicPanel): SceneDataProvider | undefined {
  if (panel.targets === undefined || panel.targets.length === 0) {
    return undefined;
  }
  const datasource: DataSourceRef | undefined = panel.datasource ?? panel.targets[0].datasource;
  const runner = new SceneQueryRunner({
    datasource,
    queries: panel.targets.map((target) => ({ ...target, datasource: target.datasource ?? datasource })),
    maxDataPoints: panel.maxDataPoints ?? undefined,
    minInterval: panel.interval ?? undefined,
  });
  const transformations = (panel.transformations ?? []).filter((step) => step.disabled !== true);
  return transformations.length === 0
    ? runner
    : new SceneDataTransformer({ $data: runner, transformations: transformations as DataTransformerConfig[] });
}
