import { dateTimeFormat, type TimeZone } from '@grafana/data';
import { durationNsText, elapsedText } from '@bpfnet/flow-model/quantity-text';
import { type Ladder } from '../model/ladder';
import { type TimeMode } from '../options';

/** Since the ladder's first row, or the time of day as the NIC's host wrote it. */
export function rowTimeText(ladder: Ladder, row: number, mode: TimeMode, timeZone: TimeZone): string {
  return mode === 'relative'
    ? elapsedText(ladder.rows.tNs[row] - ladder.rows.tNs[0])
    : timeOfDayText(packetNs(ladder, row), timeZone, 'HH:mm:ss');
}

/** ns since the epoch on the clock of the host that captured the row's packet. */
export function packetNs({ packets, rows }: Ladder, row: number): bigint {
  return packets.baseNs + BigInt(Math.round(packets.tNs[rows.packet[row]]));
}

/** To the microsecond: `12:04:31.206543` */
export function timeOfDayText(ns: bigint, timeZone: TimeZone, format: string): string {
  const million = BigInt(1_000_000);
  const fraction = (ns / BigInt(1000)) % million;
  return `${dateTimeFormat(Number(ns / million), { timeZone, format })}.${String(fraction).padStart(6, '0')}`;
}

/** `+0.1 ms`; a dash where there is nothing to count from. */
export function deltaText(ns: number): string {
  return Number.isNaN(ns) ? '–' : `${ns < 0 ? '' : '+'}${durationNsText(ns)}`;
}
