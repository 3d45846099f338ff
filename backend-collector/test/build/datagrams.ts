/** Datagrams between two hosts as a script. */
import { ethernet, ipv4, udp } from './packet';
import { type CapturedPacket } from './pcap';

interface DatagramScriptOptions {
  readonly client?: string;
  readonly clientPort?: number;
  readonly server?: string;
  readonly serverPort?: number;
}

const START_NS = 1_700_000_000_000_000_000n;

export class DatagramScript {
  readonly packets: CapturedPacket[] = [];
  private nowNs = START_NS;
  private ipId = 1;

  constructor(private readonly o: DatagramScriptOptions = {}) {}

  wait(ms: number): this {
    this.nowNs += BigInt(Math.round(ms * 1e6));
    return this;
  }

  asks(payload: Uint8Array): this {
    const { client = '10.0.0.1', clientPort = 40000, server = '10.0.0.53', serverPort = 53 } = this.o;
    return this.push(
      ipv4(udp(payload, clientPort, serverPort), { src: client, dst: server, protocol: 17, id: this.ipId++ })
    );
  }

  answers(payload: Uint8Array): this {
    const { client = '10.0.0.1', clientPort = 40000, server = '10.0.0.53', serverPort = 53 } = this.o;
    return this.push(
      ipv4(udp(payload, serverPort, clientPort), { src: server, dst: client, protocol: 17, id: this.ipId++ })
    );
  }

  /** The last packet once more after 20 µs, to the bit. */
  capturedAgain(): this {
    const last = this.packets[this.packets.length - 1];
    this.packets.push({ bytes: last.bytes, tsNs: last.tsNs + 20_000n });
    return this;
  }

  /** Of the last packet, only that many bytes were captured. */
  cutTo(length: number): this {
    const last = this.packets[this.packets.length - 1];
    this.packets[this.packets.length - 1] = {
      bytes: last.bytes.slice(0, length),
      tsNs: last.tsNs,
      wireLength: last.bytes.length,
    };
    return this;
  }

  private push(ip: Uint8Array): this {
    this.packets.push({ bytes: ethernet(ip), tsNs: this.nowNs });
    this.nowNs += 1_000_000n;
    return this;
  }
}

/** The packets of several scripts in order of time. */
export function together(...scripts: ReadonlyArray<{ readonly packets: readonly CapturedPacket[] }>): CapturedPacket[] {
  return scripts.flatMap((script) => script.packets).sort((a, b) => Number(a.tsNs - b.tsNs));
}
