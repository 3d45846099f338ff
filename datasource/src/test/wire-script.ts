/**
 * A TCP connection as a script: what each side sent when, and where it was lost; read back as the records of every NIC that watched.
 * Unlike traffic-script.ts it knows single segments.
 */
import { Analysis, segmentSpan, TcpFlag } from '@bpfnet/flow-model';
import { type FlowRecords } from '../path/flow-records';
import { CLIENT_ISN, type Exchange, flowRecords, type Sent, SERVER_ISN, type WatchedNic } from './wire-records';

interface Segment {
  /** When its sender sent it, true time. */
  readonly atMs: number;
  readonly len?: number;
  readonly flags?: number;
  /** Relative to the initial number; what comes next unless set. */
  readonly from?: number;
  readonly win?: number;
  readonly ana?: number;
  /** Lost on its way after this NIC, by its place on the path; -1: before the first. */
  readonly lostAfter?: number;
  /** NICs whose capture missed it, though it passed. */
  readonly missedAt?: readonly number[];
}

/** From the last NIC to the server and back nothing takes time. */
export class WireScript {
  readonly sent: Sent[] = [];
  readonly exchanges: Exchange[] = [];
  private readonly next = [CLIENT_ISN, SERVER_ISN];

  constructor(private readonly nics: readonly WatchedNic[]) {}

  /** @returns when the client is connected */
  handshake(atMs: number): number {
    const trip = this.wayMs('there') + this.wayMs('back');
    this.client({ atMs, flags: TcpFlag.Syn });
    this.server({ atMs: atMs + this.wayMs('there'), flags: TcpFlag.Syn | TcpFlag.Ack });
    this.client({ atMs: atMs + trip, flags: TcpFlag.Ack });
    return atMs + trip;
  }

  client(segment: Segment): Sent {
    return this.send(false, segment);
  }

  server(segment: Segment): Sent {
    return this.send(true, segment);
  }

  exchange(exchange: Exchange): void {
    this.exchanges.push(exchange);
  }

  wayMs(way: 'there' | 'back'): number {
    const last = this.nics[this.nics.length - 1];
    return way === 'there' ? last.thereMs : last.backMs;
  }

  flows(): readonly FlowRecords[] {
    return this.nics.flatMap((nic, i) =>
      this.sent.some(({ passedMs }) => !Number.isNaN(passedMs[i])) ? [flowRecords(nic, i, this)] : []
    );
  }

  private send(
    byServer: boolean,
    { atMs, len = 0, flags = TcpFlag.Ack, from, win = 65_535, ana = 0, lostAfter, missedAt = [] }: Segment
  ): Sent {
    const own = byServer ? 1 : 0;
    const isn = byServer ? SERVER_ISN : CLIENT_ISN;
    const seq = from === undefined ? this.next[own] : (isn + from) >>> 0;
    const again = from !== undefined && ((this.next[own] - seq) | 0) > 0 && segmentSpan(flags, len) > 0;
    if (!again) {
      this.next[own] = (seq + segmentSpan(flags, len)) >>> 0;
    }
    const route = this.nics.map((_nic, i) => i);
    const lost = (i: number): boolean =>
      lostAfter !== undefined && (byServer ? lostAfter === -1 || i < lostAfter : i > lostAfter);
    const passedMs = route.map((i) =>
      lost(i) || missedAt.includes(i)
        ? NaN
        : atMs + (byServer ? this.wayMs('back') - this.nics[i].backMs : this.nics[i].thereMs)
    );
    const ack = (flags & TcpFlag.Ack) === 0 ? 0 : this.acknowledging(byServer, atMs);
    const made: Sent = {
      byServer,
      atMs,
      len,
      flags,
      win,
      ana: ana | (again ? Analysis.Retransmission : 0),
      arrivesMs: lostAfter === undefined ? atMs + this.wayMs(byServer ? 'back' : 'there') : Infinity,
      seq,
      ack,
      passedMs,
    };
    this.sent.push(made);
    return made;
  }

  /** All bytes of the other side that had arrived without a hole. */
  private acknowledging(byServer: boolean, atMs: number): number {
    const arrived = this.sent
      .filter((one) => one.byServer !== byServer && one.arrivesMs <= atMs + 1e-6)
      .sort((a, b) => (a.seq - b.seq) | 0);
    return arrived.reduce(
      (ack, { seq, flags, len }) => {
        const after = (seq + segmentSpan(flags, len)) >>> 0;
        return ((seq - ack) | 0) <= 0 && ((after - ack) | 0) > 0 ? after : ack;
      },
      byServer ? CLIENT_ISN : SERVER_ISN
    );
  }
}

/** Pod on node-a → its uplink → node-b's uplink → pod there: 1 ms there and 1.2 back, most of it between the hosts. */
export const FOUR_NICS: readonly WatchedNic[] = [
  { host: 'node-a', nic: 'eth0', pod: 'cart', direction: 'outgoing', thereMs: 0, backMs: 0 },
  { host: 'node-a', nic: 'uplink', direction: 'outgoing', thereMs: 0.1, backMs: 0.1 },
  { host: 'node-b', nic: 'uplink', direction: 'incoming', thereMs: 0.9, backMs: 1.1, clockAheadMs: -40 },
  { host: 'node-b', nic: 'eth0', pod: 'orders', direction: 'incoming', thereMs: 1, backMs: 1.2, clockAheadMs: -40 },
];
