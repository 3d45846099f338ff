import { linkHelp } from '../../shared/panel-link';
import { FieldColorModeId, FieldConfigProperty, PanelPlugin, ThresholdsMode } from '@grafana/data';
import { COLOUR_METRICS } from './graph/model/graph';
import { METRIC_TITLES } from './graph/model/graph-text';
import { NicTopologyPanel } from './NicTopologyPanel';
import { defaultOptions, type NicTopologyOptions } from './options';

const ONE = ['One request'];
const MANY = ['Many requests'];

export const plugin = new PanelPlugin<NicTopologyOptions>(NicTopologyPanel)
  .useFieldConfig({
    standardOptions: {
      // A hop takes microseconds on a host and some milliseconds between hosts.
      [FieldConfigProperty.Thresholds]: {
        defaultValue: {
          mode: ThresholdsMode.Absolute,
          steps: [
            { value: -Infinity, color: 'green' },
            { value: 20, color: 'orange' },
            { value: 100, color: 'red' },
          ],
        },
      },
      [FieldConfigProperty.Color]: { defaultValue: { mode: FieldColorModeId.Thresholds } },
    },
  })
  .setPanelOptions((builder) =>
    builder
      .addTextInput({
        path: 'recordUrl',
        category: ONE,
        name: 'NIC link',
        description: linkHelp(
          '${__data.fields.id} (inner_traceid), ${__data.fields.requestId}, ${__data.fields.host}, ${__data.fields.nicName}'
        ),
        defaultValue: defaultOptions.recordUrl,
      })
      .addTextInput({
        path: 'traceUrl',
        category: ONE,
        name: 'Trace link',
        description:
          "URL of the application's trace; ${__data.fields.traceId} is replaced with the trace ID. Only needed if the datasource provides no link.",
        defaultValue: defaultOptions.traceUrl,
      })
      .addRadio({
        path: 'level',
        category: MANY,
        name: 'Group by',
        defaultValue: defaultOptions.level,
        settings: {
          options: [
            { value: 'nic', label: 'NICs' },
            { value: 'pod', label: 'Pods' },
            { value: 'host', label: 'Hosts' },
            { value: 'namespace', label: 'Namespaces' },
          ],
        },
      })
      .addSelect({
        path: 'colourBy',
        category: MANY,
        name: 'Color edges by',
        description: "Uses the panel's thresholds and field overrides.",
        defaultValue: defaultOptions.colourBy,
        settings: { options: COLOUR_METRICS.map((value) => ({ value, label: METRIC_TITLES[value] })) },
      })
      .addNumberInput({
        path: 'busiest',
        category: MANY,
        name: 'Max individual nodes',
        description: 'The busiest nodes are shown individually; all others are collapsed into one.',
        defaultValue: defaultOptions.busiest,
        settings: { min: 2, integer: true },
      })
      .addTextInput({
        path: 'edgeUrl',
        category: MANY,
        name: 'Edge link',
        description: linkHelp(
          '${__data.fields.host} and ${__data.fields.name} (of the server end), sourceHost, sourceNic, sourcePod, targetHost, targetNic, targetPod'
        ),
        defaultValue: defaultOptions.edgeUrl,
      })
  );
