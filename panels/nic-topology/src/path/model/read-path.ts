/** The path of one request over NICs, as the hop frames tell it. */
import { type DataFrame } from '@grafana/data';
import { FrameKind, type HopEdgeRow, type HopNodeRow } from '@bpfnet/flow-model/frames';
import { type Outcome, type Tunnel } from '@bpfnet/flow-model/words';
import { failed, type Result } from '../../../../shared/data-problem';
import { findFrame, isRecord, noticeOf, numberOf, readFrame, textOf } from '../../../../shared/frame-fields';
import { safeHref } from '../../../../shared/safe-link';
import { type SlowestHop, slowestHop } from './slowest-hop';

export interface Address {
  readonly ip: string;
  readonly port: number;
}

type NodeFields =
  | 'id'
  | 'title'
  | 'observed'
  | 'host'
  | 'nicName'
  | 'virtual'
  | 'podName'
  | 'k8sNamespace'
  | 'containerName'
  | 'l4Proto'
  | 'l7Proto'
  | 'tunnel'
  | 'vniId'
  | 'latencyMs'
  | 'outcome'
  | 'retransmissions'
  | 'requestTsNs'
  | 'requestId';

/** A NIC of the path, or an end that nobody saw; what the fields mean stands in the contract. */
export interface PathNode extends Pick<HopNodeRow, NodeFields> {
  readonly direction: string;
  readonly client: Address;
  readonly server: Address;
}

/** Between `nodes[i]` and `nodes[i + 1]`. */
export type PathEdge = Pick<HopEdgeRow, 'sameClock' | 'toServerMs' | 'toClientMs' | 'roundTripMs' | 'nat' | 'lost'> &
  Readonly<
    Record<
      | 'toServerEstimateMs'
      | 'toClientEstimateMs'
      | 'estimateIfSymmetricMs'
      | 'estimateAtMostMs'
      | 'sentSegments'
      | 'lostSegments'
      | 'requestSegmentsLost'
      | 'requestRetransmittedAfterMs'
      | 'responseSegmentsLost'
      | 'responseRetransmittedAfterMs',
      number | null
    >
  >;

export interface NicPath {
  /** In path order from client to server; never empty. */
  readonly nodes: readonly PathNode[];
  /** One less than nodes. */
  readonly edges: readonly PathEdge[];
  readonly slowest: SlowestHop;
  readonly summary: string;
  readonly outcome: string;
  readonly latencyMs: number;
  readonly notes: readonly string[];
  /** The application's trace; '' where it is not known. */
  readonly traceId: string;
  /** The datasource's own link to it, not yet checked. */
  readonly traceHref: string | undefined;
}

export const HOP_NODE_FIELDS = ['id', 'order', 'observed', 'nicName'] as const;
const EDGE_FIELDS = ['source', 'target'] as const;

export function readNicPath(series: readonly DataFrame[]): Result<NicPath> {
  const nodeFrame = findFrame(series, FrameKind.HopNodes, HOP_NODE_FIELDS);
  if (!nodeFrame.ok) {
    return nodeFrame;
  }
  const nodes = readNodes(nodeFrame.value);
  if (!nodes.ok) {
    return nodes;
  }
  if (nodes.value.length === 0) {
    return failed({ kind: 'no-rows', what: 'NIC that saw this request', because: noticeOf(nodeFrame.value) });
  }
  const edges = readEdges(series, nodes.value);
  if (!edges.ok) {
    return edges;
  }
  const custom: unknown = nodeFrame.value.meta?.custom;
  const meta = isRecord(custom) ? custom : {};
  return {
    ok: true,
    value: {
      nodes: nodes.value,
      edges: edges.value,
      slowest: slowestHop(edges.value, numberOf(meta, 'latencyMs')),
      summary: textOf(meta, 'summary'),
      outcome: textOf(meta, 'outcome'),
      latencyMs: numberOf(meta, 'latencyMs'),
      notes: Array.isArray(meta.notes) ? meta.notes.filter((note) => typeof note === 'string') : [],
      ...traceOf(nodeFrame.value),
    },
  };
}

function readNodes(frame: DataFrame): Result<PathNode[]> {
  return readFrame(frame, (fields) => {
    const order = fields.numbers('order');
    const text = (name: string, missing?: string) => fields.texts(name, missing);
    const id = text('id');
    const nicName = text('nicName');
    const title = text('title', '');
    const observed = fields.booleans('observed');
    const virtual = fields.nullableBooleans('virtual');
    const optional = {
      host: text('host', ''),
      podName: text('podName', ''),
      k8sNamespace: text('k8sNamespace', ''),
      containerName: text('containerName', ''),
      direction: text('direction', 'unknown'),
      l4Proto: text('l4Proto', ''),
      l7Proto: text('l7Proto', ''),
      tunnel: text('tunnel', ''),
      outcome: text('outcome', ''),
      requestTsNs: text('requestTsNs', ''),
      requestId: text('requestId', ''),
      clientAddress: text('clientAddress', ''),
      serverAddress: text('serverAddress', ''),
    };
    const clientPort = fields.numbers('clientPort', 0);
    const serverPort = fields.numbers('serverPort', 0);
    const vniId = fields.nullableNumbers('vniId');
    const latencyMs = fields.nullableNumbers('latencyMs');
    const retransmissions = fields.numbers('retransmissions', 0);
    return Array.from({ length: fields.length }, (_v, i) => i)
      .sort((a, b) => order(a) - order(b))
      .map((i): PathNode => ({
        id: id(i),
        title: title(i),
        observed: observed(i),
        host: optional.host(i),
        nicName: nicName(i),
        virtual: virtual(i),
        podName: optional.podName(i),
        k8sNamespace: optional.k8sNamespace(i),
        containerName: optional.containerName(i),
        direction: optional.direction(i),
        client: { ip: optional.clientAddress(i), port: clientPort(i) },
        server: { ip: optional.serverAddress(i), port: serverPort(i) },
        l4Proto: optional.l4Proto(i),
        l7Proto: optional.l7Proto(i),
        tunnel: oneOf(TUNNELS, optional.tunnel(i)),
        vniId: vniId(i),
        latencyMs: latencyMs(i),
        outcome: oneOf(OUTCOMES, optional.outcome(i)),
        retransmissions: retransmissions(i),
        requestTsNs: optional.requestTsNs(i),
        requestId: optional.requestId(i),
      }));
  });
}

const TUNNELS: readonly Tunnel[] = ['vxlan', 'geneve', 'gre', 'ipip'];
const OUTCOMES: readonly Outcome[] = [
  'ok',
  'client_error',
  'server_error',
  'unanswered',
  'reset',
  'parse_error',
  'gap',
];

function oneOf<T extends string>(known: readonly T[], text: string): T | '' {
  return known.find((each) => each === text) ?? '';
}

const NOTHING_KNOWN: PathEdge = {
  sameClock: false,
  toServerMs: null,
  toClientMs: null,
  roundTripMs: null,
  nat: '',
  lost: '',
  toServerEstimateMs: null,
  toClientEstimateMs: null,
  estimateIfSymmetricMs: null,
  estimateAtMostMs: null,
  sentSegments: null,
  lostSegments: null,
  requestSegmentsLost: null,
  requestRetransmittedAfterMs: null,
  responseSegmentsLost: null,
  responseRetransmittedAfterMs: null,
};

/** A field may have a link; where it leads is the datasource's word. */
function traceOf(frame: DataFrame): Pick<NicPath, 'traceId' | 'traceHref'> {
  const field = frame.fields.find(({ name }) => name === 'traceId');
  const values: readonly unknown[] = field?.values ?? [];
  const row = values.findIndex((value) => typeof value === 'string' && value !== '');
  if (field === undefined || row < 0) {
    return { traceId: '', traceHref: undefined };
  }
  return { traceId: String(values[row]), traceHref: safeHref(field.getLinks?.({ valueRowIndex: row })[0]?.href ?? '') };
}

/** One edge a pair of neighbours; where the frame has none, one of which nothing is known. */
function readEdges(series: readonly DataFrame[], nodes: readonly PathNode[]): Result<PathEdge[]> {
  if (nodes.length === 1) {
    return { ok: true, value: [] };
  }
  const frame = findFrame(series, FrameKind.HopEdges, EDGE_FIELDS);
  if (!frame.ok) {
    return frame;
  }
  return readFrame(frame.value, (fields) => {
    const source = fields.texts('source');
    const target = fields.texts('target');
    const sameClock = fields.booleans('sameClock', false);
    const toServerMs = fields.nullableNumbers('toServerMs');
    const toClientMs = fields.nullableNumbers('toClientMs');
    const roundTripMs = fields.nullableNumbers('roundTripMs');
    const nat = fields.texts('nat', '');
    const lost = fields.texts('lost', '');
    const toServerEstimateMs = fields.nullableNumbers('toServerEstimateMs');
    const toClientEstimateMs = fields.nullableNumbers('toClientEstimateMs');
    const estimateIfSymmetricMs = fields.nullableNumbers('estimateIfSymmetricMs');
    const estimateAtMostMs = fields.nullableNumbers('estimateAtMostMs');
    const sentSegments = fields.nullableNumbers('sentSegments');
    const lostSegments = fields.nullableNumbers('lostSegments');
    const requestSegmentsLost = fields.nullableNumbers('requestSegmentsLost');
    const requestRetransmittedAfterMs = fields.nullableNumbers('requestRetransmittedAfterMs');
    const responseSegmentsLost = fields.nullableNumbers('responseSegmentsLost');
    const responseRetransmittedAfterMs = fields.nullableNumbers('responseRetransmittedAfterMs');
    const byEnds = new Map<string, PathEdge>();
    for (let i = 0; i < fields.length; i++) {
      byEnds.set(JSON.stringify([source(i), target(i)]), {
        sameClock: sameClock(i),
        toServerMs: toServerMs(i),
        toClientMs: toClientMs(i),
        roundTripMs: roundTripMs(i),
        nat: nat(i),
        lost: oneOf(['request', 'response'] as const, lost(i)),
        toServerEstimateMs: toServerEstimateMs(i),
        toClientEstimateMs: toClientEstimateMs(i),
        estimateIfSymmetricMs: estimateIfSymmetricMs(i),
        estimateAtMostMs: estimateAtMostMs(i),
        sentSegments: sentSegments(i),
        lostSegments: lostSegments(i),
        requestSegmentsLost: requestSegmentsLost(i),
        requestRetransmittedAfterMs: requestRetransmittedAfterMs(i),
        responseSegmentsLost: responseSegmentsLost(i),
        responseRetransmittedAfterMs: responseRetransmittedAfterMs(i),
      });
    }
    return nodes.slice(1).map((node, i) => byEnds.get(JSON.stringify([nodes[i].id, node.id])) ?? NOTHING_KNOWN);
  });
}
