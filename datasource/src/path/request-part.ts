/** Where the packets were read of the chunks alone that hold a request: whether its connection has others. */
import { type L4Record, type L7Record, type PacketsPart } from '@bpfnet/flow-model';

interface Read {
  /** The request at each NIC; empty where a whole connection was asked for. */
  readonly focus: readonly L7Record[];
  /** Of the connection, as far as they were read. */
  readonly chunks: readonly L4Record[];
}

type At = Pick<PacketsPart, 'connection'>['connection'];

/** Undefined where a connection was asked for. Chunks count from 1 at each NIC, and the last one says why the connection ended. */
export function requestPart({ focus, chunks }: Read): PacketsPart | undefined {
  if (focus.length === 0) {
    return undefined;
  }
  const inner = [...new Set(focus.map(({ inner_traceid }) => inner_traceid))];
  const atNics = inner.map((id): At => {
    const ranges = focus.filter((span) => span.inner_traceid === id).map((span) => span.pkt_chunk_range);
    const isRead = (chunk: number) => ranges.some(([first, last]) => first <= chunk && chunk <= last);
    const known = chunks.filter((chunk) => chunk.inner_traceid === id);
    if (!isRead(1) || known.some(({ chunk_id }) => !isRead(chunk_id))) {
      return 'has-more';
    }
    return known.some(({ end_reason }) => end_reason !== undefined) ? 'whole' : 'unknown';
  });
  const of = (['has-more', 'unknown'] as const).find((one) => atNics.includes(one));
  return { requestId: focus[0].request_id, connection: of ?? 'whole' };
}
