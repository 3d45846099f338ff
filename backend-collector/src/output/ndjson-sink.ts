/**
 * Records on standard output, one JSON object per line: `source` and `ts` (nanoseconds, as text), then the record's own fields. A line of
 * packets has a column of the name `ts`; its time is in `time_pos`.
 *
 * A reader that goes away (`| head`) is no error: `onClosed` is called once and the rest is thrown away. A reader that is slow holds a
 * file replay back through `ready`; a live capture cannot wait, so beyond `MAX_BUFFERED` bytes lines are dropped and counted.
 */
import { type Writable } from 'node:stream';
import { CollectorError } from '../errors';
import { EpochTime } from '../record/epoch-time';
import { writeNanoseconds } from '../record/line-text';
import { type LineBytes, type LogLine, type LogSink, type SinkReport } from '../record/log-line';

/** Larger than any line. */
const BLOCK_BYTES = 512 * 1024;
const MAX_PREFIX = 128;
const MAX_SPARE = 4;
const L4_PREFIX = Buffer.from('{"source":"bpf_net_l4_log","ts":"');
const L7_PREFIX = Buffer.from('{"source":"bpf_net_l7_log","ts":"');
/** The line has a column of the name `ts`. */
const PACKETS_PREFIX = Buffer.from('{"source":"bpf_net_l4_packets",');
const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const MAX_BUFFERED = 64 * 1024 * 1024;

/** What `ready` rejects with when nobody reads any more: a reason to stop, not to complain. */
export class OutputClosed extends Error {}

export function createNdjsonSink(out: Writable, onClosed: () => void): LogSink {
  return new NdjsonSink(out, onClosed);
}

class NdjsonSink implements LogSink {
  private block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private used = 0;
  /** Blocks that are written and may be filled again. */
  private readonly spare: Array<Buffer<ArrayBuffer>> = [];
  private written = 0;
  private tooSlow = 0;
  private closed = false;
  private failure: CollectorError | undefined;

  constructor(
    private readonly out: Writable,
    onClosed: () => void
  ) {
    out.on('error', (error: NodeJS.ErrnoException) => {
      if (this.closed) {
        return;
      }
      this.closed = true;
      if (error.code === 'ENOSPC') {
        this.failure = new CollectorError('disk-full', 'Standard output cannot be written: the disk is full.');
      }
      onClosed();
    });
  }

  write(line: LogLine): void {
    const seconds = line.tsNs / 1_000_000_000n;
    const time = new EpochTime();
    time.set(Number(seconds), Number(line.tsNs - seconds * 1_000_000_000n));
    const bytes = Buffer.from(line.line);
    this.writeBytes({ source: line.source, flowShard: line.flowShard, time, bytes, length: bytes.length });
  }

  writeBytes({ source, time, bytes, length }: LineBytes): void {
    if (this.closed) {
      return;
    }
    if (this.out.writableLength > MAX_BUFFERED) {
      this.tooSlow++;
      return;
    }
    if (this.used + length + MAX_PREFIX > BLOCK_BYTES) {
      this.flush();
    }
    this.written++;
    const { block } = this;
    const prefix =
      source === 'bpf_net_l4_packets' ? PACKETS_PREFIX : source === 'bpf_net_l4_log' ? L4_PREFIX : L7_PREFIX;
    block.set(prefix, this.used);
    let at = this.used + prefix.length;
    if (prefix !== PACKETS_PREFIX) {
      at = writeNanoseconds(block, at, time.seconds, time.nanoseconds);
      block[at++] = QUOTE;
      block[at++] = COMMA;
    }
    block.set(bytes.subarray(1, length), at);
    at += length - 1;
    block[at++] = LINE_FEED;
    this.used = at;
  }

  async ready(): Promise<void> {
    this.flush();
    if (!this.closed && this.out.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.out.off('drain', done);
          this.out.off('error', done);
          this.out.off('close', done);
          resolve();
        };
        this.out.on('drain', done);
        this.out.on('error', done);
        this.out.on('close', done);
      });
    }
    this.throwIfClosed();
  }

  async close(): Promise<SinkReport> {
    this.flush();
    if (!this.closed) {
      await new Promise<void>((resolve) => this.out.write('', () => resolve()));
    }
    if (this.failure !== undefined) {
      throw this.failure;
    }
    return {
      linesWritten: this.written,
      linesDropped: this.tooSlow > 0 ? { 'standard output too slow': this.tooSlow } : {},
    };
  }

  private throwIfClosed(): void {
    if (this.failure !== undefined) {
      throw this.failure;
    }
    if (this.closed) {
      throw new OutputClosed();
    }
  }

  private flush(): void {
    const { block } = this;
    if (this.used > 0 && !this.closed) {
      this.out.write(block.subarray(0, this.used), () => {
        if (this.spare.length < MAX_SPARE) {
          this.spare.push(block);
        }
      });
      this.block = this.spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    }
    this.used = 0;
  }
}
