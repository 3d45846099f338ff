/**
 * When a NIC's capture of a connection was whole, so that what is missing there was not there. Runs of chunks that were read
 * without a hole between them count; a chunk during which the kernel dropped packets does not.
 */
import { type EndReason, type L4Record } from '@bpfnet/flow-model';
import { type DecodedChunk } from '../../path/flow-records';
import { type CapturedFlow } from './captured-connection';

export type CoverageAt =
  | 'capturing'
  /** A fact: the kernel counted drops (`capture_drops`). */
  | 'capture-dropped'
  /** A guess: packets are missing there that NICs before and beyond it saw, or that their own acknowledgment shows. */
  | 'capture-may-have-missed'
  | 'not-capturing';

interface Stretch {
  readonly fromNs: number;
  readonly toNs: number;
  readonly whole: boolean;
}

export class Coverage {
  private readonly stretches: readonly Stretch[];
  private readonly sees: readonly [boolean, boolean];
  /** Its first packet opened the connection: nothing was sent before it that the NIC could have missed. */
  readonly fromBeginning: boolean;

  /**
   * @param baseNs what the flow's times count from
   * @param capturedUntilNs until when the host's capture certainly went on, on its clock
   */
  constructor(flow: CapturedFlow, baseNs: bigint, capturedUntilNs: number) {
    const { decoded, chunks, facts } = flow.records;
    const counters = new Map(chunks.map((chunk) => [chunk.chunk_id, chunk]));
    this.fromBeginning =
      decoded[0]?.record.chunk_id === 1 && (facts?.nic_traceid !== undefined || facts?.l4_proto === 'udp');
    this.sees = [flow.fromServer.includes(0), flow.fromServer.includes(1)];
    this.stretches = decoded.map((chunk, i) =>
      stretchOf(
        { chunk, before: decoded[i - 1], after: decoded[i + 1], counters: counters.get(chunk.record.chunk_id) },
        { baseNs, capturedUntilNs }
      )
    );
  }

  /** @param tNs on the NIC's clock */
  at(tNs: number, fromServer: 0 | 1): CoverageAt {
    if (!this.sees[fromServer]) {
      return 'not-capturing';
    }
    const stretch = this.stretches.find(({ fromNs, toNs }) => fromNs <= tNs && tNs <= toNs);
    return stretch === undefined ? 'not-capturing' : stretch.whole ? 'capturing' : 'capture-dropped';
  }
}

interface InOrder {
  readonly chunk: DecodedChunk;
  readonly before: DecodedChunk | undefined;
  readonly after: DecodedChunk | undefined;
  readonly counters: L4Record | undefined;
}

interface Times {
  readonly baseNs: bigint;
  readonly capturedUntilNs: number;
}

/** A connection that is still open may have more on its way to the store; one that the capture cut off is covered as far as anything else was seen. */
function endOf(
  reason: EndReason | undefined,
  { lastNs, capturedUntilNs }: { readonly lastNs: number; readonly capturedUntilNs: number }
): number {
  return reason === undefined ? lastNs : reason === 'capture_ended' ? Math.max(lastNs, capturedUntilNs) : Infinity;
}

/** From its first packet to the next chunk's; without bounds where the connection began and ended in it. */
function stretchOf({ chunk, before, after, counters }: InOrder, { baseNs, capturedUntilNs }: Times): Stretch {
  const firstNs = ({ positions }: DecodedChunk): number => Number(positions.timePosNs - baseNs);
  const followed = after !== undefined && after.record.chunk_id === chunk.record.chunk_id + 1;
  const { columns } = chunk;
  const lastNs = firstNs(chunk) + (columns.tNs[columns.length - 1] ?? 0);
  const began = chunk.record.chunk_id === 1 && before === undefined;
  return {
    fromNs: began ? -Infinity : firstNs(chunk),
    toNs: followed ? firstNs(after) : endOf(counters?.end_reason, { lastNs, capturedUntilNs }),
    whole: (counters?.capture_drops ?? 0) === 0,
  };
}
