import { PanelPlugin } from '@grafana/data';
import { defaultOptions, type PacketSequenceOptions } from './options';
import { PacketSequencePanel } from './PacketSequencePanel';

export const plugin = new PanelPlugin<PacketSequenceOptions>(PacketSequencePanel).setPanelOptions((builder) =>
  builder
    .addRadio({
      path: 'lanes',
      name: 'Lanes',
      description: 'Automatic: one lane for each NIC where several saw the connection, else client and server.',
      defaultValue: defaultOptions.lanes,
      settings: {
        options: [
          { value: 'auto', label: 'Automatic' },
          { value: 'ends', label: 'Ends' },
          { value: 'nics', label: 'NICs' },
        ],
      },
    })
    .addRadio({
      path: 'time',
      name: 'Time',
      defaultValue: defaultOptions.time,
      settings: {
        options: [
          { value: 'relative', label: 'Relative' },
          { value: 'absolute', label: 'Absolute' },
        ],
      },
    })
    .addRadio({
      path: 'delta',
      name: 'Time difference',
      description: 'What TD counts from.',
      defaultValue: defaultOptions.delta,
      settings: {
        options: [
          { value: 'previous', label: 'Previous packet' },
          { value: 'direction', label: 'Same side' },
          { value: 'start', label: 'Start' },
        ],
      },
    })
    .addNumberInput({
      path: 'silenceMs',
      name: 'Mark silence from',
      description: 'Milliseconds; 0 marks none.',
      defaultValue: defaultOptions.silenceMs,
      settings: { min: 0, integer: true },
    })
    .addTextInput({
      path: 'requestUrl',
      name: "Request's page",
      description:
        'Path or http(s) address. ${__data.fields.l7RequestId}, ${__from}, ${__to} and dashboard variables are filled in. Empty: no links.',
      defaultValue: defaultOptions.requestUrl,
    })
    .addTextInput({
      path: 'requestId',
      name: 'Show request',
      description: 'The request_id to begin with, usually a dashboard variable.',
      defaultValue: defaultOptions.requestId,
    })
);
