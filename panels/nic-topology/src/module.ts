import { PanelPlugin } from '@grafana/data';
import { NicTopologyPanel } from './NicTopologyPanel';
import { defaultOptions, type NicTopologyOptions } from './options';

export const plugin = new PanelPlugin<NicTopologyOptions>(NicTopologyPanel).setPanelOptions((builder) =>
  builder.addTextInput({
    path: 'recordUrl',
    name: "NIC's record",
    description:
      'Path or http(s) address. ${__data.fields.id} (inner_traceid), ${__data.fields.requestId}, ${__data.fields.host}, ${__data.fields.nicName}, ${__from}, ${__to} and dashboard variables are filled in. Empty: no links.',
    defaultValue: defaultOptions.recordUrl,
  })
);
