/** What the datasource says of each packet's way: which transmissions it carries, and what became of them. */
import { type PACKET_COLUMNS, type PacketRow } from '@bpfnet/flow-model/frames';
import { type FrameReader } from '../../../shared/frame-fields';
import { type Lane } from './lane';

/** Numbers of transmissions, from and to. */
export type Run = readonly [from: number, to: number];

interface Fate {
  readonly kind: Exclude<PacketRow['fate'], ''>;
  /** Indices of lanes in the direction of travel; -1 where it is none of these. */
  readonly from: number;
  readonly to: number;
  /** Sequence space that did not arrive. */
  readonly bytes: number;
}

export interface PacketWays {
  /** The first transmission that a packet carries, 1 or more; 0 where it was not followed. */
  readonly first: Int32Array;
  /** All, of packets that carry several. */
  readonly several: ReadonlyMap<number, readonly Run[]>;
  /** Of the packets that were seen first on their way and did not arrive. */
  readonly fates: ReadonlyMap<number, Fate>;
  /** The largest number; 0 where the frame says nothing of transmissions. */
  readonly count: number;
}

/** While frames are read: fates name lanes by id. */
export class WaysOfFrames {
  private readonly first: Int32Array;
  private readonly several = new Map<number, readonly Run[]>();
  private readonly fates = new Map<
    number,
    Omit<Fate, 'from' | 'to'> & { readonly from: string; readonly to: string }
  >();
  private count = 0;

  constructor(length: number) {
    this.first = new Int32Array(length);
  }

  /** Every frame has numbers of its own. */
  read(fields: FrameReader<typeof PACKET_COLUMNS>, offset: number): void {
    if (!fields.has('transmission')) {
      return;
    }
    const before = this.count;
    const transmission = fields.column('transmission');
    const fate = fields.column('fate');
    const [from, to] = [fields.column('fateFrom'), fields.column('fateTo')];
    const bytes = fields.column('fateBytes');
    for (let i = 0; i < fields.length; i++) {
      const text = transmission(i);
      const number = plainNumber(text);
      if (number > 0) {
        this.enter(offset + i, [number + before, number + before]);
      } else if (text !== '') {
        this.enterSeveral(offset + i, runsOf(text, before));
      }
      const kind = fate(i);
      if (kind !== '') {
        this.fates.set(offset + i, { kind, from: from(i), to: to(i), bytes: bytes(i) });
      }
    }
  }

  private enter(packet: number, [from, to]: Run): void {
    this.first[packet] = from;
    this.count = Math.max(this.count, to);
  }

  private enterSeveral(packet: number, runs: readonly Run[]): void {
    runs.slice(0, 1).forEach((run) => this.enter(packet, run));
    this.count = runs.reduce((most, [, to]) => Math.max(most, to), this.count);
    this.several.set(packet, runs);
  }

  ways(lanes: readonly Lane[]): PacketWays {
    const place = (id: string): number => lanes.findIndex((lane) => lane.id === id);
    return {
      first: this.first,
      several: this.several,
      fates: new Map(
        [...this.fates].map(([packet, fate]) => [packet, { ...fate, from: place(fate.from), to: place(fate.to) }])
      ),
      count: this.count,
    };
  }
}

/** More transmissions than a frame can hold are no numbers of transmissions. */
const MOST = 10_000_000;
const ZERO = 48;

/** 0 for what is not one number. */
function plainNumber(text: string): number {
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9 || i > 6) {
      return 0;
    }
    number = number * 10 + digit;
  }
  return number;
}

/** `3,17-26`; what cannot be read is left out. */
function runsOf(text: string, before: number): readonly Run[] {
  return text.split(',').flatMap((part): Run[] => {
    const [, from, to] = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(part) ?? [];
    const run: Run = [Number(from), Number(to ?? from)];
    return from !== undefined && run[0] > 0 && run[0] <= run[1] && run[1] <= MOST
      ? [[run[0] + before, run[1] + before]]
      : [];
  });
}
