/** Each retransmission, what it repeats, and where that went. See docs/where-it-was-lost.md. */
import { Analysis, TcpFlag } from '@bpfnet/flow-model';
import { type Fate, type Fates } from './loss-attribution';
import { type BothWays, type Copy, type Journey, type Journeys, NOT_SEEN } from './journeys';
import { type Side } from './losses';
import { type PacketRef } from '../../path/packet-ref';
import { refOf, type CapturedFlow, type CapturedConnection } from './captured-connection';

export interface Retransmission {
  readonly sender: Side;
  /** Absolute number of the first byte sent again. */
  readonly seq: number;
  /** Sequence space: payload, and one for SYN or FIN. */
  readonly length: number;
  readonly what: 'data' | 'syn' | 'fin';
  /** The retransmission, at the NIC nearest to its sender. */
  readonly again: PacketRef;
  /** What it repeats, at the same NIC; null where that was not seen there. */
  readonly before: PacketRef | null;
  /** From the one to the other, ms. */
  readonly waitedMs: number | null;
  /** What made the sender send again: duplicate ACKs, or a timer. */
  readonly trigger: 'duplicate-acks' | 'timeout';
  /** Of what it repeats; `arrived` makes the retransmission spurious. */
  readonly fateOfBefore: Fate;
}

/** In order of time at each sender's nearest NIC, the client's first. */
export function retransmissions(
  watched: CapturedConnection,
  journeys: BothWays,
  fates: Fates
): readonly Retransmission[] {
  return journeys.ways.flatMap((way) => {
    const found: FoundByPacket = new Map();
    const unseen: FoundByPacket = new Map();
    for (const journey of way.all) {
      if (journey.group.end > journey.group.start) {
        collect(journey, { watched, way, fates, found, unseen });
      }
    }
    // New bytes that travel with repeated ones are no sign of a loss before.
    return [...new Map([...unseen, ...found]).values()]
      .sort((a, b) => a.atNs - b.atNs)
      .map((one) => describe(one, watched, way.fromServer));
  });
}

interface Found {
  readonly lane: number;
  readonly packet: number;
  readonly atNs: number;
  start: number;
  end: number;
  before: number;
  fate: Fate;
}

/** By lane and packet: one retransmission may repeat several ranges. */
type FoundByPacket = Map<string, Found>;

interface Collecting {
  readonly watched: CapturedConnection;
  readonly way: Journeys;
  readonly fates: Fates;
  readonly found: FoundByPacket;
  /** Those whose originals no NIC of ours saw. */
  readonly unseen: FoundByPacket;
}

const SENT_AGAIN = Analysis.Retransmission | Analysis.FastRetransmission;

function collect(journey: Journey, { watched, way, fates, found, unseen }: Collecting): void {
  const { group, copies } = journey;
  copies.forEach((copy, i) => {
    const lane = copy.first;
    const packet = copy.packets[lane];
    const { ana, tNs } = watched.flows[lane];
    const atFirst = lane === way.route[0];
    const marked = (ana[packet] & SENT_AGAIN) !== 0;
    const one = { lane, packet, atNs: tNs[packet], start: group.start, end: group.end };
    // The network may double what was sent once: that begins further on, and no NIC marks it there.
    if (i > 0 && (atFirst || marked)) {
      enter(found, { ...one, before: copies[i - 1].packets[lane], fate: fates.of(way.fromServer, journey, i - 1) });
    } else if (i === 0 && atFirst && marked && (ana[packet] & Analysis.SpuriousRetransmission) === 0) {
      enter(unseen, { ...one, before: NOT_SEEN, fate: fates.ofUnseen(way.fromServer, copy) });
    }
  });
}

/** Where a retransmission repeats ranges of different fates, it is told by the worst. */
const WORST_FIRST: ReadonlyArray<Fate['kind']> = ['lost', 'lost-after', 'lost-before', 'unknown', 'arrived'];

function enter(found: FoundByPacket, { lane, packet, atNs, start, end, before, fate }: Found): void {
  const key = `${lane}/${packet}`;
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, { lane, packet, atNs, start, end, before, fate });
    return;
  }
  known.start = Math.min(known.start, start);
  known.end = Math.max(known.end, end);
  if (WORST_FIRST.indexOf(fate.kind) < WORST_FIRST.indexOf(known.fate.kind)) {
    known.fate = fate;
    known.before = before;
  }
}

/** RTO_min of Linux: what waits less was not waiting for that timer. */
const LEAST_TIMEOUT_MS = 200;

function describe(found: Found, watched: CapturedConnection, fromServer: 0 | 1): Retransmission {
  const { lane, packet, before } = found;
  const watch = watched.flows[lane];
  const flags = watch.flags[packet];
  const waitedMs = before === NOT_SEEN ? null : (watch.tNs[packet] - watch.tNs[before]) / 1e6;
  const fast = (watch.ana[packet] & Analysis.FastRetransmission) !== 0;
  const soon = waitedMs !== null && waitedMs < LEAST_TIMEOUT_MS;
  return {
    sender: fromServer === 1 ? 'server' : 'client',
    seq: (watch.seq[packet] + (found.start - watch.start[packet])) >>> 0,
    length: found.end - found.start,
    what: (flags & TcpFlag.Syn) !== 0 ? 'syn' : (flags & TcpFlag.Fin) !== 0 && watch.len[packet] === 0 ? 'fin' : 'data',
    again: refOf(watched, lane, packet),
    before: before === NOT_SEEN ? null : refOf(watched, lane, before),
    waitedMs,
    trigger: fast || (soon && duplicateAckBetween(watch, before, packet)) ? 'duplicate-acks' : 'timeout',
    fateOfBefore: found.fate,
  };
}

function duplicateAckBetween(watch: CapturedFlow, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) {
    if (watch.fromServer[i] !== watch.fromServer[to] && (watch.ana[i] & Analysis.DuplicateAck) !== 0) {
      return true;
    }
  }
  return false;
}

/** The copy of a range that came furthest, the earliest of those. */
export function arrivedCopy({ copies }: Journey, { route }: Pick<Journeys, 'route'>): Copy | undefined {
  let best: Copy | undefined;
  for (const copy of copies) {
    if (best === undefined || route.indexOf(copy.last) > route.indexOf(best.last)) {
      best = copy;
    }
  }
  return best;
}
