/** Each retransmission, what it repeats, and where that went. See docs/where-it-was-lost.md. */
import { Analysis, TcpFlag } from '@bpfnet/flow-model';
import { type Fate, type LossAttribution } from './loss-attribution';
import { type SentSegments, type Transmission, type SentSegment, type SentBySide, NOT_SEEN } from './sent-segments';
import { type Side } from './losses';
import { type PacketRef } from '../../path/packet-ref';
import { refOf, type CapturedFlow, type CapturedConnection } from './captured-connection';

export interface Retransmission {
  readonly sender: Side;
  /** Absolute sequence number of the first retransmitted byte. */
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
  /** What made the sender retransmit: duplicate ACKs, or a timer. */
  readonly trigger: 'duplicate-acks' | 'timeout';
  /** Of what it repeats; `arrived` makes the retransmission spurious. */
  readonly fateOfBefore: Fate;
}

/** In order of time at each sender's nearest NIC, the client's first. */
export function retransmissions(
  connection: CapturedConnection,
  sent: SentSegments,
  attribution: LossAttribution
): readonly Retransmission[] {
  return sent.sides.flatMap((side) => {
    const found: FoundByPacket = new Map();
    const unseen: FoundByPacket = new Map();
    for (const segment of side.segments) {
      if (segment.group.end > segment.group.start) {
        collect(segment, { connection, side, attribution, found, unseen });
      }
    }
    // New bytes that travel with repeated ones are no sign of a loss before.
    return [...new Map([...unseen, ...found]).values()]
      .sort((a, b) => a.atNs - b.atNs)
      .map((one) => describe(one, connection, side.fromServer));
  });
}

interface Found {
  readonly nic: number;
  readonly packet: number;
  readonly atNs: number;
  start: number;
  end: number;
  before: number;
  fate: Fate;
}

/** By NIC and packet: one retransmission may repeat several segments. */
type FoundByPacket = Map<string, Found>;

interface Collecting {
  readonly connection: CapturedConnection;
  readonly side: SentBySide;
  readonly attribution: LossAttribution;
  readonly found: FoundByPacket;
  /** Those whose originals no NIC of ours saw. */
  readonly unseen: FoundByPacket;
}

const RETRANSMITTED = Analysis.Retransmission | Analysis.FastRetransmission;

function collect(segment: SentSegment, { connection, side, attribution, found, unseen }: Collecting): void {
  const { group, transmissions } = segment;
  transmissions.forEach((transmission, i) => {
    const nic = transmission.first;
    const packet = transmission.packets[nic];
    const { ana, tNs } = connection.flows[nic];
    const atFirst = nic === side.route[0];
    const marked = (ana[packet] & RETRANSMITTED) !== 0;
    const one = { nic, packet, atNs: tNs[packet], start: group.start, end: group.end };
    // The network may double what was sent once: that begins further on, and no NIC marks it there.
    if (i > 0 && (atFirst || marked)) {
      enter(found, {
        ...one,
        before: transmissions[i - 1].packets[nic],
        fate: attribution.fateOf(side.fromServer, segment, i - 1),
      });
    } else if (i === 0 && atFirst && marked && (ana[packet] & Analysis.SpuriousRetransmission) === 0) {
      enter(unseen, { ...one, before: NOT_SEEN, fate: attribution.fateOfUnseen(side.fromServer, transmission) });
    }
  });
}

/** A retransmission that repeats segments of different fates is reported by the worst. */
const WORST_FIRST: ReadonlyArray<Fate['kind']> = ['lost', 'lost-after', 'lost-before', 'unknown', 'arrived'];

function enter(found: FoundByPacket, { nic, packet, atNs, start, end, before, fate }: Found): void {
  const key = `${nic}/${packet}`;
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, { nic, packet, atNs, start, end, before, fate });
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

function describe(found: Found, connection: CapturedConnection, fromServer: 0 | 1): Retransmission {
  const { nic, packet, before } = found;
  const flow = connection.flows[nic];
  const flags = flow.flags[packet];
  const waitedMs = before === NOT_SEEN ? null : (flow.tNs[packet] - flow.tNs[before]) / 1e6;
  const fast = (flow.ana[packet] & Analysis.FastRetransmission) !== 0;
  const soon = waitedMs !== null && waitedMs < LEAST_TIMEOUT_MS;
  return {
    sender: fromServer === 1 ? 'server' : 'client',
    seq: (flow.seq[packet] + (found.start - flow.start[packet])) >>> 0,
    length: found.end - found.start,
    what: (flags & TcpFlag.Syn) !== 0 ? 'syn' : (flags & TcpFlag.Fin) !== 0 && flow.len[packet] === 0 ? 'fin' : 'data',
    again: refOf(connection, nic, packet),
    before: before === NOT_SEEN ? null : refOf(connection, nic, before),
    waitedMs,
    trigger: fast || (soon && duplicateAckBetween(flow, before, packet)) ? 'duplicate-acks' : 'timeout',
    fateOfBefore: found.fate,
  };
}

function duplicateAckBetween(flow: CapturedFlow, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) {
    if (flow.fromServer[i] !== flow.fromServer[to] && (flow.ana[i] & Analysis.DuplicateAck) !== 0) {
      return true;
    }
  }
  return false;
}

/** The transmission of a segment that got farthest, the earliest of those. */
export function arrivedTransmission(
  { transmissions }: SentSegment,
  { route }: Pick<SentBySide, 'route'>
): Transmission | undefined {
  let best: Transmission | undefined;
  for (const transmission of transmissions) {
    if (best === undefined || route.indexOf(transmission.last) > route.indexOf(best.last)) {
      best = transmission;
    }
  }
  return best;
}
