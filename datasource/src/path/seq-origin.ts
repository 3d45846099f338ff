/**
 * What relative sequence numbers count from.
 *
 * Where the handshake was seen, the initial sequence numbers, found in `nic_traceid`: relative numbers are then Wireshark's in every
 * chunk. Where it was not, the lowest number that any NIC saw of the connection, so that the same byte has the same number
 * in every flow. Where the client is not known either, the first number of the flow itself.
 */
import { type PacketPositions, type Seq, seqMin, toSeq } from '@bpfnet/flow-model';

export interface SeqOrigin {
  /** For what src sends. */
  readonly src: Seq;
  /** For what dst sends. */
  readonly dst: Seq;
}

export interface OriginFacts {
  /** Whether the client is src; undefined where the client is not known. */
  readonly clientIsSrc: boolean | undefined;
  readonly nicTraceId: string | undefined;
  /** Of the flow's chunks, in order. */
  readonly positions: readonly PacketPositions[];
}

interface BySide {
  readonly client: Seq;
  readonly server: Seq;
}

/** One origin per flow, in the order given. */
export function seqOrigins(flows: readonly OriginFacts[]): readonly SeqOrigin[] {
  const seen = flows.flatMap((flow) => flow.positions.map((positions) => bySide(positions, flow.clientIsSrc)));
  const known = seen.filter((sides): sides is BySide => sides !== undefined);
  const lowest = known.reduce<BySide | undefined>(
    (low, sides) =>
      low === undefined
        ? sides
        : { client: seqMin(low.client, sides.client), server: seqMin(low.server, sides.server) },
    undefined
  );
  return flows.map(({ clientIsSrc, nicTraceId, positions }) => {
    const own = { src: positions[0]?.txSeqPos ?? toSeq(0), dst: positions[0]?.rxSeqPos ?? toSeq(0) };
    if (clientIsSrc === undefined || lowest === undefined) {
      return own;
    }
    const [, client, server] = /^(\d{1,10})_(\d{1,10})$/.exec(nicTraceId ?? '') ?? [];
    const sides: BySide = {
      client: client === undefined ? lowest.client : toSeq(Number(client)),
      // No SYN-ACK was seen.
      server: server === undefined || server === '0' ? lowest.server : toSeq(Number(server)),
    };
    return clientIsSrc ? { src: sides.client, dst: sides.server } : { src: sides.server, dst: sides.client };
  });
}

function bySide({ txSeqPos, rxSeqPos }: PacketPositions, clientIsSrc: boolean | undefined): BySide | undefined {
  if (clientIsSrc === undefined) {
    return undefined;
  }
  return clientIsSrc ? { client: txSeqPos, server: rxSeqPos } : { client: rxSeqPos, server: txSeqPos };
}
