/**
 * The wire between the two hosts: a process that holds a TAP device, `eth0`, in each host's namespace and carries frames from
 * one to the other, with the delay and losses that it is set to. It logs every frame that it dropped: the ground truth for
 * tests of loss and retransmission.
 *
 * It runs one blocking loop and no event loop, so that a frame leaves within some tens of microseconds of its time. Commands
 * are JSON lines on standard input (fault.ts), each answered by a line on standard output; the end of the input ends it.
 */
import { appendFileSync, writeFileSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { NIC } from '../topology';
import { DelayLine } from './delay-line';
import { type Dropped, type DropReason, type WireStatus } from './dropped';
import { delayOf, type Fault, parseFaultChange, SOUND_WIRE, type WireDirection } from './fault';
import { openTap, readNow, realtimeNs, Waiter, waitPrecisely, writeFrame } from './linux-calls';
import { LossRule } from './loss-rule';
import { readSegment } from './wire-frame';

export interface WireOptions {
  /** Processes in the namespaces of the two hosts. */
  readonly pidA: number;
  readonly pidB: number;
  readonly seed: number;
  /** JSON lines of `Dropped` go here; the file is emptied at the start. */
  readonly dropsFile: string;
}

interface Lane {
  readonly direction: WireDirection;
  readonly from: number;
  readonly to: number;
  readonly line: DelayLine;
}

const STDIN = 0;
const STDOUT = 1;
/** Larger than any frame of the underlay (MTU 1500 and the Ethernet header). */
const FRAME_BYTES = 2048;
/** A nice value. */
const WIRE_PRIORITY = -15;

export function runWire(options: WireOptions): void {
  const a = openTap(options.pidA, NIC.underlay);
  const b = openTap(options.pidB, NIC.underlay);
  waitPrecisely();
  raisePriority();
  writeFileSync(options.dropsFile, '');
  const lanes: readonly Lane[] = [
    { direction: 'a-to-b', from: a, to: b, line: new DelayLine() },
    { direction: 'b-to-a', from: b, to: a, line: new DelayLine() },
  ];
  const rule = new LossRule(options.seed);
  const waiter = new Waiter([a, b, STDIN]);
  const incoming = Buffer.alloc(FRAME_BYTES);
  const carried = { 'a-to-b': 0, 'b-to-a': 0 };
  const dropped = { 'a-to-b': 0, 'b-to-a': 0 };
  let fault: Fault = SOUND_WIRE;
  let commands = '';

  const drop = (frame: Buffer, direction: WireDirection, reason: DropReason): void => {
    dropped[direction]++;
    const segment = readSegment(frame);
    const entry: Dropped = {
      tsNs: realtimeNs().toString(),
      direction,
      reason,
      frameBytes: frame.length,
      ...(segment !== null && {
        l4Proto: segment.l4Proto,
        srcIp: segment.srcIp,
        srcPort: segment.srcPort,
        dstIp: segment.dstIp,
        dstPort: segment.dstPort,
        ipId: segment.ipId,
        seq: segment.seq,
        flags: segment.flags,
        payloadBytes: segment.payloadBytes,
      }),
    };
    appendFileSync(options.dropsFile, JSON.stringify(entry) + '\n');
  };

  const takeIn = (lane: Lane): void => {
    for (let length = readNow(lane.from, incoming); length !== null; length = readNow(lane.from, incoming)) {
      const frame = Buffer.from(incoming.subarray(0, length));
      const segment = readSegment(frame);
      if (segment !== null && rule.loses(segment, lane.direction, fault)) {
        drop(frame, lane.direction, 'fault');
      } else {
        lane.line.push(frame, performance.now() + delayOf(fault, lane.direction));
      }
    }
  };

  const deliver = (lane: Lane): void => {
    for (let frame = lane.line.shift(performance.now()); frame; frame = lane.line.shift(performance.now())) {
      if (writeFrame(lane.to, frame)) {
        carried[lane.direction]++;
      } else {
        drop(frame, lane.direction, 'refused-by-nic');
      }
    }
  };

  const answer = (line: string): void => {
    const parsed = parseFaultChange(line);
    if (parsed.ok) {
      fault = { ...fault, ...parsed.change };
    }
    const status: WireStatus = parsed.ok ? { ok: true, fault, carried, dropped } : { ok: false, reason: parsed.reason };
    writeSync(STDOUT, JSON.stringify(status) + '\n');
  };

  writeSync(STDOUT, '{"kind":"ready"}\n');
  const commandBytes = Buffer.alloc(4096);
  for (;;) {
    const now = performance.now();
    const nextDue = Math.min(...lanes.map((lane) => lane.line.nextDueMs()));
    const [readyA, readyB, readyIn] = waiter.wait(nextDue - now);
    lanes.forEach((lane, i) => {
      if (i === 0 ? readyA : readyB) {
        takeIn(lane);
      }
      deliver(lane);
    });
    if (readyIn) {
      const got = readNow(STDIN, commandBytes);
      if (got === 0) {
        return;
      }
      commands += commandBytes.toString('utf8', 0, got ?? 0);
      const lines = commands.split('\n');
      commands = lines.pop() ?? '';
      lines.forEach(answer);
    }
  }
}

/** Keeps the delay accurate on a busy machine. Only root may; it works without. */
function raisePriority(): void {
  try {
    setPriority(WIRE_PRIORITY);
  } catch {
    // Frames are then a few more microseconds late.
  }
}
