/**
 * The C library, called through koffi: the only file of the collector that knows about foreign functions.
 *
 * Invariants and limits:
 * - Linux on a 64-bit, little-endian machine (x64, arm64, riscv64, loong64, ppc64le).
 * - Structures are written byte by byte into Buffers, so that nothing depends on koffi's type registry.
 * - A call that fails throws a `SystemCallError` with the errno; nobody reads errno anywhere else.
 * - Calls block their thread. Only `poll` may do so for long, and only the ring's worker calls it.
 * - Memory from `mapRing` must not be touched after `unmap`; views of it never leave the function that maps it.
 *
 * Because file descriptors belong to the process, a socket that the worker opened in another network namespace works in
 * the main thread too; capabilities and the namespace itself belong to the thread.
 */
import { constants } from 'node:os';
import type koffiTypes from 'koffi';
import { CollectorError } from '../errors';

export class SystemCallError extends Error {
  constructor(
    readonly call: string,
    readonly errno: number
  ) {
    super(`${call}: ${errnoName(errno)}`);
    this.name = 'SystemCallError';
  }

  is(name: keyof typeof constants.errno): boolean {
    return this.errno === constants.errno[name];
  }
}

export interface MappedMemory {
  readonly bytes: ArrayBuffer;
  readonly address: bigint;
}

export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer): void;
  setOption(fd: number, level: number, name: number, value: Buffer): void;
  getOption(fd: number, level: number, name: number, into: Buffer): void;
  /** Maps `length` bytes of a packet socket's ring, shared and writable. */
  mapRing(fd: number, length: number): MappedMemory;
  unmap(memory: MappedMemory): void;
  /** Number of descriptors that are ready; 0 after `timeoutMs` or when a signal came. */
  poll(pollfds: Buffer, count: number, timeoutMs: number): number;
  send(fd: number, data: Buffer): void;
  /** Bytes received; -1 when nothing is there and the call must not block (or its timeout expired). */
  receive(fd: number, into: Buffer, flags: number): number;
  close(fd: number): void;
  /** Moves the calling thread into the network namespace of this descriptor. */
  enterNetworkNamespace(fd: number): void;
  eventfd(): number;
  capset(header: Buffer, data: Buffer): void;
  prctl(option: number, argument: number): void;
  /** Sets the calling thread's nice value. */
  setThreadNice(nice: number): void;
  /** Address of a Buffer's memory, for structures that point. Valid while the Buffer is referenced. */
  addressOf(memory: Buffer): bigint;
}

type Koffi = typeof koffiTypes;

let koffiModule: Promise<Koffi> | undefined;

/** Throws `CollectorError('not-supported')` where live capture cannot work at all. */
export function loadKoffi(): Promise<Koffi> {
  koffiModule ??= importKoffi();
  return koffiModule;
}

async function importKoffi(): Promise<Koffi> {
  if (process.platform !== 'linux') {
    throw new CollectorError(
      'not-supported',
      `Live capture works on Linux only, and this is ${process.platform}: run the collector on Linux, or replay a capture file.`
    );
  }
  try {
    const module = await import('koffi');
    return module.default ?? (module as unknown as Koffi);
  } catch (error) {
    throw new CollectorError(
      'not-supported',
      `Live capture needs the npm package koffi, which could not be loaded (${oneLine(error)}): run "npm install", or replay a capture file.`
    );
  }
}

export async function loadLibc(): Promise<Libc> {
  const koffi = await loadKoffi();
  try {
    return bindLibc(koffi);
  } catch (error) {
    throw new CollectorError(
      'not-supported',
      `Live capture needs functions that the C library lacks (${oneLine(error)}): use a Linux with glibc or musl.`
    );
  }
}

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const CLONE_NEWNET = 0x4000_0000;
const PRIO_PROCESS = 0;
const EFD_CLOEXEC_NONBLOCK = 0o2000000 | 0o4000;

type Integer = (...args: ReadonlyArray<number | bigint | Buffer | null>) => number;

function bindLibc(koffi: Koffi): Libc {
  const lib = koffi.load(null);
  const fn = (declaration: string): Integer => lib.func(declaration) as Integer;

  const socket = fn('int socket(int, int, int)');
  const bind = fn('int bind(int, void *, uint32_t)');
  const setsockopt = fn('int setsockopt(int, int, int, void *, uint32_t)');
  const getsockopt = fn('int getsockopt(int, int, int, void *, void *)');
  const mmap = lib.func('void *mmap(void *, size_t, int, int, int, int64_t)') as (
    ...args: ReadonlyArray<number | null>
  ) => bigint | null;
  const munmap = fn('int munmap(void *, size_t)');
  const poll = fn('int poll(void *, unsigned long, int)');
  const send = fn('intptr_t send(int, void *, size_t, int)');
  const recv = fn('intptr_t recv(int, void *, size_t, int)');
  const close = fn('int close(int)');
  const setns = fn('int setns(int, int)');
  const eventfd = fn('int eventfd(unsigned int, int)');
  const capset = fn('int capset(void *, void *)');
  const setpriority = fn('int setpriority(int, uint32_t, int)');
  const prctl = fn('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)');

  const checked = (call: string, result: number): number => {
    if (result < 0) {
      throw new SystemCallError(call, koffi.errno());
    }
    return result;
  };

  return {
    socket: (family, type, protocol) => checked('socket', socket(family, type, protocol)),
    bind: (fd, address) => void checked('bind', bind(fd, address, address.length)),
    setOption: (fd, level, name, value) => void checked('setsockopt', setsockopt(fd, level, name, value, value.length)),
    getOption: (fd, level, name, into) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(into.length);
      checked('getsockopt', getsockopt(fd, level, name, into, length));
    },
    mapRing: (fd, length) => {
      const address = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
      if (address === null || address === MAP_FAILED) {
        throw new SystemCallError('mmap', koffi.errno());
      }
      return { bytes: koffi.view(address, length), address };
    },
    unmap: (memory) => void checked('munmap', munmap(memory.address, memory.bytes.byteLength)),
    poll: (pollfds, count, timeoutMs) => {
      const ready = poll(pollfds, count, timeoutMs);
      if (ready < 0) {
        const errno = koffi.errno();
        if (errno === constants.errno.EINTR) {
          return 0;
        }
        throw new SystemCallError('poll', errno);
      }
      return ready;
    },
    send: (fd, data) => void checked('send', send(fd, data, data.length, 0)),
    receive: (fd, into, flags) => {
      const received = recv(fd, into, into.length, flags);
      if (received < 0) {
        const errno = koffi.errno();
        if (errno === constants.errno.EAGAIN || errno === constants.errno.EINTR) {
          return -1;
        }
        throw new SystemCallError('recv', errno);
      }
      return received;
    },
    close: (fd) => void checked('close', close(fd)),
    enterNetworkNamespace: (fd) => void checked('setns', setns(fd, CLONE_NEWNET)),
    eventfd: () => checked('eventfd', eventfd(0, EFD_CLOEXEC_NONBLOCK)),
    capset: (header, data) => void checked('capset', capset(header, data)),
    prctl: (option, argument) => void checked('prctl', prctl(option, argument, 0, 0, 0)),
    setThreadNice: (nice) => void checked('setpriority', setpriority(PRIO_PROCESS, 0, nice)),
    addressOf: (memory) => koffi.address(memory),
  };
}

function errnoName(errno: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === errno);
  return found === undefined ? `errno ${errno}` : found[0];
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}
