/**
 * Puts the clocks of several hosts beside each other, for drawing. Transmissions that two NICs saw exactly once each
 * tell how long the way took on two clocks; the smallest there and the smallest back bound the offset between the clocks.
 * A clock is moved only where an arrow would go back in time otherwise, and then by the middle of the bounds.
 */
import { durationText, elapsedText } from '../../../shared/quantity-text';
import { type PacketKeys } from './packet-keys';
import { type PacketTable } from './packets';

export interface ClockAlignment {
  /** What to add to the times of each lane, ns. */
  readonly shiftNs: Float64Array;
  /** Half the width of the bounds where a lane's clock was moved, else 0; ns. */
  readonly uncertaintyNs: Float64Array;
  readonly notes: readonly string[];
}

export function alignClocks(packets: PacketTable, keys: PacketKeys): ClockAlignment {
  const { lanes } = packets;
  const shiftNs = new Float64Array(lanes.length);
  const uncertaintyNs = new Float64Array(lanes.length);
  const notes: string[] = [];
  const hosts = [...new Set(lanes.map((lane) => lane.host))];
  if (hosts.length < 2) {
    return { shiftNs, uncertaintyNs, notes };
  }
  const once = lanes.map((_lane, index) => seenOnce(packets, keys, index));
  const [reference] = hosts;
  for (const host of hosts.slice(1)) {
    const bounds = hostBounds(once, packets, reference, host);
    const offset = bounds && offsetOf(bounds);
    if (!bounds || offset === undefined || offset === 0) {
      continue;
    }
    const width = (bounds.thereNs + bounds.backNs) / 2;
    const uncertainty = Number.isFinite(width) ? Math.max(0, width) : 0;
    lanes.forEach((lane, index) => {
      if (lane.host === host) {
        shiftNs[index] = -offset;
        uncertaintyNs[index] = uncertainty;
      }
    });
    const direction = offset > 0 ? 'ahead of' : 'behind';
    const doubt = Number.isFinite(width) ? ` (± ${durationText(uncertainty)})` : ' or more';
    notes.push(
      `The clock of ${host} is ${elapsedText(Math.abs(offset))}${doubt} ${direction} ${reference}'s; its packets are drawn moved by that.`
    );
  }
  return { shiftNs, uncertaintyNs, notes };
}

interface Bounds {
  /** Smallest time from the reference to the host, and back, as the two clocks show it; Infinity where none was seen. */
  readonly thereNs: number;
  readonly backNs: number;
}

function offsetOf({ thereNs, backNs }: Bounds): number | undefined {
  if (thereNs >= 0 && backNs >= 0) {
    return undefined;
  }
  if (!Number.isFinite(thereNs)) {
    return -backNs;
  }
  return Number.isFinite(backNs) ? (thereNs - backNs) / 2 : thereNs;
}

function hostBounds(
  once: readonly Int32Array[],
  packets: PacketTable,
  reference: string,
  host: string
): Bounds | undefined {
  let thereNs = Infinity;
  let backNs = Infinity;
  packets.lanes.forEach((a, i) =>
    packets.lanes.forEach((b, j) => {
      if (a.host !== reference || b.host !== host) {
        return;
      }
      // Lanes are in path order from client to server, so what the client sent passes the lane with the smaller index first.
      const clientFirst = i < j;
      for (let key = 0; key < once[i].length; key++) {
        const [atReference, atHost] = [once[i][key], once[j][key]];
        if (atReference < 0 || atHost < 0) {
          continue;
        }
        const tookNs = packets.tNs[atHost] - packets.tNs[atReference];
        if ((packets.fromFar[atHost] === 0) === clientFirst) {
          thereNs = Math.min(thereNs, tookNs);
        } else {
          backNs = Math.min(backNs, -tookNs);
        }
      }
    })
  );
  return Number.isFinite(thereNs) || Number.isFinite(backNs) ? { thereNs, backNs } : undefined;
}

const NEVER = -1;
const MORE_THAN_ONCE = -2;

/** For each key the packet of a lane that has it, where just one has. */
function seenOnce(packets: PacketTable, keys: PacketKeys, lane: number): Int32Array {
  const seen = new Int32Array(keys.count).fill(NEVER);
  for (let i = 0; i < packets.length; i++) {
    if (packets.lane[i] === lane) {
      seen[keys.of[i]] = seen[keys.of[i]] === NEVER ? i : MORE_THAN_ONCE;
    }
  }
  return seen;
}
