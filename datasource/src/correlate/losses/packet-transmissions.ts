/**
 * Which packets of all NICs are the same transmission, and what became of it, packet by packet.
 *
 * A transmission has the number of its head, the packet that was seen first on its way. A packet whose bytes were seen before at another NIC
 * is no head, even where that NIC's capture missed a part of them.
 */
import { type PacketRow } from '@bpfnet/flow-model';
import { type Fate, type LossAttribution } from './loss-attribution';
import { type SentSegments, type Transmission, type SentSegment, NOT_SEEN } from './sent-segments';
import { type CapturedFlow } from './captured-connection';

export type PacketTransmission = Pick<PacketRow, 'transmission' | 'fate' | 'fateFrom' | 'fateTo' | 'fateBytes'>;

export const NOT_FOLLOWED: PacketTransmission = { transmission: '', fate: '', fateFrom: '', fateTo: '', fateBytes: 0 };

/** By flow id. */
export type PacketTransmissions = ReadonlyMap<string, FlowTransmissions>;

export interface FlowTransmissions {
  /** Of a packet by its place among those read of the flow. Made on demand: a story is kept, and few need this. */
  readonly of: (packet: number) => PacketTransmission;
}

type Ill = Pick<PacketTransmission, 'fate' | 'fateFrom' | 'fateTo'>;

export function packetTransmissions(
  flows: readonly CapturedFlow[],
  sent: SentSegments,
  attribution: LossAttribution
): PacketTransmissions {
  const followed = flows.map(({ length }) => new FollowedFlow(length));
  for (const { segments: all } of sent.sides) {
    forEachTransmission(all, ({ packets, first }) =>
      packets.forEach((packet, nic) => nic !== first && packet !== NOT_SEEN && followed[nic].passOn(packet))
    );
  }
  let count = 0;
  for (const { segments: all, fromServer } of sent.sides) {
    for (const segment of all) {
      segment.transmissions.forEach((transmission, i) => {
        const head = transmission.packets[transmission.first];
        const flow = followed[transmission.first];
        if (flow.isHead(head)) {
          const number = flow.numberOf(head) ?? flow.setNumber(head, ++count);
          transmission.packets.forEach((packet, at) => packet !== NOT_SEEN && followed[at].carry(packet, number));
          flow.befall(head, illOf(attribution.fateOf(fromServer, segment, i)), segment.group.end - segment.group.start);
        }
      });
    }
  }
  return new Map(flows.map(({ place }, nic) => [place.flowId, followed[nic]]));
}

function forEachTransmission(all: readonly SentSegment[], visit: (transmission: Transmission) => void): void {
  all.forEach(({ transmissions }) => transmissions.forEach(visit));
}

function illOf(fate: Fate): Ill | undefined {
  switch (fate.kind) {
    case 'lost':
      return { fate: 'lost', fateFrom: fate.from, fateTo: fate.to };
    case 'lost-after':
      return { fate: 'lost-beyond', fateFrom: fate.last, fateTo: '' };
    case 'unknown':
      return { fate: 'unknown', fateFrom: fate.from, fateTo: fate.at };
    default:
      return undefined;
  }
}

/** A packet is reported by the worst fate of its segments. */
const WORST_FIRST: ReadonlyArray<PacketTransmission['fate']> = ['lost', 'lost-beyond', 'unknown'];

/** The packets of one flow. */
class FollowedFlow implements FlowTransmissions {
  private readonly passedOn: Uint8Array;
  private readonly numbers: Int32Array;
  private readonly first: Int32Array;
  /** All numbers, of packets that carry several transmissions. */
  private readonly several = new Map<number, number[]>();
  private readonly ills = new Map<number, Ill & { readonly fateBytes: number }>();

  constructor(length: number) {
    this.passedOn = new Uint8Array(length);
    this.numbers = new Int32Array(length);
    this.first = new Int32Array(length);
  }

  /** Some of its bytes were seen at another NIC before. */
  passOn(packet: number): void {
    this.passedOn[packet] = 1;
  }

  isHead(packet: number): boolean {
    return this.passedOn[packet] === 0;
  }

  /** Of a head. */
  numberOf(packet: number): number | undefined {
    return this.numbers[packet] || undefined;
  }

  setNumber(packet: number, number: number): number {
    this.numbers[packet] = number;
    return number;
  }

  carry(packet: number, number: number): void {
    const numbers = this.several.get(packet);
    if (numbers) {
      numbers.push(number);
    } else if (this.first[packet] === 0) {
      this.first[packet] = number;
    } else if (this.first[packet] !== number) {
      this.several.set(packet, [this.first[packet], number]);
    }
  }

  befall(packet: number, ill: Ill | undefined, bytes: number): void {
    if (ill === undefined) {
      return;
    }
    const before = this.ills.get(packet);
    const rank = (one: Ill) => WORST_FIRST.indexOf(one.fate);
    if (before === undefined || rank(ill) < rank(before)) {
      this.ills.set(packet, { ...ill, fateBytes: bytes });
    } else if (before.fate === ill.fate && before.fateFrom === ill.fateFrom && before.fateTo === ill.fateTo) {
      this.ills.set(packet, { ...before, fateBytes: before.fateBytes + bytes });
    }
  }

  of(packet: number): PacketTransmission {
    const first = this.first[packet] ?? 0;
    if (first === 0) {
      return NOT_FOLLOWED;
    }
    const several = this.several.get(packet);
    const { fate, fateFrom, fateTo, fateBytes } = this.ills.get(packet) ?? NOT_FOLLOWED;
    return { transmission: several ? runsText(several) : String(first), fate, fateFrom, fateTo, fateBytes };
  }
}

/** `3,17-26` */
function runsText(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const runs: Array<[number, number]> = [];
  for (const number of sorted) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] + 1 === number) {
      last[1] = number;
    } else {
      runs.push([number, number]);
    }
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
