/** Runs of bulk data: segments of one side and the bare ACKs between them, without analysis flags. */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { isFromFar, type Ladder } from './ladder';
import { notableFlags } from './packet-text';
import { NO_TAG } from './packets';

interface Burst {
  /** First and last row of it. */
  readonly from: number;
  readonly to: number;
}

/** Shorter runs are not collapsed. */
const MIN_ROWS = 12;
const NOT_BULK = TcpFlag.Syn | TcpFlag.Fin | TcpFlag.Rst;

/** A pause of `pauseNs` ends a burst; 0: no pause does. */
export function findBursts(ladder: Ladder, pauseNs: number): readonly Burst[] {
  const { packets, rows } = ladder;
  const bursts: Burst[] = [];
  let from = 0;
  let sender = NaN;
  const close = (end: number): void => {
    if (!Number.isNaN(sender) && end - from >= MIN_ROWS) {
      bursts.push({ from, to: end - 1 });
    }
    sender = NaN;
  };
  for (let row = 0; row < rows.length; row++) {
    const packet = rows.packet[row];
    const isPlain =
      notableFlags(rows.ana[row]) === 0 &&
      (packets.flags[packet] & NOT_BULK) === 0 &&
      packets.tag[packet] === NO_TAG &&
      !isLostOnItsWay(ladder, row);
    const paused = pauseNs > 0 && row > 0 && rows.tNs[row] - rows.tNs[row - 1] >= pauseNs;
    const side = isFromFar(ladder, row) ? 1 : 0;
    const carries = packets.len[packet] > 0;
    if (!isPlain || paused || (carries && !Number.isNaN(sender) && side !== sender)) {
      close(row);
    }
    if (isPlain && carries && Number.isNaN(sender)) {
      sender = side;
      from = row;
    }
  }
  close(rows.length);
  return bursts;
}

/** Some NIC did not see it, or only a part of it. */
function isLostOnItsWay(ladder: Ladder, row: number): boolean {
  if (ladder.mode === 'ends') {
    return false;
  }
  if (ladder.packets.ways.fates.has(ladder.rows.packet[row])) {
    return true;
  }
  const count = ladder.lanes.length;
  for (let at = row * count; at < (row + 1) * count; at++) {
    if (ladder.observations.parts[at] === 0) {
      return true;
    }
  }
  return false;
}

interface BurstFacts {
  readonly segments: number;
  readonly bytes: number;
  readonly acks: number;
  readonly lastsNs: number;
}

export function burstFacts({ packets, rows }: Ladder, { from, to }: Burst): BurstFacts {
  let segments = 0;
  let bytes = 0;
  for (let row = from; row <= to; row++) {
    const len = packets.len[rows.packet[row]];
    segments += len > 0 ? 1 : 0;
    bytes += len;
  }
  return { segments, bytes, acks: to - from + 1 - segments, lastsNs: rows.tNs[to] - rows.tNs[from] };
}
