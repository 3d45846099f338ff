import { PanelPlugin, type SelectFieldConfigSettings } from '@grafana/data';
import { type PacketRow } from '@bpfnet/flow-model/frames';
import { linkHelp } from '../../shared/panel-link';
import { FIELD_TITLES } from './draw/field-text';
import { STRIP_TITLES } from './layout/strips';
import { type Tone } from './model/arrow-look';
import {
  defaultOptions,
  DELTA_CHOICES,
  FIELD_KEYS,
  LANE_CHOICES,
  type PacketSequenceOptions,
  SEQ_CHOICES,
  STRIP_KINDS,
  TIME_CHOICES,
  VIEW_CHOICES,
} from './options';
import { PacketSequencePanel } from './PacketSequencePanel';

const TONES: ReadonlyArray<readonly [Tone, string]> = [
  ['plain', 'Packets without payload'],
  ['payload', 'Packets with payload'],
  ['attention', 'Retransmissions and duplicate ACKs'],
  ['warning', 'Warnings'],
  ['danger', 'Resets and losses'],
];

const STRIP_OPTIONS = STRIP_KINDS.map((value) => ({ value, label: STRIP_TITLES[value] }));

const COLUMN_OPTIONS = FIELD_KEYS.map((value) => ({ value, label: FIELD_TITLES[value] }));

const FIELDS: ReadonlyArray<keyof PacketRow> = [
  'tsNs',
  'flowId',
  'sender',
  'flags',
  'seq',
  'ack',
  'len',
  'win',
  'ana',
  'l7Label',
];

export const plugin = new PanelPlugin<PacketSequenceOptions>(PacketSequencePanel).setPanelOptions((builder) => {
  builder
    .addRadio({
      path: 'lanes',
      name: 'Lanes',
      description: 'Automatic: one lane per NIC if several NICs saw the connection, otherwise client and server.',
      defaultValue: defaultOptions.lanes,
      settings: {
        options: [{ value: 'auto', label: 'Automatic' }, ...LANE_CHOICES],
      },
    })
    .addRadio({
      path: 'time',
      name: 'Time',
      defaultValue: defaultOptions.time,
      settings: { options: TIME_CHOICES },
    })
    .addRadio({
      path: 'delta',
      name: 'Delta time since',
      defaultValue: defaultOptions.delta,
      settings: { options: DELTA_CHOICES },
    })
    .addRadio({
      path: 'seq',
      name: 'Sequence numbers',
      defaultValue: defaultOptions.seq,
      settings: { options: SEQ_CHOICES },
    })
    .addRadio({
      path: 'view',
      name: 'View',
      defaultValue: defaultOptions.view,
      settings: { options: VIEW_CHOICES },
    })
    .addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
      path: 'columns',
      name: 'List columns',
      defaultValue: [...defaultOptions.columns],
      settings: { options: COLUMN_OPTIONS },
    })
    .addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
      path: 'strips',
      name: 'Side charts',
      description: 'Charts beside the ladder, on the same time axis.',
      defaultValue: [...defaultOptions.strips],
      settings: { options: STRIP_OPTIONS },
    })
    .addBooleanSwitch({
      path: 'foldBursts',
      name: 'Collapse bulk data',
      description: 'Shows a run of data segments and their ACKs as one line; click it to expand.',
      defaultValue: defaultOptions.foldBursts,
    })
    .addRadio({
      path: 'density',
      name: 'Row height',
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
      name: 'On row click',
      defaultValue: defaultOptions.click,
      settings: {
        options: [
          { value: 'details', label: 'Show details' },
          { value: 'open', label: 'Open the request' },
          { value: 'time-range', label: 'Set the time range' },
        ],
      },
    })
    .addNumberInput({
      path: 'silenceMs',
      name: 'Idle marker threshold (ms)',
      description: 'Idle periods of at least this length get a marker row. 0: no markers.',
      defaultValue: defaultOptions.silenceMs,
      settings: { min: 0, integer: true },
    })
    .addTextInput({
      path: 'requestUrl',
      name: 'Request link',
      description: linkHelp('${__data.fields.l7RequestId}'),
      defaultValue: defaultOptions.requestUrl,
    })
    .addTextInput({
      path: 'connectionUrl',
      name: 'Connection link',
      description: linkHelp('${__data.fields.flowId} (inner_traceid)'),
      defaultValue: defaultOptions.connectionUrl,
    })
    .addTextInput({
      path: 'requestId',
      name: 'Initial request',
      description: 'The request_id to select initially, usually a dashboard variable.',
      defaultValue: defaultOptions.requestId,
    });
  for (const [tone, name] of TONES) {
    builder.addColorPicker({ path: `colours.${tone}`, name, category: ['Colors'] });
  }
  for (const field of FIELDS) {
    builder.addTextInput({
      path: `fieldNames.${field}`,
      name: field,
      category: ['Field names'],
      description: 'Name of this field in the data frame, if it differs.',
    });
  }
});
