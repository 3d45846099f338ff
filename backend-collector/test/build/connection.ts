/**
 * A TCP connection as a script: "client sends…, server acknowledges…". Sequence numbers, acknowledgements and IP identifications follow by
 * themselves; what is lost, repeated or late is said.
 */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { ascii, concat, ethernet, ipv4, tcp } from './packet';
import { type CapturedPacket } from './pcap';

export type Who = 'client' | 'server';

interface Side {
  readonly ip: string;
  readonly port: number;
  seq: number;
  ipId: number;
  /** The last time stamp that the other side sent. */
  echo: number;
}

/** How a segment departs from what follows by itself. */
interface Departure {
  readonly text?: string;
  /** Sent, but not captured. */
  readonly lost?: boolean;
  /** Added to the sequence number; the next segment follows as if this one had not been. */
  readonly seqOffset?: number;
  readonly window?: number;
  readonly echo?: number;
  /** IP identification; one more than the last one's unless given. */
  readonly ipId?: number;
}

export interface ScriptOptions {
  readonly clientPort?: number;
  readonly serverPort?: number;
  readonly clientIsn?: number;
  readonly serverIsn?: number;
  /** Milliseconds between two packets unless `wait` says otherwise. */
  readonly stepMs?: number;
  /** Every segment has the time stamps option (RFC 7323), in milliseconds. */
  readonly timestamps?: boolean;
}

/** Where the sender's stamp stands in a segment that has the option and no other. */
const STAMP_AT = 14 + 20 + 20 + 4;

const START_NS = 1_700_000_000_000_000_000n;

export class Script {
  readonly packets: CapturedPacket[] = [];
  private readonly sides: Readonly<Record<Who, Side>>;
  private nowNs = START_NS;
  private readonly stepNs: bigint;

  constructor(private readonly options: ScriptOptions = {}) {
    this.sides = {
      client: { ip: '10.0.0.1', port: options.clientPort ?? 40000, seq: options.clientIsn ?? 1000, ipId: 1, echo: 0 },
      server: { ip: '10.0.0.2', port: options.serverPort ?? 80, seq: options.serverIsn ?? 5000, ipId: 1, echo: 0 },
    };
    this.stepNs = BigInt(Math.round((options.stepMs ?? 1) * 1e6));
  }

  wait(ms: number): this {
    this.nowNs += BigInt(Math.round(ms * 1e6));
    return this;
  }

  handshake(): this {
    return this.syn('client').synAck('server').ack('client');
  }

  /** Sends text as one segment. `lost` is sent, but not captured. */
  sends(who: Who, text: string, how: { readonly lost?: boolean } = {}): this {
    return this.segment(who, TcpFlag.Psh | TcpFlag.Ack, { text, lost: how.lost });
  }

  ack(who: Who): this {
    return this.segment(who, TcpFlag.Ack);
  }

  /** Acknowledges `bytes` less than everything that was sent: what a receiver says that misses something. */
  ackShort(who: Who, bytes: number): this {
    const to = this.sides[who === 'client' ? 'server' : 'client'];
    to.seq -= bytes;
    this.ack(who);
    to.seq += bytes;
    return this;
  }

  close(): this {
    return this.fin('client').fin('server').ack('client');
  }

  fin(who: Who): this {
    return this.segment(who, TcpFlag.Fin | TcpFlag.Ack);
  }

  reset(who: Who, how: { readonly ipId?: number } = {}): this {
    return this.segment(who, TcpFlag.Rst | TcpFlag.Ack, how);
  }

  syn(who: Who): this {
    return this.segment(who, TcpFlag.Syn);
  }

  /** A SYN with data (RFC 7413). */
  synWith(who: Who, text: string): this {
    return this.segment(who, TcpFlag.Syn, { text });
  }

  synAck(who: Who): this {
    return this.segment(who, TcpFlag.Syn | TcpFlag.Ack);
  }

  /** The SYN once more, now with an ACK: the answer to the other side's SYN that crossed it. */
  synAckAgain(who: Who): this {
    return this.segment(who, TcpFlag.Syn | TcpFlag.Ack, { seqOffset: -1 });
  }

  /** Both sides send a FIN before they see the other's. */
  finsCross(): this {
    const { client, server } = this.sides;
    this.fin('client');
    client.seq--;
    this.fin('server');
    client.seq++;
    return this;
  }

  ackWindow(who: Who, window: number): this {
    return this.segment(who, TcpFlag.Ack, { window });
  }

  /** Acknowledges, and echoes the time stamp of the packet captured `back` packets ago. */
  ackEchoing(who: Who, back: number): this {
    const { bytes } = this.packets[this.packets.length - back];
    return this.segment(who, TcpFlag.Ack, { echo: new DataView(bytes.buffer, bytes.byteOffset).getUint32(STAMP_AT) });
  }

  /** One byte into a closed window; it is not taken. */
  probe(who: Who): this {
    return this.segment(who, TcpFlag.Ack, { text: '?', seqOffset: 0 });
  }

  /** An empty segment one byte below what comes next. */
  keepAlive(who: Who): this {
    return this.segment(who, TcpFlag.Ack, { seqOffset: -1 });
  }

  /**
   * Sends the packet captured `back` packets ago once more, as a sender does: with another IP identification, and with a new time stamp where
   * it is `stamped`.
   */
  repeats(back: number, how: { readonly stamped?: boolean } = {}): this {
    const bytes = this.packets[this.packets.length - back].bytes.slice();
    bytes[14 + 4] ^= 0x40;
    if (how.stamped === true) {
      const stamp = this.stamp();
      new DataView(bytes.buffer).setUint32(STAMP_AT, stamp);
      this.sides[bytes[14 + 15] === 1 ? 'server' : 'client'].echo = stamp;
    }
    this.push(bytes);
    return this;
  }

  /** The packet captured `back` packets ago is captured again after a few microseconds, to the bit. */
  capturedAgain(back: number): this {
    const { bytes, tsNs } = this.packets[this.packets.length - back];
    this.packets.push({ bytes, tsNs: tsNs + 20_000n });
    return this;
  }

  /** Takes the last `n` captured packets in the opposite order; the times stay in order. */
  reversed(n: number): this {
    const last = this.packets.splice(-n);
    const times = last.map((p) => p.tsNs);
    last.reverse().forEach((p, i) => this.packets.push({ ...p, tsNs: times[i] }));
    return this;
  }

  private segment(who: Who, flags: number, how: Departure = {}): this {
    const from = this.sides[who];
    const to = this.sides[who === 'client' ? 'server' : 'client'];
    const payload = ascii(how.text ?? '');
    const bytes = ethernet(
      ipv4(
        tcp(payload, {
          srcPort: from.port,
          dstPort: to.port,
          seq: from.seq + (how.seqOffset ?? 0),
          ack: (flags & TcpFlag.Ack) !== 0 ? to.seq : 0,
          flags,
          window: how.window ?? 64000,
          options: this.stamps(from, to, how.echo),
        }),
        { src: from.ip, dst: to.ip, protocol: 6, id: how.ipId ?? from.ipId++ }
      )
    );
    if (how.seqOffset === undefined) {
      from.seq += payload.length + ((flags & (TcpFlag.Syn | TcpFlag.Fin)) !== 0 ? 1 : 0);
    }
    if (how.lost === true) {
      this.nowNs += this.stepNs;
    } else {
      this.push(bytes);
    }
    return this;
  }

  private stamps(from: Side, to: Side, echo = from.echo): Uint8Array | undefined {
    if (this.options.timestamps !== true) {
      return undefined;
    }
    to.echo = this.stamp();
    const words = new DataView(new ArrayBuffer(8));
    words.setUint32(0, to.echo);
    words.setUint32(4, echo);
    return concat(Uint8Array.of(1, 1, 8, 10), new Uint8Array(words.buffer));
  }

  private stamp(): number {
    return Number((this.nowNs / 1_000_000n) % 0x1_0000_0000n);
  }

  private push(bytes: Uint8Array): void {
    this.packets.push({ bytes, tsNs: this.nowNs });
    this.nowNs += this.stepNs;
  }
}
