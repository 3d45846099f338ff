/**
 * Records on standard output, one JSON object per line: `source` and `ts` (nanoseconds, as text), then the record's own fields. A line of
 * packets has a column of the name `ts`; its time is in `time_pos`.
 *
 * A reader that goes away (`| head`) is not an error: `onClosed` is called once and the rest is discarded. A slow reader holds a
 * file replay back through `ready`; a live capture cannot wait, so beyond `MAX_BUFFERED` bytes lines are dropped and counted.
 */
import { type Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RecordSource } from '@bpfnet/flow-model/labels';
import { CollectorError } from '../errors';
import { type EpochTime } from '../record/epoch-time';
import { AsciiPiece, writePiece } from '../record/ascii-piece';
import { writeNanoseconds } from '../record/decimal';
import { LineText, MAX_LINE } from '../record/line-text';
import { type InPlaceSink, type LinesInPlace, type SinkReport } from '../record/log-line';

/** Room for many lines. */
const BLOCK_BYTES = MAX_LINE + 96 * 1024;
const MAX_PREFIX = 128;
const MAX_POOLED = 8;
const L4_PREFIX = new AsciiPiece('{"source":"bpf_net_l4_log","ts":"');
const L7_PREFIX = new AsciiPiece('{"source":"bpf_net_l7_log","ts":"');
/** The line has a column of the name `ts`. */
const PACKETS_PREFIX = new AsciiPiece('{"source":"bpf_net_l4_packets"');
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const MAX_BUFFERED = 64 * 1024 * 1024;

/** What `ready` rejects with when nobody reads any more: a reason to stop, not an error. */
export class OutputClosed extends Error {}

export function createNdjsonSink(out: Writable, onClosed: () => void): InPlaceSink {
  return new NdjsonSink(out, onClosed);
}

class NdjsonSink implements InPlaceSink, LinesInPlace {
  readonly inPlace = this;
  private readonly text = new LineText(0);
  private block = Buffer.alloc(BLOCK_BYTES);
  private view = new DataView(this.block.buffer);
  private used = 0;
  /** Blocks that are written, to be filled again. */
  private readonly pool: Array<Buffer<ArrayBuffer>> = [];
  /** Lines of one turn of the event loop go out together, and wait for no more. */
  private flushing: NodeJS.Immediate | undefined;
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

  begin(source: RecordSource, time: EpochTime): LineText {
    if (this.used + MAX_PREFIX + MAX_LINE > BLOCK_BYTES) {
      this.flush();
    }
    const { view } = this;
    let at = this.used;
    if (source === 'bpf_net_l4_packets') {
      at = writePiece(view, at, PACKETS_PREFIX);
    } else {
      at = writePiece(view, at, source === 'bpf_net_l4_log' ? L4_PREFIX : L7_PREFIX);
      at = writeNanoseconds(view, at, time.seconds, time.nanoseconds);
      this.block[at++] = QUOTE;
    }
    return this.text.continueAt(this.block, view, at);
  }

  end(): void {
    if (this.closed) {
      return;
    }
    if (this.out.writableLength > MAX_BUFFERED) {
      this.tooSlow++;
      return;
    }
    this.written++;
    const at = this.text.end;
    this.block[at] = LINE_FEED;
    this.used = at + 1;
    this.flushing ??= setImmediate(() => this.flush());
  }

  async ready(): Promise<void> {
    this.flush();
    // Blocks come back in turns of the event loop, which a file that is read from memory would never give.
    await nextTurn();
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
    this.flushing = undefined;
    const { block } = this;
    if (this.used > 0 && !this.closed) {
      this.out.write(block.subarray(0, this.used), () => {
        if (this.pool.length < MAX_POOLED) {
          this.pool.push(block);
        }
      });
      this.block = this.pool.pop() ?? Buffer.alloc(BLOCK_BYTES);
      this.view = new DataView(this.block.buffer);
    }
    this.used = 0;
  }
}
