import { type LadderMode, type LaneMode } from './model/ladder';
import { type SeqMode } from './model/packet-text';
import { type DeltaMode } from './model/time-delta';

export type TimeMode = 'relative' | 'absolute';
/** The ladder, the message list, or both where there is room. */
export type ViewMode = 'ladder' | 'list' | 'both';
/** Bytes in flight against the window, sequence numbers over time, round trips. */
export type StripKind = 'flight' | 'seq' | 'rtt';
export const STRIP_KINDS: readonly StripKind[] = ['flight', 'seq', 'rtt'];
type ClickAction = 'details' | 'open' | 'time-range';

/** Columns of the message list beside time and delta time. */
export type FieldKey = 'number' | 'from' | 'flags' | 'seq' | 'ack' | 'len' | 'win' | 'analysis';
export const FIELD_KEYS: readonly FieldKey[] = ['number', 'from', 'flags', 'seq', 'ack', 'len', 'win', 'analysis'];

interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly description?: string;
}

/** Names of choices, in the panel's options and over the ladder. */
export const LANE_CHOICES: Array<Choice<LadderMode>> = [
  { value: 'ends', label: 'Endpoints', description: 'Client and server, as one NIC saw them' },
  { value: 'nics', label: 'NICs', description: 'One lane per NIC that saw the connection' },
];

export const TIME_CHOICES: Array<Choice<TimeMode>> = [
  { value: 'relative', label: 'Relative', description: 'Time since the first packet' },
  { value: 'absolute', label: 'Absolute', description: 'Time of day' },
];

export const VIEW_CHOICES: Array<Choice<ViewMode>> = [
  { value: 'ladder', label: 'Ladder', description: 'Arrows between the lanes' },
  { value: 'list', label: 'List', description: 'All fields of every packet' },
  { value: 'both', label: 'Both', description: 'Fields and arrows side by side' },
];

export const DELTA_CHOICES: Array<Choice<DeltaMode>> = [
  { value: 'previous', label: 'Previous packet' },
  { value: 'direction', label: 'Previous, same direction' },
  { value: 'start', label: 'First packet' },
  { value: 'acknowledged', label: 'Acked segment' },
];

export const SEQ_CHOICES: Array<Choice<SeqMode>> = [
  { value: 'relative', label: 'Relative' },
  { value: 'absolute', label: 'Absolute' },
];

export interface PacketSequenceOptions {
  /** `auto`: one lane per NIC if several NICs saw the connection and there is room, else client and server. */
  readonly lanes: LaneMode;
  readonly time: TimeMode;
  readonly delta: DeltaMode;
  readonly seq: SeqMode;
  readonly view: ViewMode;
  /** Of the message list, those that there is room for. */
  readonly columns: readonly FieldKey[];
  readonly strips: readonly StripKind[];
  /** Runs of bulk data become one line. */
  readonly foldBursts: boolean;
  /** Height of a line, px. */
  readonly density: number;
  readonly click: ClickAction;
  /** Names of colours by `Tone`; the theme's for tones that are left out. */
  readonly colours: Readonly<Record<string, string>>;
  /** The frame's names for fields of the contract, where they differ. */
  readonly fieldNames: Readonly<Record<string, string>>;
  /** Idle time from this on gets a line of its own, ms; 0 for none. */
  readonly silenceMs: number;
  /** Link of a request's tag. */
  readonly requestUrl: string;
  /** Link of the note that the connection has more packets. */
  readonly connectionUrl: string;
  /** The request to select first; usually a dashboard variable. */
  readonly requestId: string;
}

export const defaultOptions: PacketSequenceOptions = {
  lanes: 'auto',
  time: 'relative',
  delta: 'previous',
  seq: 'relative',
  view: 'ladder',
  columns: FIELD_KEYS,
  strips: [],
  foldBursts: true,
  density: 34,
  click: 'details',
  colours: {},
  fieldNames: {},
  silenceMs: 100,
  requestUrl: '/d/bpfnet-request?var-request_id=${__data.fields.l7RequestId}&from=${__from}&to=${__to}',
  connectionUrl: '/d/bpfnet-connection?var-inner_traceid=${__data.fields.flowId}&from=${__from}&to=${__to}',
  requestId: '${request_id}',
};
