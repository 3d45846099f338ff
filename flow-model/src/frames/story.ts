/** What correlation works out about one connection, as tables. */
import { FIELD_WORDS } from '../field-words';
import {
  BYTES,
  type Columns,
  MS,
  MS_OR_NULL,
  type RowOf,
  SHARE,
  TEXT,
  TIME,
  WHOLE,
  WHOLE_OR_NULL,
} from '../frame-columns';

export const VERDICT_COLUMNS = {
  time: { ...TIME, title: 'Time', about: "when the request's first byte passed the NIC nearest to the client" },
  headline: {
    ...TEXT,
    title: 'Outcome',
    about: '`ok`, `ok · loss`, `server error`, `unanswered`; `failed` for a connection that was not established',
  },
  sentence: { ...TEXT, title: 'Verdict', about: 'what happened and where the time went, in one sentence' },
  cause: { ...TEXT, title: 'Cause', about: 'one word: `fast`, `slow-server`, `loss`, `refused`, …' },
  summary: { ...TEXT, title: 'Request', about: '`GET /api/orders → 200`' },
  totalMs: { ...MS, title: 'Total', about: 'time of the whole request' },
  requestId: { ...TEXT, title: 'Request ID', about: 'request ID' },
  flowShard: { ...WHOLE_OR_NULL, title: 'Shard', about: 'flow shard of its records' },
  tsNs: { ...TEXT, title: 'Time (ns)', about: 'ns since the epoch, decimal; with ID and shard all that a link needs' },
} as const satisfies Columns;
export type VerdictRow = RowOf<typeof VERDICT_COLUMNS>;

/** Grafana prints seconds in the unit that fits: `4.0 µs`, `285.6 ms`. */
const SCALED = { type: 'number', unit: 's', decimals: 1 } as const;

export const VERDICT_PART_COLUMNS = {
  part: { ...TEXT, title: 'Part', about: '`server`, `network-request`, …; of a cost, the part that it is in' },
  title: { ...TEXT, title: 'Phase', about: 'name of the part; of a cost, a sentence' },
  kind: {
    ...TEXT,
    of: ['part', 'cost'],
    title: 'Kind',
    about: 'parts follow each other and add up to the total; a cost is the share of a part due to one cause',
  },
  ms: { ...MS, decimals: 3, title: 'Time in ms', about: 'how long it took' },
  durationS: { ...SCALED, title: 'Time', about: 'the same in seconds, which Grafana prints in the unit that fits' },
  share: { ...SHARE, title: 'Share', about: 'of the total' },
  ifSymmetricMs: {
    ...MS_OR_NULL,
    decimals: 3,
    title: '± if symmetric',
    about: 'error between two clocks where both directions take the same time; null where exact',
  },
  atMostMs: { ...MS_OR_NULL, decimals: 3, title: '± at most, in ms', about: 'error in any case; null where exact' },
  atMostS: { ...SCALED, type: 'number?', title: '± at most', about: 'the same in seconds' },
  evidence: {
    ...TEXT,
    title: 'Packets',
    about: "first and last packet: `eth0 of cart-1 #12 to #15`; '' where only the record says so",
  },
} as const satisfies Columns;
export type VerdictPartRow = RowOf<typeof VERDICT_PART_COLUMNS>;

export const LOSS_COLUMNS = {
  time: { ...TIME, title: 'Retransmitted', about: 'when, at the NIC nearest to the sender' },
  tsNs: { ...TEXT, title: 'Time (ns)', about: 'the same, ns since the epoch, decimal' },
  sender: { ...TEXT, of: ['client', 'server'], title: 'Sender', about: 'who retransmitted' },
  what: { ...TEXT, title: 'Content', about: '`data`, `SYN`, `FIN`, …' },
  seq: { ...WHOLE, title: 'Seq', about: 'first sequence number' },
  length: { ...BYTES, title: 'Length', about: 'length of the segment' },
  waitedMs: { ...MS_OR_NULL, title: 'After', about: 'time since the original; null where that was not seen' },
  trigger: { ...TEXT, title: 'Trigger', about: '`timeout` or `duplicate ACKs`' },
  fate: { ...TEXT, title: 'Fate of the original', about: 'what became of the previous transmission, in a sentence' },
  flowId: {
    ...TEXT,
    title: FIELD_WORDS.inner_traceid.title,
    about: 'flow of the retransmission at the NIC nearest to the sender',
  },
  chunkId: { ...WHOLE, title: 'Chunk', about: 'chunk that it is in' },
  index: { ...WHOLE, title: 'Packet in chunk', about: 'its position there, from 0' },
} as const satisfies Columns;
export type LossRow = RowOf<typeof LOSS_COLUMNS>;

export const CAVEAT_COLUMNS = {
  kind: { ...TEXT, title: 'Kind', about: 'which caveat; `none` where there is none' },
  text: { ...TEXT, title: 'Caveat', about: 'the caveat in a sentence' },
} as const satisfies Columns;
export type CaveatRow = RowOf<typeof CAVEAT_COLUMNS>;

/** The fields of Grafana's trace frames. */
export const NIC_SPAN_COLUMNS = {
  traceID: { ...TEXT, about: "the application's trace ID, else the request ID" },
  spanID: { ...TEXT, about: 'flow ID' },
  parentSpanID: { type: 'text?', about: 'flow ID at the NIC before; null at the first' },
  operationName: { ...TEXT, about: 'operation and resource' },
  serviceName: { ...TEXT, about: '`eth0 of cart-1`' },
  serviceTags: { type: 'list', about: 'host, NIC, namespace and pod' },
  startTime: { type: 'number', about: "ms since the epoch, with fraction, on the first host's clock" },
  duration: { type: 'number', about: 'latency at the NIC, ms' },
  statusCode: { type: 'number', about: "OpenTelemetry's status code" },
  tags: { type: 'list', about: 'outcome, addresses, retransmissions, capture drops' },
} as const satisfies Columns;
export type NicSpanRow = RowOf<typeof NIC_SPAN_COLUMNS>;
