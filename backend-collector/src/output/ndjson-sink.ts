/**
 * Records on standard output, one JSON object per line: `source` and `ts` (nanoseconds, as text), then the record's own fields. A line of
 * packets has a column of the name `ts`; its time is in `time_pos`.
 *
 * A reader that goes away (`| head`) is no error: `onClosed` is called once and the rest is thrown away. A reader that is slow holds a
 * file replay back through `ready`; a live capture cannot wait, so beyond `MAX_BUFFERED` bytes lines are dropped and counted.
 */
import { type Writable } from 'node:stream';
import { CollectorError } from '../errors';
import { type LogLine, type LogSink, type SinkReport } from '../record/log-line';

const FLUSH_CHARS = 64 * 1024;
const MAX_BUFFERED = 64 * 1024 * 1024;

/** What `ready` rejects with when nobody reads any more: a reason to stop, not to complain. */
export class OutputClosed extends Error {}

export function createNdjsonSink(out: Writable, onClosed: () => void): LogSink {
  return new NdjsonSink(out, onClosed);
}

class NdjsonSink implements LogSink {
  private text = '';
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
    if (this.closed) {
      return;
    }
    if (this.out.writableLength > MAX_BUFFERED) {
      this.tooSlow++;
      return;
    }
    this.written++;
    const time = line.source === 'bpf_net_l4_packets' ? '' : `"ts":"${line.tsNs}",`;
    this.text += `{"source":"${line.source}",${time}${line.line.slice(1)}\n`;
    if (this.text.length > FLUSH_CHARS) {
      this.flush();
    }
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
    if (this.text !== '' && !this.closed) {
      this.out.write(this.text);
    }
    this.text = '';
  }
}
