import { type LaneMode } from './model/ladder';
import { type SeqMode } from './model/packet-text';
import { type DeltaMode } from './model/time-delta';

export type TimeMode = 'relative' | 'absolute';
/** The ladder, the message list, or both where there is room. */
export type ViewMode = 'ladder' | 'list' | 'both';
/** Bytes in flight against the window, sequence numbers over time, round trips. */
export type StripKind = 'flight' | 'seq' | 'rtt';
export const STRIP_KINDS: readonly StripKind[] = ['flight', 'seq', 'rtt'];
/** What a click on a row does. */
type ClickAction = 'details' | 'open' | 'time-range';

/** Columns of the message list beside time and TD. */
export type FieldKey = 'number' | 'from' | 'flags' | 'seq' | 'ack' | 'len' | 'win' | 'analysis';
export const FIELD_KEYS: readonly FieldKey[] = ['number', 'from', 'flags', 'seq', 'ack', 'len', 'win', 'analysis'];

export interface PacketSequenceOptions {
  /** `auto`: one lane a NIC where several NICs saw the connection and there is room, else client and server. */
  readonly lanes: LaneMode;
  readonly time: TimeMode;
  readonly delta: DeltaMode;
  readonly seq: SeqMode;
  readonly view: ViewMode;
  /** Of the message list, those that there is room for. */
  readonly columns: readonly FieldKey[];
  readonly strips: readonly StripKind[];
  /** Runs of equal bulk segments become one line. */
  readonly foldBursts: boolean;
  /** Height of a line, px. */
  readonly density: number;
  readonly click: ClickAction;
  /** Colours of `Tone`s, by name; what is not named takes the theme's. */
  readonly colours: Readonly<Record<string, string>>;
  /** Names of fields in the frame for those of the contract, where they differ. */
  readonly fieldNames: Readonly<Record<string, string>>;
  /** Silence longer than this gets a line of its own, ms; 0 for none. */
  readonly silenceMs: number;
  /** Where a request's tag leads. */
  readonly requestUrl: string;
  /** Where the word that the connection has more packets leads. */
  readonly connectionUrl: string;
  /** The request to show first; a dashboard variable as a rule. */
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
  connectionUrl: '/d/bpfnet-connection?var-inner_traceid=${__data.fields.lane}&from=${__from}&to=${__to}',
  requestId: '${request_id}',
};
