/** Side charts on the ladder's time axis: one point per row. */
import { scaleLinear } from 'd3';
import { bytesText, durationNsText } from '@bpfnet/flow-model/quantity-text';
import { type AckedSegments } from '../model/acked-segments';
import { isFromFar, type Ladder } from '../model/ladder';
import { NO_TAG } from '../model/packets';
import { type StripKind } from '../options';

/** NaN where a row has no value. */
export interface StripSeries {
  readonly kind: 'line' | 'dots' | 'steps' | 'ranges';
  readonly tone: 'payload' | 'plain' | 'attention' | 'muted';
  readonly values: Float64Array;
  /** Where each value's range ends, for `ranges`. */
  readonly ends?: Float64Array;
}

export interface Strip {
  readonly kind: StripKind;
  readonly title: string;
  /** Of the right edge, as text. */
  readonly maxText: string;
  readonly max: number;
  readonly series: readonly StripSeries[];
}

export const STRIP_TITLES: Readonly<Record<StripKind, string>> = {
  flight: 'in flight / window',
  seq: 'seq over time',
  rtt: 'round trip',
};

export function buildStrip(kind: StripKind, ladder: Ladder, acked: AckedSegments): Strip {
  const series = SERIES[kind](ladder, acked);
  const max = series.reduce((top, { values, ends }) => Math.max(top, maxOf(values), ends ? maxOf(ends) : 0), 0) || 1;
  return {
    kind,
    title: STRIP_TITLES[kind],
    max,
    maxText: kind === 'rtt' ? durationNsText(max) : bytesText(max),
    series,
  };
}

const SERIES: Readonly<Record<StripKind, (ladder: Ladder, acked: AckedSegments) => readonly StripSeries[]>> = {
  flight: (_ladder, { inFlight, window: advertised }) => [
    { kind: 'line', tone: 'payload', values: inFlight },
    { kind: 'steps', tone: 'attention', values: belowTwice(advertised, inFlight) },
  ],
  seq: (ladder) => [sequence(ladder), acknowledged(ladder)],
  rtt: (_ladder, { rttNs }) => [{ kind: 'dots', tone: 'plain', values: rttNs }],
};

/** A window far above the bytes in flight would flatten the curve, and limits nothing. */
function belowTwice(advertised: Float64Array, inFlight: Float64Array): Float64Array {
  const limit = Math.max(1, maxOf(inFlight)) * 2;
  return advertised.map((value) => (value <= limit ? value : NaN));
}

/** The side that sent more: its segments as tcptrace draws them, from first to last byte. */
function sequence(ladder: Ladder): StripSeries {
  const { packets, rows } = ladder;
  const bulk = bulkSide(ladder);
  const values = new Float64Array(rows.length).fill(NaN);
  const ends = new Float64Array(rows.length).fill(NaN);
  for (let row = 0; row < rows.length; row++) {
    const packet = rows.packet[row];
    if (isFromFar(ladder, row) === bulk && (packets.len[packet] > 0 || packets.tag[packet] !== NO_TAG)) {
      values[row] = packets.seqRel[packet];
      ends[row] = packets.seqRel[packet] + packets.len[packet];
    }
  }
  return { kind: 'ranges', tone: 'payload', values, ends };
}

function acknowledged(ladder: Ladder): StripSeries {
  const { packets, rows } = ladder;
  const bulk = bulkSide(ladder);
  const values = new Float64Array(rows.length).fill(NaN);
  for (let row = 0; row < rows.length; row++) {
    if (isFromFar(ladder, row) !== bulk) {
      values[row] = packets.ackRel[rows.packet[row]] || NaN;
    }
  }
  return { kind: 'steps', tone: 'plain', values };
}

function bulkSide(ladder: Ladder): boolean {
  let balance = 0;
  for (let row = 0; row < ladder.rows.length; row++) {
    const len = ladder.packets.len[ladder.rows.packet[row]];
    balance += isFromFar(ladder, row) ? len : -len;
  }
  return balance > 0;
}

function maxOf(values: Float64Array): number {
  let max = 0;
  for (const value of values) {
    max = value > max ? value : max;
  }
  return max;
}

/** Value → px from the strip's left edge. */
export const stripScale = (strip: Strip, widthPx: number) =>
  scaleLinear().domain([0, strip.max]).range([0, widthPx]).clamp(true);
