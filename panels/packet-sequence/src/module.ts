import { PanelPlugin, type SelectFieldConfigSettings } from '@grafana/data';
import { linkHelp } from '../../shared/panel-link';
import { STRIP_TITLES } from './layout/strips';
import { type Tone } from './model/arrow-look';
import { defaultOptions, FIELD_KEYS, type PacketSequenceOptions, STRIP_KINDS } from './options';
import { PacketSequencePanel } from './PacketSequencePanel';
import { FIELD_TITLES } from './draw/field-text';

const TONES: ReadonlyArray<readonly [Tone, string]> = [
  ['plain', 'Packets without payload'],
  ['payload', 'Packets with payload'],
  ['attention', 'Retransmissions and duplicate ACKs'],
  ['warning', 'Warnings'],
  ['danger', 'Resets and losses'],
];

const STRIP_OPTIONS = STRIP_KINDS.map((value) => ({ value, label: STRIP_TITLES[value] }));

const COLUMN_OPTIONS = FIELD_KEYS.map((value) => ({ value, label: FIELD_TITLES[value] }));

const FIELDS = ['tsNs', 'lane', 'sender', 'flags', 'seq', 'ack', 'len', 'win', 'ana', 'l7Label'] as const;

export const plugin = new PanelPlugin<PacketSequenceOptions>(PacketSequencePanel).setPanelOptions((builder) => {
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
          { value: 'acknowledged', label: 'Acked segment' },
        ],
      },
    })
    .addRadio({
      path: 'seq',
      name: 'Sequence numbers',
      defaultValue: defaultOptions.seq,
      settings: {
        options: [
          { value: 'relative', label: 'Relative' },
          { value: 'absolute', label: 'Absolute' },
        ],
      },
    })
    .addRadio({
      path: 'view',
      name: 'View',
      defaultValue: defaultOptions.view,
      settings: {
        options: [
          { value: 'ladder', label: 'Ladder' },
          { value: 'list', label: 'List' },
          { value: 'both', label: 'Both' },
        ],
      },
    })
    .addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
      path: 'columns',
      name: 'Columns of the list',
      defaultValue: [...defaultOptions.columns],
      settings: { options: COLUMN_OPTIONS },
    })
    .addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
      path: 'strips',
      name: 'Beside the ladder',
      description: 'Curves on the same time axis.',
      defaultValue: [...defaultOptions.strips],
      settings: { options: STRIP_OPTIONS },
    })
    .addBooleanSwitch({
      path: 'foldBursts',
      name: 'Fold bulk data',
      description: 'Runs of equal segments become one line that opens on a click.',
      defaultValue: defaultOptions.foldBursts,
    })
    .addRadio({
      path: 'density',
      name: 'Height of rows',
      defaultValue: defaultOptions.density,
      settings: {
        options: [
          { value: 34, label: 'Comfortable' },
          { value: 24, label: 'Compact' },
          { value: 12, label: 'Overview' },
        ],
      },
    })
    .addRadio({
      path: 'click',
      name: 'A click on a row',
      defaultValue: defaultOptions.click,
      settings: {
        options: [
          { value: 'details', label: 'Shows details' },
          { value: 'open', label: 'Opens the request' },
          { value: 'time-range', label: 'Sets the time range' },
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
      description: linkHelp('${__data.fields.l7RequestId}'),
      defaultValue: defaultOptions.requestUrl,
    })
    .addTextInput({
      path: 'connectionUrl',
      name: "Connection's page",
      description: linkHelp('${__data.fields.lane} (inner_traceid)'),
      defaultValue: defaultOptions.connectionUrl,
    })
    .addTextInput({
      path: 'requestId',
      name: 'Show request',
      description: 'The request_id to begin with, usually a dashboard variable.',
      defaultValue: defaultOptions.requestId,
    });
  for (const [tone, name] of TONES) {
    builder.addColorPicker({ path: `colours.${tone}`, name, category: ['Colours'] });
  }
  for (const field of FIELDS) {
    builder.addTextInput({
      path: `fieldNames.${field}`,
      name: field,
      category: ['Fields'],
      description: "The frame's name for this field, where it is another.",
    });
  }
});
