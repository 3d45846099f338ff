/** What the laboratory's wire dropped, and what follows from that alone: how far each message can have come. */
import { decodePacketColumns, type L7Record, SENT_BY_SRC } from '@bpfnet/flow-model';
import { type RecordedTruth } from '@bpfnet/laboratory/recording/record';
import { connectionStory } from '../../datasource/src/correlate/connection-story';
import { type Connection } from './recorded-laboratory';

export interface Wire {
  /** `a-to-b/SEQ` → how many segments with that number it dropped. */
  readonly dropped: ReadonlyMap<string, number>;
  /** The same of those with payload. */
  readonly droppedData: ReadonlyMap<string, number>;
  readonly count: number;
}

export function wireOf({ dropped }: Pick<RecordedTruth, 'dropped'>): Wire {
  const segments = dropped.filter(({ l4Proto }) => l4Proto === 'tcp');
  return {
    dropped: countBySeq(segments),
    droppedData: countBySeq(segments.filter(({ payloadBytes = 0 }) => payloadBytes > 0)),
    count: segments.length,
  };
}

function countBySeq(segments: RecordedTruth['dropped']): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { direction, seq } of segments) {
    counts.set(`${direction}/${seq}`, (counts.get(`${direction}/${seq}`) ?? 0) + 1);
  }
  return counts;
}

interface NamedLosses {
  /** Segments that the wire dropped and correlation lays to the wire. */
  readonly named: number;
  /** Dropped by the wire, and not reported. */
  readonly missing: readonly string[];
  /** Undecidable: a capture was incomplete, or the other host saw nothing of the connection. */
  readonly notKnown: number;
  /** Laid to another hop. */
  readonly elsewhere: readonly string[];
  /** Laid to the wire, which did not drop them. */
  readonly invented: readonly string[];
}

export function namedLosses(connections: readonly Connection[], wire: Wire): NamedLosses {
  const found = new Map<string, number>();
  const elsewhere: string[] = [];
  let notKnown = 0;
  for (const connection of connections) {
    const others = connections.filter((other) => other !== connection).map(({ flows: lanes }) => lanes);
    const { nics, losses } = connectionStory({ flows: connection.flows, otherConnections: others });
    if (nics.every(({ host }) => host === 'node-a')) {
      const seqs = new Set(leftHost(connection, 'node-a').map(({ seq }) => seq));
      notKnown += [...seqs].reduce((sum, seq) => sum + (wire.dropped.get(`a-to-b/${seq}`) ?? 0), 0);
    }
    const isUnderlay = (lane: string): boolean =>
      nics.some((nic) => nic.flowId === lane && nic.nicName === 'eth0' && nic.podName === '');
    for (const { from, to, sender, packets, notKnown: unsure } of losses) {
      notKnown += unsure;
      for (const { seq } of packets) {
        const key = `${sender === 'client' ? 'a-to-b' : 'b-to-a'}/${seq}`;
        found.set(key, (found.get(key) ?? 0) + 1);
        if (!isUnderlay(from) || !isUnderlay(to)) {
          elsewhere.push(key);
        }
      }
    }
  }
  return {
    named: [...wire.dropped].reduce((sum, [key, count]) => sum + Math.min(count, found.get(key) ?? 0), 0),
    missing: [...wire.dropped].filter(([key, count]) => count > (found.get(key) ?? 0)).map(([key]) => key),
    notKnown,
    elsewhere,
    invented: [...found].filter(([key, count]) => count > (wire.dropped.get(key) ?? 0)).map(([key]) => key),
  };
}

/**
 * By counting alone: what entered the wire more often than it was dropped there came to the other end. A message is judged by
 * its first segment.
 *
 * @param records of the request at every NIC that saw it
 */
export function arrivals(
  connection: Connection,
  records: readonly L7Record[],
  wire: Wire
): { readonly request: string; readonly response: string } {
  const crossing = (host: 'node-a' | 'node-b', seq: number | undefined): 'not sent' | 'dropped' | 'crossed' => {
    const entered = seq === undefined ? 0 : sentFrom(connection, host, seq);
    const dropped = wire.droppedData.get(`${host === 'node-a' ? 'a-to-b' : 'b-to-a'}/${seq}`) ?? 0;
    return entered === 0 ? 'not sent' : entered > dropped ? 'crossed' : 'dropped';
  };
  const response = crossing('node-b', records.find(({ resp_seq }) => resp_seq !== undefined)?.resp_seq);
  return {
    request: crossing('node-a', records[0].req_seq) === 'crossed' ? 'orders-5d8b eth0' : 'node-a eth0',
    response: { 'not sent': 'none', dropped: 'node-b eth0', crossed: 'cart-7f9c eth0' }[response],
  };
}

/** Packets with payload and this number that left a host by its underlay NIC. */
function sentFrom(connection: Connection, host: string, seq: number): number {
  return leftHost(connection, host).filter((packet) => packet.seq === seq && packet.len > 0).length;
}

/** What a host sent by its underlay NIC. */
function leftHost(
  { flows: lanes }: Connection,
  host: string
): ReadonlyArray<{ readonly seq: number; readonly len: number }> {
  return lanes
    .filter(({ chunks: [{ host: of, nic_name, k8s_pod_name }] }) => of === host && nic_name === 'eth0' && !k8s_pod_name)
    .flatMap(({ packets }) => packets)
    .flatMap((record) => {
      const decoded = decodePacketColumns(record);
      if (!decoded.ok) {
        throw new Error(decoded.problem);
      }
      const { dir, len, seq } = decoded.columns;
      return Array.from(seq, (one, i) => ({ seq: one, len: len[i], out: dir[i] === SENT_BY_SRC })).filter(
        ({ out }) => out
      );
    });
}
