/** What the menus over the ladder offer. */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { type Jump, JUMPS } from '../model/jumps';
import { ALL_ROWS, type RowFilter } from '../model/row-filter';
import { type DeltaMode } from '../model/time-delta';
import { STRIP_KINDS, type StripKind, type TimeMode } from '../options';
import { STRIP_TITLES } from '../layout/strips';
import { type MenuSection } from './MenuButton';
import { type ToolbarState } from './use-toolbar-state';

type Change = (change: Partial<ToolbarState>) => void;
type Zoom = (direction: 1 | -1) => void;

const DELTA_LABELS: Readonly<Record<DeltaMode, string>> = {
  previous: 'previous packet',
  direction: 'same side',
  start: 'start',
  acknowledged: 'acked segment',
};

const TIME_LABELS: Readonly<Record<TimeMode, string>> = { relative: 'since the first packet', absolute: 'time of day' };

export function viewSections(state: ToolbarState, change: Change, zoom: Zoom): readonly MenuSection[] {
  const keys = <T extends string>(labels: Readonly<Record<T, string>>) => Object.keys(labels) as T[];
  const toggled = (kind: StripKind) => STRIP_KINDS.filter((each) => (each === kind) !== state.strips.includes(each));
  return [
    {
      title: 'Time',
      choices: keys(TIME_LABELS).map((time) => ({
        label: TIME_LABELS[time],
        active: state.time === time,
        onChoose: () => change({ time }),
      })),
    },
    {
      title: 'TD, time since',
      choices: keys(DELTA_LABELS).map((delta) => ({
        label: DELTA_LABELS[delta],
        active: state.delta === delta,
        onChoose: () => change({ delta }),
      })),
    },
    {
      title: 'Sequence numbers',
      choices: (['relative', 'absolute'] as const).map((seq) => ({
        label: `${seq} numbers`,
        active: state.seq === seq,
        onChoose: () => change({ seq }),
      })),
    },
    {
      title: 'Beside the ladder',
      choices: STRIP_KINDS.map((kind) => ({
        label: STRIP_TITLES[kind],
        active: state.strips.includes(kind),
        onChoose: () => change({ strips: toggled(kind) }),
      })),
    },
    {
      title: 'Rows',
      choices: [
        {
          label: 'fold bulk data',
          active: state.foldBursts,
          onChoose: () => change({ foldBursts: !state.foldBursts }),
        },
        { label: 'larger (+)', onChoose: () => zoom(1) },
        { label: 'smaller (−)', onChoose: () => zoom(-1) },
      ],
    },
  ];
}

const SHOWN: ReadonlyArray<{ readonly show: RowFilter['show']; readonly label: string }> = [
  { show: 'all', label: 'all packets' },
  { show: 'payload', label: 'with payload' },
  { show: 'notable', label: 'remarks of the analysis' },
  { show: 'l7', label: 'requests and responses' },
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
        label: side === 'both' ? 'both sides' : sides[side === 'near' ? 0 : 1],
        active: filter.side === side,
        onChoose: () => set({ side }),
      })),
    },
    {
      title: 'With one of these flags',
      choices: FLAGS.map(([label, flag]) => ({
        label,
        active: (filter.flags & flag) !== 0,
        onChoose: () => set({ flags: filter.flags ^ flag }),
      })),
    },
    { choices: [{ label: 'show all again', onChoose: () => change({ filter: ALL_ROWS }) }] },
  ];
  return sections;
}

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
        { label: actions.hasSelection ? 'packet as text' : 'all as text', onChoose: actions.copyText },
        { label: 'tshark filter of the packet', disabled, onChoose: actions.copyTsharkFilter },
        { label: 'BPF filter of the connection', onChoose: actions.copyBpfFilter },
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
