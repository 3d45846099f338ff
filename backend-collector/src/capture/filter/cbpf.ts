/**
 * Classic BPF: an assembler, and joining of programs. test/filter/cbpf-interpreter.ts runs them.
 *
 * Semantics as in the kernel's Documentation/networking/filter.rst: accumulator A, index X, sixteen scratch words, loads
 * in network byte order, a load outside of the packet ends the program with 0, jumps go forward only, the returned number
 * is how many bytes of the packet to keep (0: drop it). Negative offsets reach what the kernel knows of the packet:
 * `Ancillary` words, and bytes counted from the network header (`networkHeader`).
 *
 * Limits: the kernel takes 4 096 instructions; a conditional jump reaches 255 instructions.
 */

interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export type Program = readonly Instruction[];

const MAX_INSTRUCTIONS = 4096;

/** What the kernel knows of a packet besides its bytes (`SKF_AD_*`, linux/filter.h). */
export const Ancillary = {
  protocol: 0,
  packetType: 4,
  interfaceIndex: 8,
  hardwareType: 28,
  vlanTag: 44,
  vlanTagPresent: 48,
} as const;

export const ANCILLARY_BASE = 0xffff_f000; // SKF_AD_OFF, -0x1000
export const NETWORK_BASE = 0xfff0_0000; // SKF_NET_OFF, -0x100000

/** An offset counted from the network header, wherever the link layer puts it. */
export const networkHeader = (offset: number): number => NETWORK_BASE + offset;

const enum Op {
  LoadWord = 0x20,
  LoadHalf = 0x28,
  LoadByte = 0x30,
  LoadWordAtX = 0x40,
  LoadByteAtX = 0x50,
  LoadLength = 0x80,
  SetX = 0x01,
  AToX = 0x07,
  AddX = 0x0c,
  And = 0x54,
  ShiftLeft = 0x64,
  ShiftRight = 0x74,
  JumpAlways = 0x05,
  JumpEqual = 0x15,
  JumpGreater = 0x25,
  JumpAnyBit = 0x45,
  ReturnConstant = 0x06,
}

type Line =
  | { readonly kind: 'operation'; readonly code: number; readonly k: number }
  | {
      readonly kind: 'jump-if';
      readonly code: number;
      readonly k: number;
      readonly then?: string;
      readonly otherwise?: string;
    }
  | { readonly kind: 'jump'; readonly to: string }
  | { readonly kind: 'return'; readonly k: number }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'program'; readonly program: Program; readonly passTo?: string };

const operation = (code: Op, k = 0): Line => ({ kind: 'operation', code, k: k >>> 0 });

export const loadWord = (offset: number): Line => operation(Op.LoadWord, offset);
export const loadHalf = (offset: number): Line => operation(Op.LoadHalf, offset);
export const loadByte = (offset: number): Line => operation(Op.LoadByte, offset);
export const loadAncillary = (which: number): Line => operation(Op.LoadWord, ANCILLARY_BASE + which);
/** X is added to the offset. */
export const loadWordAtX = (offset: number): Line => operation(Op.LoadWordAtX, offset);
export const loadByteAtX = (offset: number): Line => operation(Op.LoadByteAtX, offset);
/** The packet's length, link layer and all. */
export const loadLength = (): Line => operation(Op.LoadLength);
export const setX = (value: number): Line => operation(Op.SetX, value);
export const aToX = (): Line => operation(Op.AToX);
export const addX = (): Line => operation(Op.AddX);
export const and = (mask: number): Line => operation(Op.And, mask);
export const shiftLeft = (bits: number): Line => operation(Op.ShiftLeft, bits);
export const shiftRight = (bits: number): Line => operation(Op.ShiftRight, bits);

interface Targets {
  readonly then?: string;
  readonly otherwise?: string;
}

const jumpIf = (code: Op, k: number, to: Targets): Line => ({ kind: 'jump-if', code, k: k >>> 0, ...to });

/** Compares A with `k`. A label that is left out means the next line. */
export const ifEqual = (k: number, to: Targets): Line => jumpIf(Op.JumpEqual, k, to);
export const ifGreater = (k: number, to: Targets): Line => jumpIf(Op.JumpGreater, k, to);
/** True where A has one of the bits of `k`. */
export const ifAnyBit = (k: number, to: Targets): Line => jumpIf(Op.JumpAnyBit, k, to);
export const jump = (to: string): Line => ({ kind: 'jump', to });
export const keep = (bytes: number): Line => ({ kind: 'return', k: bytes });
export const label = (name: string): Line => ({ kind: 'label', name });
/** A whole program in place. What it refuses is refused; what it keeps it keeps, or goes on at `passTo` where that is named. */
export const inline = (program: Program, passTo?: string): Line => ({ kind: 'program', program, passTo });

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
  if (length > MAX_INSTRUCTIONS) {
    throw new RangeError(`a filter of ${length} instructions; the kernel takes ${MAX_INSTRUCTIONS}`);
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
      case 'operation':
        out.push({ code: line.code, jt: 0, jf: 0, k: line.k });
        break;
      case 'jump-if':
        out.push({ code: line.code, jt: distance(line.then, 255), jf: distance(line.otherwise, 255), k: line.k });
        break;
      case 'jump':
        out.push({ code: Op.JumpAlways, jt: 0, jf: 0, k: distance(line.to, MAX_INSTRUCTIONS) });
        break;
      case 'return':
        out.push({ code: Op.ReturnConstant, jt: 0, jf: 0, k: line.k });
        break;
      case 'program':
        for (const instruction of line.program) {
          const passes = line.passTo !== undefined && instruction.code === Op.ReturnConstant && instruction.k > 0;
          out.push(
            passes ? { code: Op.JumpAlways, jt: 0, jf: 0, k: distance(line.passTo, MAX_INSTRUCTIONS) } : instruction
          );
        }
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
