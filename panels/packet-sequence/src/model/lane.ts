import { type Endpoint, type FlowClock } from '@bpfnet/flow-model/frames';
import { isRecord, numberOf, textOf } from '../../../shared/frame-fields';

/** One connection at one NIC. */
export interface Lane {
  readonly id: string;
  readonly host: string;
  readonly nicName: string;
  readonly podName: string;
  readonly tcp: boolean;
  /** Client and server; Local and Remote where the client is not known. */
  readonly near: Endpoint;
  readonly far: Endpoint;
  readonly clientKnown: boolean;
  /** Which of the two the NIC belongs to. */
  readonly ownSide: 'near' | 'far';
  /** Packets that the capture itself lost while the connection was open. */
  readonly captureDrops: number;
  /** Packets that the frame holds, and that the records say there are. */
  readonly fetched: number;
  readonly recorded: number;
  /** What puts its times on the first lane's clock; undefined where that is not known. */
  readonly clock: FlowClock | undefined;
  /** When the capture lost packets, ns since the epoch; empty where the records do not say when. */
  readonly captureGaps: readonly CaptureGap[];
}

interface CaptureGap {
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly packets: number;
}

/**
 * The lanes in the order of `PacketsMeta.flows`; lanes that no packet names are left out, and a lane that no meta
 * describes stands at the end under its id.
 */
export function lanesOfFrames(
  customs: readonly unknown[],
  ids: readonly string[],
  fetched: readonly number[]
): readonly Lane[] {
  const described = customs.flatMap((custom) =>
    isRecord(custom) && Array.isArray(custom.flows) ? custom.flows.filter(isRecord) : []
  );
  const known = described.filter(
    (meta, i) =>
      ids.includes(textOf(meta, 'flowId')) &&
      described.findIndex((d) => textOf(d, 'flowId') === textOf(meta, 'flowId')) === i
  );
  const unknown = ids
    .filter((id) => !known.some((meta) => textOf(meta, 'flowId') === id))
    .map((flowId) => ({ flowId }));
  return [...known, ...unknown].map((meta) => {
    const id = textOf(meta, 'flowId');
    const count = fetched[ids.indexOf(id)];
    return {
      id,
      host: textOf(meta, 'host'),
      nicName: textOf(meta, 'nicName') || id,
      podName: textOf(meta, 'podName'),
      tcp: textOf(meta, 'l4Proto') !== 'udp',
      near: endpoint(meta, 'near'),
      far: endpoint(meta, 'far'),
      clientKnown: 'clientKnown' in meta ? meta.clientKnown === true : true,
      ownSide: textOf(meta, 'direction') === 'incoming' ? 'far' : 'near',
      captureDrops: numberOf(meta, 'captureDrops'),
      fetched: count,
      recorded: Math.max(numberOf(meta, 'packets'), count),
      clock: clockOf(meta),
      captureGaps: captureGaps(meta),
    };
  });
}

function clockOf({ clock }: Readonly<Record<string, unknown>>): FlowClock | undefined {
  return isRecord(clock)
    ? {
        shiftNs: numberOf(clock, 'shiftNs'),
        ifSymmetricNs: numberOf(clock, 'ifSymmetricNs'),
        atMostNs: numberOf(clock, 'atMostNs'),
      }
    : undefined;
}

function captureGaps(meta: Readonly<Record<string, unknown>>): readonly CaptureGap[] {
  const gaps = Array.isArray(meta.captureGaps) ? meta.captureGaps.filter(isRecord) : [];
  return gaps
    .filter((gap) => [textOf(gap, 'fromNs'), textOf(gap, 'toNs')].every((text) => /^\d{1,19}$/.test(text)))
    .map((gap) => ({
      fromNs: BigInt(textOf(gap, 'fromNs')),
      toNs: BigInt(textOf(gap, 'toNs')),
      packets: numberOf(gap, 'packets'),
    }));
}

function endpoint(meta: Readonly<Record<string, unknown>>, side: 'near' | 'far'): Endpoint {
  const value = meta[side];
  if (!isRecord(value)) {
    return { ip: '', port: 0 };
  }
  return {
    ip: textOf(value, 'ip'),
    port: numberOf(value, 'port'),
    podName: textOf(value, 'podName') || undefined,
    k8sNamespace: textOf(value, 'k8sNamespace') || undefined,
  };
}

/** `node-a eth0`; a pod's NIC by its pod, because many pods of a host have an eth0. */
export function laneName(lane: Lane): string {
  const owner = lane.podName === '' ? lane.host : lane.podName;
  return owner === '' ? lane.nicName : `${owner} ${lane.nicName}`;
}
