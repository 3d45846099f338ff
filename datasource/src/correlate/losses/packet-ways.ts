/**
 * Which packets of all NICs are the same transmission, and what became of it: the journeys, told packet by packet.
 *
 * A transmission has the number of its head, the packet that was seen first on its way. A packet whose bytes were seen before at another NIC
 * is no head, even where that NIC's capture missed a part of them.
 */
import { type PacketRow } from '@bpfnet/flow-model';
import { type Fate, type Fates } from './loss-attribution';
import { type BothWays, type Copy, type Journey, NOT_SEEN } from './journeys';
import { type CapturedFlow } from './captured-connection';

export type PacketWay = Pick<PacketRow, 'transmission' | 'fate' | 'fateFrom' | 'fateTo' | 'fateBytes'>;

export const NOT_FOLLOWED: PacketWay = { transmission: '', fate: '', fateFrom: '', fateTo: '', fateBytes: 0 };

/** By lane (`inner_traceid`). */
export type PacketWays = ReadonlyMap<string, LaneWays>;

export interface LaneWays {
  /** Of a packet by its place among those that were read of the lane. Made when it is asked for: a story is kept, and few ask for this. */
  readonly of: (packet: number) => PacketWay;
}

type Ill = Pick<PacketWay, 'fate' | 'fateFrom' | 'fateTo'>;

export function packetWays(watches: readonly CapturedFlow[], journeys: BothWays, fates: Fates): PacketWays {
  const followed = watches.map(({ length }) => new FollowedLane(length));
  for (const { all } of journeys.ways) {
    forEachCopy(all, ({ packets, first }) =>
      packets.forEach((packet, lane) => lane !== first && packet !== NOT_SEEN && followed[lane].passOn(packet))
    );
  }
  let count = 0;
  for (const { all, fromServer } of journeys.ways) {
    for (const journey of all) {
      journey.copies.forEach((copy, i) => {
        const head = copy.packets[copy.first];
        const lane = followed[copy.first];
        if (lane.isHead(head)) {
          const number = lane.numberOf(head) ?? lane.setNumber(head, ++count);
          copy.packets.forEach((packet, at) => packet !== NOT_SEEN && followed[at].carry(packet, number));
          lane.befall(head, illOf(fates.of(fromServer, journey, i)), journey.group.end - journey.group.start);
        }
      });
    }
  }
  return new Map(watches.map(({ place }, lane) => [place.flowId, followed[lane]]));
}

function forEachCopy(all: readonly Journey[], visit: (copy: Copy) => void): void {
  all.forEach(({ copies }) => copies.forEach(visit));
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

/** The worst of what befell the ranges of a packet is told. */
const WORST_FIRST: ReadonlyArray<PacketWay['fate']> = ['lost', 'lost-beyond', 'unknown'];

/** The packets of one lane. */
class FollowedLane implements LaneWays {
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

  of(packet: number): PacketWay {
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
