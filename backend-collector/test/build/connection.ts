/**
 * A TCP connection as a script: "client sends…, server acknowledges…". Sequence numbers, acknowledgements and IP identifications follow by
 * themselves; what is lost, repeated or late is said.
 */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { ascii, ethernet, ipv4, tcp } from './packet';
import { type CapturedPacket } from './pcap';

export type Who = 'client' | 'server';

interface Side {
  readonly ip: string;
  readonly port: number;
  seq: number;
  ipId: number;
}

export interface ScriptOptions {
  readonly clientPort?: number;
  readonly serverPort?: number;
  readonly clientIsn?: number;
  readonly serverIsn?: number;
  /** Milliseconds between two packets unless `wait` says otherwise. */
  readonly stepMs?: number;
}

const START_NS = 1_700_000_000_000_000_000n;

export class Script {
  readonly packets: CapturedPacket[] = [];
  private readonly sides: Readonly<Record<Who, Side>>;
  private nowNs = START_NS;
  private readonly stepNs: bigint;

  constructor(options: ScriptOptions = {}) {
    this.sides = {
      client: { ip: '10.0.0.1', port: options.clientPort ?? 40000, seq: options.clientIsn ?? 1000, ipId: 1 },
      server: { ip: '10.0.0.2', port: options.serverPort ?? 80, seq: options.serverIsn ?? 5000, ipId: 1 },
    };
    this.stepNs = BigInt(Math.round((options.stepMs ?? 1) * 1e6));
  }

  wait(ms: number): this {
    this.nowNs += BigInt(Math.round(ms * 1e6));
    return this;
  }

  handshake(): this {
    return this.segment('client', TcpFlag.Syn)
      .segment('server', TcpFlag.Syn | TcpFlag.Ack)
      .ack('client');
  }

  /** Sends text as one segment. `lost` is sent, but not captured. */
  sends(who: Who, text: string, how: { readonly lost?: boolean } = {}): this {
    return this.segment(who, TcpFlag.Psh | TcpFlag.Ack, text, how.lost === true);
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

  reset(who: Who): this {
    return this.segment(who, TcpFlag.Rst | TcpFlag.Ack);
  }

  syn(who: Who): this {
    return this.segment(who, TcpFlag.Syn);
  }

  /** Sends the packet captured `back` packets ago once more, as a sender does: with another IP identification. */
  repeats(back: number): this {
    const bytes = this.packets[this.packets.length - back].bytes.slice();
    bytes[14 + 4] ^= 0x40;
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

  private segment(who: Who, flags: number, text = '', lost = false): this {
    const from = this.sides[who];
    const to = this.sides[who === 'client' ? 'server' : 'client'];
    const payload = ascii(text);
    const bytes = ethernet(
      ipv4(
        tcp(payload, {
          srcPort: from.port,
          dstPort: to.port,
          seq: from.seq,
          ack: (flags & TcpFlag.Ack) !== 0 ? to.seq : 0,
          flags,
          window: 64000,
        }),
        { src: from.ip, dst: to.ip, protocol: 6, id: from.ipId++ }
      )
    );
    from.seq += payload.length + ((flags & (TcpFlag.Syn | TcpFlag.Fin)) !== 0 ? 1 : 0);
    if (lost) {
      this.nowNs += this.stepNs;
    } else {
      this.push(bytes);
    }
    return this;
  }

  private push(bytes: Uint8Array): void {
    this.packets.push({ bytes, tsNs: this.nowNs });
    this.nowNs += this.stepNs;
  }
}
