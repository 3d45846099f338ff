/** Packets of connections at their NICs. */
import { FIELD_WORDS } from '../field-words';
import { BYTES, type Columns, type RowOf, TEXT, TIME } from '../frame-columns';
import { type Direction } from '../words';
import { type FrameKind } from './frame-kind';

export const PACKET_COLUMNS = {
  time: { ...TIME, title: 'Time', about: 'for axes only' },
  tsNs: { ...TEXT, required: true, title: 'Time (ns)', about: 'ns since the epoch, decimal' },
  flowId: {
    ...TEXT,
    required: true,
    title: FIELD_WORDS.inner_traceid.title,
    about: 'the flow, which `meta.custom.flows` describes',
  },
  sender: {
    ...TEXT,
    required: true,
    of: ['client', 'server', 'local', 'remote'],
    title: 'Sender',
    about: "who sent it: by role, or by the NIC's side where the client is not known",
  },
  flags: { type: 'number', required: true, title: 'Flags', about: 'TCP flag byte' },
  seq: { type: 'number', required: true, unit: 'none', title: 'Seq', about: 'absolute sequence number' },
  ack: { type: 'number', required: true, unit: 'none', title: 'Ack', about: 'absolute acknowledgment number' },
  seqRel: {
    type: 'number',
    unit: 'none',
    title: 'Seq (relative)',
    about: 'counted from the initial sequence number, else from the first one seen; absent: `seq`',
  },
  ackRel: { type: 'number', unit: 'none', title: 'Ack (relative)', about: 'likewise; absent: `ack`' },
  len: { ...BYTES, required: true, title: 'Payload', about: 'payload length' },
  win: { ...BYTES, title: 'Window', about: 'receive window, scaled' },
  ana: { type: 'number', title: 'Analysis', about: 'TCP analysis bits, as in `flow-model/src/analysis.ts`' },
  l7Label: {
    ...TEXT,
    title: 'Request or response',
    about: "`GET /api/orders` on the packet with a request's first byte, `200` on that with its response's first byte",
  },
  l7Kind: { ...TEXT, of: ['', 'request', 'response'], title: 'Kind', about: 'which of the two `l7Label` is' },
  l7RequestId: { ...TEXT, title: 'Request ID', about: 'request ID of `l7Label`' },
  chunkId: { type: 'number', unit: 'none', title: 'Chunk', about: 'chunk that the packet is in' },
  transmission: {
    ...TEXT,
    title: 'Transmission',
    about:
      "numbers of the transmissions that it carries, the same at every NIC: `17`, `17-26`, `3,17`; '' where it was not followed",
  },
  fate: {
    ...TEXT,
    of: ['', 'lost', 'lost-beyond', 'unknown'],
    title: 'Fate',
    about:
      "of the transmission, on the packet that was seen first on its way; '' on all others and where it arrived. `lost`: seen at `fateFrom` and not at `fateTo`, which was capturing; `lost-beyond`: seen at the last NIC and retransmitted anyway; `unknown`: not seen at `fateTo`, whose capture has a gap there",
  },
  fateFrom: { ...TEXT, title: 'Last seen at', about: 'flow ID' },
  fateTo: { ...TEXT, title: 'Not seen at', about: "flow ID; '' beyond the last NIC" },
  fateBytes: { ...BYTES, title: 'Bytes lost', about: 'sequence space that did not arrive' },
} as const satisfies Columns;
export type PacketRow = RowOf<typeof PACKET_COLUMNS>;
export type Sender = PacketRow['sender'];

/** `frame.meta.custom` of a `Packets` frame. */
export interface PacketsMeta {
  readonly kind: typeof FrameKind.Packets;
  /** In path order, the client's NIC first, where that is known. */
  readonly flows: readonly FlowMeta[];
  /** Where only the chunks that hold a request were read; absent where a connection was asked for. */
  readonly part?: PacketsPart;
}

export interface PacketsPart {
  readonly requestId: string;
  /** Whether the connection has packets in other chunks; `unknown` while no chunk says that it ended. */
  readonly connection: 'whole' | 'has-more' | 'unknown';
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  readonly podName?: string;
  readonly k8sNamespace?: string;
}

/** One connection at one NIC. */
export interface FlowMeta {
  readonly flowId: string;
  readonly host: string;
  readonly nicName: string;
  readonly podName?: string;
  readonly direction: Direction;
  readonly l4Proto: 'tcp' | 'udp';
  /** Client and server; where the client is not known, the NIC's own side (Local) and the other (Remote). */
  readonly near: Endpoint;
  readonly far: Endpoint;
  readonly clientKnown: boolean;
  /** Packets that the capture dropped while the connection was open. */
  readonly captureDrops: number;
  /** Packets in the records, of which some may not have been fetched. */
  readonly packets: number;
  /** Absent where its host's clock could not be compared with that of the first flow's host. */
  readonly clock?: FlowClock;
  /** When the capture dropped packets: the chunks with `capture_drops`. Absent where the records do not say. */
  readonly captureGaps?: readonly CaptureGapMeta[];
}

/** What puts a flow's times on the clock of the first flow's host. All 0 on that host. */
export interface FlowClock {
  /** To be added, ns. */
  readonly shiftNs: number;
  /** Error of the shift where both directions take the same time, and in any case; ns. */
  readonly ifSymmetricNs: number;
  readonly atMostNs: number;
}

interface CaptureGapMeta {
  /** ns since the epoch, decimal. */
  readonly fromNs: string;
  readonly toNs: string;
  readonly packets: number;
}
