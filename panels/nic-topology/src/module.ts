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
        name: "NIC's record",
        description:
          'Path or http(s) address. ${__data.fields.id} (inner_traceid), ${__data.fields.requestId}, ${__data.fields.host}, ${__data.fields.nicName}, ${__from}, ${__to} and dashboard variables are filled in. Empty: no links.',
        defaultValue: defaultOptions.recordUrl,
      })
      .addTextInput({
        path: 'traceUrl',
        category: ONE,
        name: 'Trace',
        description:
          'Where the trace of the application is; ${__data.fields.traceId} is filled in. Needed only where the datasource gives no link of its own.',
        defaultValue: defaultOptions.traceUrl,
      })
      .addRadio({
        path: 'level',
        category: MANY,
        name: 'Nodes are',
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
        name: 'Edges are coloured by',
        description: "The thresholds are those of the field's configuration.",
        defaultValue: defaultOptions.colourBy,
        settings: { options: COLOUR_METRICS.map((value) => ({ value, label: METRIC_TITLES[value] })) },
      })
      .addNumberInput({
        path: 'busiest',
        category: MANY,
        name: 'Nodes shown by themselves',
        description: 'The busiest; all others are folded into one node.',
        defaultValue: defaultOptions.busiest,
        settings: { min: 2, integer: true },
      })
      .addTextInput({
        path: 'edgeUrl',
        category: MANY,
        name: "Edge's requests",
        description:
          'Path or http(s) address. ${__data.fields.host} and ${__data.fields.name} (of the end towards the server), sourceHost, sourceNic, sourcePod, targetHost, targetNic, targetPod, ${__from}, ${__to} and dashboard variables are filled in. Empty: no links.',
        defaultValue: defaultOptions.edgeUrl,
      })
  );
