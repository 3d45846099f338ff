/**
 * The frame contract between datasource and panels: names of frames, names and types of their fields.
 *
 * The datasource puts these frames out; a panel reads them by field name and says what is missing, so that any
 * other datasource can feed it too. Times in `time` fields are ms since the epoch as Grafana wants them; the exact time is
 * in the field named `…_ns` or `tsNs`, decimal text.
 */
import { type Direction, type Outcome, type Tunnel } from './records';

/** `frame.name` and `frame.meta.custom.kind` of what the datasource puts out. */
export const FrameKind = {
  /** One row a request at a NIC; the fields are those of `bpf_net_l7_log`. */
  L7List: 'bpfnet-l7-list',
  /** One row a chunk; the fields are those of `bpf_net_l4_log`. */
  L4List: 'bpfnet-l4-list',
  /** One row a packet at a NIC: `PacketRow`. */
  Packets: 'bpfnet-packets',
  /** The NICs of one request in path order: `HopNodeRow`. Also a standard node-graph `nodes` frame. */
  HopNodes: 'bpfnet-hop-nodes',
  /** What lies between neighbouring NICs: `HopEdgeRow`. Also a standard node-graph `edges` frame. */
  HopEdges: 'bpfnet-hop-edges',
  /** What happened to a request, in one sentence: one row, `VerdictRow`. */
  Verdict: 'bpfnet-verdict',
  /** Where its time went: one row a part, `VerdictPartRow`. */
  VerdictParts: 'bpfnet-verdict-parts',
  /** One row for each segment that was sent again, `LossRow`. */
  Losses: 'bpfnet-losses',
  /** What limits the answer, a sentence a row in the field `text`. */
  Caveats: 'bpfnet-caveats',
  /** The requests that a search term named, as in `L7List`. */
  StoryRequests: 'bpfnet-story-requests',
  /** NICs of many requests: `NicGraphNodeRow`. Also a standard node-graph `nodes` frame. */
  NicGraphNodes: 'bpfnet-nic-graph-nodes',
  /** What lies between them: `NicGraphEdgeRow`. Also a standard node-graph `edges` frame. */
  NicGraphEdges: 'bpfnet-nic-graph-edges',
  /** Records related to a request, as log lines; `meta.custom` is `RelatedMeta`. */
  RelatedLogs: 'bpfnet-related-logs',
  /** How many there are: `RelatedCountRow`. */
  RelatedCounts: 'bpfnet-related-counts',
  /** A request as a trace, one span a NIC, in the fields of Grafana's trace frames. */
  NicSpans: 'bpfnet-nic-spans',
  /** Moments worth a mark, in the fields of Grafana's annotations. */
  Events: 'bpfnet-events',
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Who sent a packet: by role where the client is known, by place where it is not. */
export type Sender = 'client' | 'server' | 'local' | 'remote';

/** One row of a `Packets` frame, in order of time. Each key is a field; `''` and absent numbers (null) where not known. */
export interface PacketRow {
  /** ms since the epoch; for axes only. */
  readonly time: number;
  /** ns since the epoch, decimal. */
  readonly tsNs: string;
  /** `inner_traceid`: the flow, which is the connection at this NIC. Described in `PacketsMeta.flows`. */
  readonly flowId: string;
  readonly sender: Sender;
  /** TCP flag byte. */
  readonly flags: number;
  /** Absolute numbers. */
  readonly seq: number;
  readonly ack: number;
  /** Relative to the initial sequence numbers (Wireshark's relative numbers); where the handshake was not seen, to the first number seen. */
  readonly seqRel: number;
  readonly ackRel: number;
  /** Payload, bytes. */
  readonly len: number;
  /** Scaled receive window, bytes. */
  readonly win: number;
  /** `Analysis` bits. */
  readonly ana: number;
  /** `GET /api/orders` on the packet that carries a request's first byte, `200` on that of its response, else ''. */
  readonly l7Label: string;
  /** `request` or `response` where `l7Label` is set, else ''. */
  readonly l7Kind: '' | 'request' | 'response';
  /** `request_id` of that request, else ''. */
  readonly l7RequestId: string;
  /** Chunk that the packet is in. */
  readonly chunkId: number;
  /**
   * Numbers of the transmissions that the packet carries, the same at every NIC: `17`; `17-26` for a super-segment that was several elsewhere;
   * `3,17`. '' where it was not followed.
   */
  readonly transmission: string;
  /** What became of the transmission, on the packet that was seen first on its way; '' on all others and where it arrived. */
  readonly fate: PacketFate;
  /** The hop that a fate speaks of: flows in the direction of travel. `fateTo` is '' where it lies beyond the last NIC. */
  readonly fateFrom: string;
  readonly fateTo: string;
  /** Sequence space that did not arrive, bytes; 0 for what takes none. */
  readonly fateBytes: number;
}

/**
 * `lost`: seen at `fateFrom` and not at `fateTo`, which was watching. `lost-beyond`: seen at the last NIC, and sent again all the same. `unknown`: not
 * seen at `fateTo`, whose capture lost packets or did not see the connection then.
 */
export type PacketFate = '' | 'lost' | 'lost-beyond' | 'unknown';

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
  /** Packets that the capture itself lost while the connection was open. */
  readonly captureDrops: number;
  /** Packets that the records say there are, and how many of them were fetched. */
  readonly packets: number;
  /** What to do to its times; absent where its host's clock could not be compared with that of the first flow's host. */
  readonly clock?: FlowClock;
  /** When the capture lost them: the chunks with `capture_drops`. Absent where the records do not say. */
  readonly captureGaps?: readonly CaptureGapMeta[];
}

/** What puts a flow's times on the clock of the first flow's host. All 0 on that host. */
export interface FlowClock {
  /** To be added, ns. */
  readonly shiftNs: number;
  /** How far off that may be where both ways take the same time, and at all; ns. */
  readonly ifSymmetricNs: number;
  readonly atMostNs: number;
}

export interface CaptureGapMeta {
  /** ns since the epoch, decimal. */
  readonly fromNs: string;
  readonly toNs: string;
  readonly packets: number;
}

/** One row of a `HopNodes` frame: a NIC that saw the request, in path order from client to server; or what lies outside. */
export interface HopNodeRow {
  /** `inner_traceid`; `outside:client` or `outside:server` for what lies outside. */
  readonly id: string;
  /** Standard node-graph fields. */
  readonly title: string;
  readonly subtitle: string;
  /** Latency at this NIC as text with unit. */
  readonly mainstat: string;
  readonly secondarystat: string;
  /** 0, 1, … along the path. */
  readonly order: number;
  /** False for what no NIC of ours saw: everything below but the address is empty then. */
  readonly observed: boolean;
  readonly host: string;
  readonly nicName: string;
  /** Null where the capture does not say. */
  readonly virtual: boolean | null;
  readonly podName: string;
  readonly k8sNamespace: string;
  readonly containerName: string;
  readonly direction: Direction;
  /** As this NIC saw them, so that NAT shows. */
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly l4Proto: string;
  readonly l7Proto: string;
  readonly tunnel: Tunnel | '';
  readonly vniId: number | null;
  /** First request byte to last response byte at this NIC, ms; null where unanswered or not observed. */
  readonly latencyMs: number | null;
  readonly outcome: Outcome | '';
  readonly retransmissions: number;
  /** When the request's first byte passed, ns since the epoch on the host's own clock, decimal; '' where not observed. */
  readonly requestTsNs: string;
  readonly requestId: string;
}

/** One row of a `HopEdges` frame: from a NIC to the next towards the server. */
export interface HopEdgeRow {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  /** Standard node-graph field: the time of the hop as text with unit. */
  readonly mainstat: string;
  readonly secondarystat: string;
  /** Both NICs are read by one clock, so `thereMs` and `backMs` are known each. */
  readonly sameClock: boolean;
  /** Time of the request's first byte from source to target, ms; null where clocks differ or one side saw nothing. */
  readonly thereMs: number | null;
  /** Time of the response's last byte from target to source, ms; null likewise. */
  readonly backMs: number | null;
  /** Both together: latency at source minus latency at target, ms. Needs no common clock. Null where one side saw no answer. */
  readonly thereAndBackMs: number | null;
  /** Between hosts: what each way took by comparing clocks, ms; within the two bars below. Null or absent where clocks were not compared. */
  readonly thereEstimateMs?: number | null;
  readonly backEstimateMs?: number | null;
  /** How far off both may be where the two ways are alike, and at all; ms. */
  readonly estimateIfSymmetricMs?: number | null;
  readonly estimateAtMostMs?: number | null;
  /** Packets of the connection that both sides sent over this hop, and of these, lost; null or absent where packets were not read. */
  readonly sentSegments?: number | null;
  readonly lostSegments?: number | null;
  /** Of these, segments of this request and of its response; null or absent where packets were not read. */
  readonly requestSegmentsLost?: number | null;
  readonly responseSegmentsLost?: number | null;
  /** The longest that such a segment waited until it was sent again, ms; null or absent where none was. */
  readonly requestResentAfterMs?: number | null;
  readonly responseResentAfterMs?: number | null;
  /** Addresses or ports changed on this hop. */
  readonly nat: string;
  /** The request was seen at source and never at target, or the response the other way round. */
  readonly lost: '' | 'request' | 'response';
}

/** `frame.meta.custom` of a `HopNodes` frame. */
export interface HopsMeta {
  readonly kind: typeof FrameKind.HopNodes;
  readonly requestId: string;
  /** `GET /api/orders → 200`. */
  readonly summary: string;
  readonly outcome: Outcome;
  /** The longest latency, which is that of the NIC nearest to the client; ms. */
  readonly latencyMs: number;
  /** What a reader must know to trust the picture: clocks not compared, capture drops, limits hit. Whole sentences. */
  readonly notes: readonly string[];
}

/** The row of a `Verdict` frame. */
export interface VerdictRow {
  /** When the request's first byte passed the NIC nearest to the client, ms since the epoch. */
  readonly time: number;
  /** What became of it, in a word or two: `ok`, `ok · loss`, `server error`, `unanswered`; `failed` for a connection that came to nothing. */
  readonly headline: string;
  /** For a ticket. */
  readonly sentence: string;
  /** One word for what was the matter: `slow-server`, `loss`, `refused`, … */
  readonly cause: string;
  /** `GET /api/orders → 200`. */
  readonly summary: string;
  readonly totalMs: number;
  readonly requestId: string;
  readonly flowShard: number | null;
  /** ns since the epoch, decimal; with `requestId` and `flowShard` all that a link needs. */
  readonly tsNs: string;
}

/** One row of a `VerdictParts` frame; parts follow each other and add up to the total. */
export interface VerdictPartRow {
  /** `server`, `network-request`, …; for what a cause cost within a part, the part's. */
  readonly part: string;
  /** As a person reads it; for a cost the whole sentence. */
  readonly title: string;
  readonly kind: 'part' | 'cost';
  readonly ms: number;
  /** The same in seconds, which Grafana prints in the unit that fits. */
  readonly durationS: number;
  /** Of the total, 0 … 1. */
  readonly share: number;
  /** How far off that may be between two clocks: where both ways take the same time, and at all; null where exact. */
  readonly ifSymmetricMs: number | null;
  readonly atMostMs: number | null;
  readonly atMostS: number | null;
  /** First and last packet: `eth0 of cart-1 #12 … #15`, '' where only the record says so. */
  readonly evidence: string;
}

/** One row of a `Losses` frame. */
export interface LossRow {
  readonly time: number;
  readonly tsNs: string;
  readonly sender: 'client' | 'server';
  readonly what: string;
  readonly seq: number;
  readonly length: number;
  /** From the transmission before to this one, ms; null where that was not seen. */
  readonly waitedMs: number | null;
  readonly trigger: string;
  /** What became of the transmission before, whole sentence. */
  readonly fate: string;
  /** The retransmission, at the NIC nearest to its sender: a flow and a row of the `Packets` frame. */
  readonly flowId: string;
  readonly chunkId: number;
  readonly index: number;
}

/** One row of a `NicGraphNodes` frame: a NIC, or all that lies outside of what is observed. */
export interface NicGraphNodeRow {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly mainstat: string;
  readonly secondarystat: string;
  /** Shares of requests, 0 … 1, standard node-graph arcs. */
  readonly arc__ok: number;
  readonly arc__failed: number;
  readonly observed: boolean;
  readonly host: string;
  readonly nicName: string;
  readonly podName: string;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Server errors, resets, no answer. */
  readonly failed: number;
  /** First request byte to last response byte at this NIC, ms; null without an answer. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** One row of a `NicGraphEdges` frame. */
export interface NicGraphEdgeRow {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly mainstat: string;
  readonly secondarystat: string;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly failed: number;
  /** There and back on this hop, ms; null where no request tells. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Requests and responses that the hop lost. */
  readonly lost: number;
}

/** `frame.meta.custom` of a `RelatedLogs` frame. */
export interface RelatedMeta {
  readonly kind: typeof FrameKind.RelatedLogs;
  readonly dimension: 'connection' | 'request' | 'transport';
  readonly count: number;
  /** The request's connection at each NIC (`inner_traceid`) from client to server; empty where no request tells. */
  readonly path?: readonly string[];
}

/** One row of a `RelatedCounts` frame. */
export interface RelatedCountRow {
  readonly dimension: 'connection' | 'request' | 'transport';
  /** The field that joins them: `inner_traceid`, `request_id`, `l7_traceid`, `nic_traceid`. */
  readonly joinedBy: string;
  readonly value: string;
  readonly source: string;
  readonly count: number;
}
