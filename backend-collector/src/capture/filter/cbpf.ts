/**
 * Classic BPF: an assembler, joining of programs, and an interpreter.
 *
 * Semantics as in the kernel's Documentation/networking/filter.rst: accumulator A, index X, sixteen scratch words, loads
 * in network byte order, a load outside of the packet ends the program with 0, jumps go forward only, the returned number
 * is how many bytes of the packet to keep (0: drop it). Negative offsets reach what the kernel knows of the packet:
 * `Ancillary` words, and bytes counted from the network header (`networkHeader`).
 *
 * Limits: the kernel takes 4 096 instructions; a conditional jump reaches 255 instructions.
 */

export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export type Program = readonly Instruction[];

export const maxInstructions = 4096;

/** What the kernel knows of a packet besides its bytes (`SKF_AD_*`, linux/filter.h). */
export const Ancillary = {
  protocol: 0,
  packetType: 4,
  interfaceIndex: 8,
  hardwareType: 28,
  vlanTag: 44,
  vlanTagPresent: 48,
} as const;

const ancillaryBase = 0xffff_f000; // SKF_AD_OFF, -0x1000
const networkBase = 0xfff0_0000; // SKF_NET_OFF, -0x100000

/** An offset counted from the network header, wherever the link layer puts it. */
export const networkHeader = (offset: number): number => networkBase + offset;

const enum Op {
  LoadWord = 0x20,
  LoadHalf = 0x28,
  LoadByte = 0x30,
  JumpAlways = 0x05,
  JumpEqual = 0x15,
  ReturnConstant = 0x06,
}

type Line =
  | { readonly kind: 'load'; readonly code: number; readonly k: number }
  | { readonly kind: 'jump-if-equal'; readonly k: number; readonly then?: string; readonly otherwise?: string }
  | { readonly kind: 'jump'; readonly to: string }
  | { readonly kind: 'return'; readonly k: number }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'program'; readonly program: Program };

export const loadWord = (offset: number): Line => ({ kind: 'load', code: Op.LoadWord, k: offset });
export const loadHalf = (offset: number): Line => ({ kind: 'load', code: Op.LoadHalf, k: offset });
export const loadByte = (offset: number): Line => ({ kind: 'load', code: Op.LoadByte, k: offset });
export const loadAncillary = (which: number): Line => ({
  kind: 'load',
  code: Op.LoadWord,
  k: (ancillaryBase + which) >>> 0,
});
/** Compares A with `k`. A label that is left out means the next line. */
export const ifEqual = (k: number, to: { readonly then?: string; readonly otherwise?: string }): Line => ({
  kind: 'jump-if-equal',
  k: k >>> 0,
  ...to,
});
export const jump = (to: string): Line => ({ kind: 'jump', to });
export const keep = (bytes: number): Line => ({ kind: 'return', k: bytes });
export const label = (name: string): Line => ({ kind: 'label', name });
/** A whole program in place; its returns end the joined program too. */
export const inline = (program: Program): Line => ({ kind: 'program', program });

/** Resolves labels. Throws a RangeError for an unknown label, a jump that goes back or too far, or too long a program. */
export function assemble(lines: readonly Line[]): Program {
  const labels = new Map<string, number>();
  let length = 0;
  for (const line of lines) {
    if (line.kind === 'label') {
      labels.set(line.name, length);
    } else {
      length += line.kind === 'program' ? line.program.length : 1;
    }
  }
  if (length > maxInstructions) {
    throw new RangeError(`a filter of ${length} instructions; the kernel takes ${maxInstructions}`);
  }
  const out: Instruction[] = [];
  const distance = (to: string | undefined, limit: number): number => {
    if (to === undefined) {
      return 0;
    }
    const target = labels.get(to);
    const jumped = target === undefined ? -1 : target - out.length - 1;
    if (jumped < 0 || jumped > limit) {
      throw new RangeError(`jump to "${to}" at ${out.length} is out of reach`);
    }
    return jumped;
  };
  for (const line of lines) {
    switch (line.kind) {
      case 'load':
        out.push({ code: line.code, jt: 0, jf: 0, k: line.k });
        break;
      case 'jump-if-equal':
        out.push({ code: Op.JumpEqual, jt: distance(line.then, 255), jf: distance(line.otherwise, 255), k: line.k });
        break;
      case 'jump':
        out.push({ code: Op.JumpAlways, jt: 0, jf: 0, k: distance(line.to, maxInstructions) });
        break;
      case 'return':
        out.push({ code: Op.ReturnConstant, jt: 0, jf: 0, k: line.k });
        break;
      case 'program':
        out.push(...line.program);
        break;
      case 'label':
        break;
    }
  }
  return out;
}

/** `struct sock_filter[]`, eight bytes an instruction, little endian. */
export function encodeProgram(program: Program): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach((instruction, index) => {
    bytes.writeUInt16LE(instruction.code, index * 8);
    bytes.writeUInt8(instruction.jt, index * 8 + 2);
    bytes.writeUInt8(instruction.jf, index * 8 + 3);
    bytes.writeUInt32LE(instruction.k, index * 8 + 4);
  });
  return bytes;
}

export function decodeProgram(bytes: Buffer): Program {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => ({
    code: bytes.readUInt16LE(index * 8),
    jt: bytes.readUInt8(index * 8 + 2),
    jf: bytes.readUInt8(index * 8 + 3),
    k: bytes.readUInt32LE(index * 8 + 4),
  }));
}

/** A packet as the kernel hands it to a socket filter. */
export interface FilteredPacket {
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
    if (at >= ancillaryBase) {
      return (packet.ancillary?.[at - ancillaryBase] ?? 0) >>> 0;
    }
    const start = at >= networkBase ? at - networkBase + (packet.networkOffset ?? 14) : at;
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
