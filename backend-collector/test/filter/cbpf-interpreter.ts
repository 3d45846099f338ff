/** Runs classic BPF programs as the kernel does (semantics in cbpf.ts): tests see by it what the kernel would keep. */
import { ANCILLARY_BASE, NETWORK_BASE, type Program } from '../../src/capture/filter/cbpf';

/** A packet as the kernel hands it to a socket filter. */
interface FilteredPacket {
  readonly bytes: Uint8Array;
  /** Length on the wire, where it differs from that of `bytes`. */
  readonly wireLength?: number;
  /** Offset of the network header in `bytes`; 14 for untagged Ethernet. */
  readonly networkOffset?: number;
  /** Words by `Ancillary` number; absent ones read 0. */
  readonly ancillary?: Readonly<Record<number, number>>;
}

/** Runs a program as the kernel would. Returns the number of bytes to keep, 0 for a packet that is dropped. */
export function run(program: Program, packet: FilteredPacket): number {
  const wireLength = packet.wireLength ?? packet.bytes.length;
  const scratch = new Uint32Array(16);
  let a = 0;
  let x = 0;
  let pc = 0;

  const load = (offset: number, size: number): number | undefined => {
    const at = offset >>> 0;
    if (at >= ANCILLARY_BASE) {
      return (packet.ancillary?.[at - ANCILLARY_BASE] ?? 0) >>> 0;
    }
    const start = at >= NETWORK_BASE ? at - NETWORK_BASE + (packet.networkOffset ?? 14) : at;
    if (start + size > packet.bytes.length) {
      return undefined;
    }
    let value = 0;
    for (let i = 0; i < size; i++) {
      value = value * 256 + packet.bytes[start + i];
    }
    return value >>> 0;
  };

  for (;;) {
    if (pc >= program.length) {
      throw new RangeError('program ran off its end');
    }
    const { code, jt, jf, k } = program[pc++];
    const size = (code & 0x18) === 0x00 ? 4 : (code & 0x18) === 0x08 ? 2 : 1;
    switch (code & 0x07) {
      case 0x00: {
        const loaded = loadInto(code, { k, x, size, wireLength, scratch, load });
        if (loaded === undefined) {
          return 0;
        }
        a = loaded;
        break;
      }
      case 0x01: {
        if ((code & 0xe0) === 0xa0) {
          const byte = load(k, 1);
          if (byte === undefined) {
            return 0;
          }
          x = (byte & 0xf) * 4;
          break;
        }
        const loaded = loadInto(code, { k, x, size, wireLength, scratch, load });
        if (loaded === undefined) {
          return 0;
        }
        x = loaded;
        break;
      }
      case 0x02:
        scratch[k & 15] = a;
        break;
      case 0x03:
        scratch[k & 15] = x;
        break;
      case 0x04: {
        const result = arithmetic(code & 0xf0, a, code & 0x08 ? x : k);
        if (result === undefined) {
          return 0;
        }
        a = result;
        break;
      }
      case 0x05:
        pc += (code & 0xf0) === 0 ? k : compare(code & 0xf0, a, code & 0x08 ? x : k) ? jt : jf;
        break;
      case 0x06:
        return code & 0x10 ? a : k;
      default:
        if (code & 0x80) {
          a = x;
        } else {
          x = a;
        }
    }
  }
}

interface LoadContext {
  readonly k: number;
  readonly x: number;
  readonly size: number;
  readonly wireLength: number;
  readonly scratch: Uint32Array;
  readonly load: (offset: number, size: number) => number | undefined;
}

function loadInto(code: number, c: LoadContext): number | undefined {
  switch (code & 0xe0) {
    case 0x00:
      return c.k;
    case 0x20:
      return c.load(c.k, c.size);
    case 0x40:
      return c.load((c.x + c.k) >>> 0, c.size);
    case 0x60:
      return c.scratch[c.k & 15];
    case 0x80:
      return c.wireLength;
    default:
      throw new RangeError(`unknown load 0x${code.toString(16)}`);
  }
}

function arithmetic(op: number, a: number, b: number): number | undefined {
  switch (op) {
    case 0x00:
      return (a + b) >>> 0;
    case 0x10:
      return (a - b) >>> 0;
    case 0x20:
      return Math.imul(a, b) >>> 0;
    case 0x30:
      return b === 0 ? undefined : Math.floor(a / b);
    case 0x40:
      return (a | b) >>> 0;
    case 0x50:
      return (a & b) >>> 0;
    case 0x60:
      return b > 31 ? 0 : (a << b) >>> 0;
    case 0x70:
      return b > 31 ? 0 : a >>> b;
    case 0x80:
      return -a >>> 0;
    case 0x90:
      return b === 0 ? undefined : a % b;
    case 0xa0:
      return (a ^ b) >>> 0;
    default:
      throw new RangeError(`unknown arithmetic 0x${op.toString(16)}`);
  }
}

function compare(op: number, a: number, b: number): boolean {
  switch (op) {
    case 0x10:
      return a === b;
    case 0x20:
      return a > b;
    case 0x30:
      return a >= b;
    case 0x40:
      return (a & b) !== 0;
    default:
      throw new RangeError(`unknown jump 0x${op.toString(16)}`);
  }
}
