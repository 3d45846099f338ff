/** What the menus over the ladder offer. */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { type Jump, JUMPS } from '../model/jumps';
import { ALL_ROWS, type RowFilter } from '../model/row-filter';
import { DELTA_CHOICES, SEQ_CHOICES, STRIP_KINDS, type StripKind, TIME_CHOICES } from '../options';
import { STRIP_TITLES } from '../layout/strips';
import { type MenuSection } from './MenuButton';
import { type ToolbarState } from './use-toolbar-state';

type Change = (change: Partial<ToolbarState>) => void;
type Zoom = (direction: 1 | -1) => void;

export function viewSections(state: ToolbarState, change: Change, zoom: Zoom): readonly MenuSection[] {
  const toggled = (kind: StripKind) => STRIP_KINDS.filter((each) => (each === kind) !== state.strips.includes(each));
  return [
    {
      title: 'Time',
      choices: TIME_CHOICES.map(({ value: time, label, description = label }) => ({
        label: description,
        active: state.time === time,
        onChoose: () => change({ time }),
      })),
    },
    {
      title: 'Delta time since',
      choices: DELTA_CHOICES.map(({ value: delta, label }) => ({
        label,
        active: state.delta === delta,
        onChoose: () => change({ delta }),
      })),
    },
    {
      title: 'Sequence numbers',
      choices: SEQ_CHOICES.map(({ value: seq, label }) => ({
        label: `${label} numbers`,
        active: state.seq === seq,
        onChoose: () => change({ seq }),
      })),
    },
    {
      title: 'Side charts',
      choices: STRIP_KINDS.map((kind) => ({
        label: capitalised(STRIP_TITLES[kind]),
        active: state.strips.includes(kind),
        onChoose: () => change({ strips: toggled(kind) }),
      })),
    },
    {
      title: 'Rows',
      choices: [
        {
          label: 'Collapse bulk data',
          active: state.foldBursts,
          onChoose: () => change({ foldBursts: !state.foldBursts }),
        },
        { label: 'Taller (+)', onChoose: () => zoom(1) },
        { label: 'Shorter (−)', onChoose: () => zoom(-1) },
      ],
    },
  ];
}

const SHOWN: ReadonlyArray<{ readonly show: RowFilter['show']; readonly label: string }> = [
  { show: 'all', label: 'All packets' },
  { show: 'payload', label: 'With payload' },
  { show: 'notable', label: 'TCP analysis flags' },
  { show: 'l7', label: 'Requests and responses' },
];

const FLAGS: ReadonlyArray<readonly [string, number]> = [
  ['SYN', TcpFlag.Syn],
  ['FIN', TcpFlag.Fin],
  ['RST', TcpFlag.Rst],
  ['PSH', TcpFlag.Psh],
];

export function filterSections(filter: RowFilter, sides: readonly [string, string], change: Change) {
  const set = (some: Partial<RowFilter>) => change({ filter: { ...filter, ...some } });
  const sections: readonly MenuSection[] = [
    {
      title: 'Show',
      choices: SHOWN.map(({ show, label }) => ({
        label,
        active: filter.show === show,
        onChoose: () => set({ show }),
      })),
    },
    {
      title: 'Sent by',
      choices: (['both', 'near', 'far'] as const).map((side) => ({
        label: side === 'both' ? 'Both sides' : capitalised(sides[side === 'near' ? 0 : 1]),
        active: filter.side === side,
        onChoose: () => set({ side }),
      })),
    },
    {
      title: 'With any of these TCP flags',
      choices: FLAGS.map(([label, flag]) => ({
        label,
        active: (filter.flags & flag) !== 0,
        onChoose: () => set({ flags: filter.flags ^ flag }),
      })),
    },
    { choices: [{ label: 'Clear filter', onChoose: () => change({ filter: ALL_ROWS }) }] },
  ];
  return sections;
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export function jumpSections(onJump: (jump: Jump) => void): readonly MenuSection[] {
  return [{ choices: JUMPS.map(({ jump, label }) => ({ label, onChoose: () => onJump(jump) })) }];
}

export interface ExportActions {
  readonly hasSelection: boolean;
  readonly copyText: () => void;
  readonly copyTsharkFilter: () => void;
  readonly copyBpfFilter: () => void;
  readonly savePcapng: () => void;
  readonly saveCsv: () => void;
  readonly savePng: () => void;
  readonly saveSvg: () => void;
}

export function exportSections(actions: ExportActions): readonly MenuSection[] {
  const disabled = !actions.hasSelection;
  return [
    {
      title: 'Copy',
      choices: [
        { label: actions.hasSelection ? 'Packet as text' : 'All packets as text', onChoose: actions.copyText },
        { label: 'tshark filter for this packet', disabled, onChoose: actions.copyTsharkFilter },
        { label: 'BPF filter for this connection', onChoose: actions.copyBpfFilter },
      ],
    },
    {
      title: 'Save',
      choices: [
        { label: 'pcapng', onChoose: actions.savePcapng },
        { label: 'CSV', onChoose: actions.saveCsv },
        { label: 'PNG', onChoose: actions.savePng },
        { label: 'SVG', onChoose: actions.saveSvg },
      ],
    },
  ];
}
