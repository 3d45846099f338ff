/**
 * The few system calls of the wire, through koffi (libc). Everything here blocks the calling thread and is meant for a
 * process that does nothing else. Failures throw with the name of the call and the errno.
 */
import { closeSync, constants, openSync } from 'node:fs';
import koffi from 'koffi';

const CLONE_NEWNET = 0x40000000;
/** _IOW('T', 202, int), linux/if_tun.h. */
const TUNSETIFF = 0x400454ca;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
const IFNAMSIZ = 16;
const IFREQ_BYTES = 40;
const CLOCK_REALTIME = 0;
const PR_SET_TIMERSLACK = 29;
const POLLIN = 0x001;
const POLLFD_BYTES = 8;
const EAGAIN = 11;
const EINTR = 4;

const libc = koffi.load('libc.so.6');
const setns = libc.func('int setns(int fd, int type)');
const ioctl = libc.func('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)');
const readCall = libc.func('long read(int fd, _Out_ uint8_t *buffer, unsigned long length)');
const writeCall = libc.func('long write(int fd, const uint8_t *buffer, unsigned long length)');
const ppoll = libc.func('int ppoll(_Inout_ uint8_t *fds, unsigned long count, const uint8_t *timeout, void *mask)');
const prctl = libc.func('int prctl(int option, unsigned long value)');
const clockGettime = libc.func('int clock_gettime(int clock, _Out_ uint8_t *time)');

function failed(call: string): Error {
  const errno = koffi.errno();
  const name = Object.entries(koffi.os.errno).find(([, number]) => number === errno)?.[0] ?? 'unknown';
  return new Error(`${call} failed: ${name} (errno ${errno})`);
}

/**
 * Makes a TAP device in the network namespace of a process and returns its descriptor: one read or write is one Ethernet frame.
 * The device lives as long as the descriptor. It has no offloads, so the kernel sends segments of wire size with valid
 * checksums. The calling thread is back in its own namespace afterwards; if that fails the process must end.
 */
export function openTap(netnsPid: number, name: string): number {
  const own = openSync('/proc/thread-self/ns/net', 'r');
  const other = openSync(`/proc/${netnsPid}/ns/net`, 'r');
  try {
    enter(other);
    const fd = openSync('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK);
    const request = Buffer.alloc(IFREQ_BYTES);
    request.write(name, 0, IFNAMSIZ - 1, 'latin1');
    request.writeUInt16LE(IFF_TAP | IFF_NO_PI, IFNAMSIZ);
    if (ioctl(fd, TUNSETIFF, request) < 0) {
      throw failed(`ioctl(TUNSETIFF ${name})`);
    }
    return fd;
  } finally {
    enter(own);
    closeSync(own);
    closeSync(other);
  }
}

function enter(netnsFd: number): void {
  if (setns(netnsFd, CLONE_NEWNET) < 0) {
    throw failed('setns(CLONE_NEWNET)');
  }
}

/** Lets the calling thread's waits end on time; the kernel stretches them by 50 µs to save wake-ups otherwise. */
export function waitPrecisely(): void {
  if (prctl(PR_SET_TIMERSLACK, 1) < 0) {
    throw failed('prctl(PR_SET_TIMERSLACK)');
  }
}

/** Bytes read from a non-blocking descriptor, 0 at its end, or null where nothing is there. */
export function readNow(fd: number, into: Buffer): number | null {
  const got = Number(readCall(fd, into, into.length));
  if (got >= 0) {
    return got;
  }
  if (koffi.errno() === EAGAIN || koffi.errno() === EINTR) {
    return null;
  }
  throw failed('read');
}

/** Writes one frame; false where the kernel refused it. */
export function writeFrame(fd: number, frame: Buffer): boolean {
  return Number(writeCall(fd, frame, frame.length)) === frame.length;
}

/** Waits until one of the descriptors can be read or the time is over. */
export class Waiter {
  private readonly fds: Buffer;
  private readonly timeout = Buffer.alloc(16);

  constructor(private readonly descriptors: readonly number[]) {
    this.fds = Buffer.alloc(POLLFD_BYTES * descriptors.length);
    descriptors.forEach((fd, i) => {
      this.fds.writeInt32LE(fd, i * POLLFD_BYTES);
      this.fds.writeInt16LE(POLLIN, i * POLLFD_BYTES + 4);
    });
  }

  /** `ms` may be a fraction; infinity waits without end. Returns which descriptors are ready, in their order. */
  wait(ms: number): readonly boolean[] {
    let timeout: Buffer | null = null;
    if (Number.isFinite(ms)) {
      const ns = Math.max(0, Math.round(ms * 1e6));
      this.timeout.writeBigInt64LE(BigInt(Math.floor(ns / 1e9)), 0);
      this.timeout.writeBigInt64LE(BigInt(ns % 1e9), 8);
      timeout = this.timeout;
    }
    if (ppoll(this.fds, this.descriptors.length, timeout, null) < 0 && koffi.errno() !== EINTR) {
      throw failed('ppoll');
    }
    return this.descriptors.map((_, i) => this.fds.readInt16LE(i * POLLFD_BYTES + 6) !== 0);
  }
}

/** Nanoseconds since the Unix epoch, the clock that packet captures use. */
export function realtimeNs(): bigint {
  const time = Buffer.alloc(16);
  clockGettime(CLOCK_REALTIME, time);
  return time.readBigInt64LE(0) * 1_000_000_000n + time.readBigInt64LE(8);
}
