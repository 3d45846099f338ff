import {
  FieldColorModeId,
  type FieldConfigEditorBuilder,
  FieldConfigProperty,
  identityOverrideProcessor,
  PanelPlugin,
} from '@grafana/data';
import {
  GraphDrawStyle,
  GraphGradientMode,
  LineInterpolation,
  ScaleDistribution,
  StackingMode,
  VisibilityMode,
} from '@grafana/schema';
import { LogsPanel, type LogsOptions } from './LogsPanel';
import { StatPanel, type StatOptions } from './StatPanel';
import { TablePanel, type TableOptions } from './TablePanel';
import { TextPanel, type TextOptions } from './TextPanel';
import { TimeSeriesPanel, type TimeSeriesOptions } from './TimeSeriesPanel';

/**
 * Grafana's core panels are not published as packages. These draw the same options of table, timeseries, stat, logs and
 * text with the same components, as far as the provisioned dashboards use them.
 */
export function createCorePanel(id: string): PanelPlugin | undefined {
  switch (id) {
    case 'table':
      return untyped(tablePanel());
    case 'timeseries':
      return untyped(timeSeriesPanel());
    case 'stat':
      return untyped(new PanelPlugin<StatOptions>(StatPanel).useFieldConfig());
    case 'logs':
      return untyped(new PanelPlugin<LogsOptions>(LogsPanel));
    case 'text':
      return untyped(new PanelPlugin<TextOptions>(TextPanel));
    default:
      return undefined;
  }
}

function untyped<Options>(plugin: PanelPlugin<Options>): PanelPlugin {
  return plugin as unknown as PanelPlugin;
}

function tablePanel(): PanelPlugin<TableOptions> {
  return new PanelPlugin<TableOptions, Record<string, unknown>>(TablePanel).useFieldConfig({
    useCustomConfig: (builder) => addCustomFields(builder, TABLE_FIELDS),
  });
}

function timeSeriesPanel(): PanelPlugin<TimeSeriesOptions> {
  return new PanelPlugin<TimeSeriesOptions, Record<string, unknown>>(TimeSeriesPanel)
    .useFieldConfig({
      standardOptions: { [FieldConfigProperty.Color]: { defaultValue: { mode: FieldColorModeId.PaletteClassic } } },
      useCustomConfig: (builder) => addCustomFields(builder, TIME_SERIES_FIELDS),
    })
    .setDataSupport({ annotations: true, alertStates: false });
}

/** Custom field options and their defaults, as the core panels have them. */
type CustomFields = Readonly<Record<string, unknown>>;

const TABLE_FIELDS: CustomFields = {
  width: undefined,
  minWidth: undefined,
  align: 'auto',
  cellOptions: { type: 'auto' },
  inspect: false,
  filterable: false,
  hidden: false,
  wrapText: undefined,
  hideFrom: undefined,
};

const TIME_SERIES_FIELDS: CustomFields = {
  drawStyle: GraphDrawStyle.Line,
  lineInterpolation: LineInterpolation.Linear,
  lineWidth: 1,
  fillOpacity: 0,
  gradientMode: GraphGradientMode.None,
  lineStyle: { fill: 'solid' },
  spanNulls: false,
  insertNulls: false,
  showPoints: VisibilityMode.Auto,
  pointSize: 5,
  barAlignment: 0,
  barWidthFactor: 0.6,
  stacking: { mode: StackingMode.None, group: 'A' },
  scaleDistribution: { type: ScaleDistribution.Linear },
  axisPlacement: 'auto',
  axisLabel: '',
  axisColorMode: 'text',
  axisBorderShow: false,
  axisCenteredZero: false,
  axisGridShow: undefined,
  axisSoftMin: undefined,
  axisSoftMax: undefined,
  axisWidth: undefined,
  thresholdsStyle: { mode: 'off' },
  hideFrom: { tooltip: false, viz: false, legend: false },
};

function addCustomFields(builder: FieldConfigEditorBuilder<Record<string, unknown>>, fields: CustomFields): void {
  for (const [path, defaultValue] of Object.entries(fields)) {
    builder.addCustomEditor({
      id: path,
      path,
      name: path,
      defaultValue,
      editor: noEditor,
      override: noEditor,
      process: identityOverrideProcessor,
      shouldApply: () => true,
    });
  }
}

const noEditor = () => null;
