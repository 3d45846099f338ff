/** Frames that are on their way, in order. Times are milliseconds of a monotonic clock, handed in by the caller. */
export class DelayLine {
  private readonly frames: Array<{ readonly frame: Buffer; readonly dueMs: number }> = [];
  private lastDueMs = 0;

  /** Takes a frame in; it never overtakes an earlier one, also where the delay has just become shorter. */
  push(frame: Buffer, dueMs: number): void {
    this.lastDueMs = Math.max(this.lastDueMs, dueMs);
    this.frames.push({ frame, dueMs: this.lastDueMs });
  }

  /** The next frame that has arrived by `nowMs`, or undefined. */
  shift(nowMs: number): Buffer | undefined {
    const first = this.frames[0];
    return first !== undefined && first.dueMs <= nowMs ? this.frames.shift()?.frame : undefined;
  }

  /** When the next frame arrives; infinity where none is on its way. */
  nextDueMs(): number {
    return this.frames[0]?.dueMs ?? Infinity;
  }
}
