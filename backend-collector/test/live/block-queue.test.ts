import { Worker } from 'node:worker_threads';
import { join } from 'node:path';
import fc from 'fast-check';
import { allocateBlocks, BlockQueue } from '../../src/capture/live/block-queue';

/** A block's bytes say which block it is, so that an overwritten one is detected. */
function fill(bytes: Uint8Array, offset: number, length: number, id: number): void {
  bytes.fill(id & 0xff, offset, offset + length);
}
function holds(bytes: Uint8Array, offset: number, length: number, id: number): boolean {
  return bytes.subarray(offset, offset + length).every((byte) => byte === (id & 0xff));
}

describe('the queue of blocks', () => {
  it('gives blocks back whole and in order, however full it is', () => {
    const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant('take' as const)), { minLength: 40 });
    fc.assert(
      fc.property(steps, (sequence) => {
        const queue = new BlockQueue(allocateBlocks(4, 100));
        const model: Array<{ readonly id: number; readonly length: number }> = [];
        let nextId = 1;
        for (const step of sequence) {
          if (step === 'take') {
            const block = queue.peek();
            const expected = model.shift();
            expect(block && { length: block.length, ring: block.ring }).toEqual(
              expected && { length: expected.length, ring: expected.id % 3 }
            );
            if (block !== undefined && expected !== undefined) {
              expect(holds(queue.bytes, block.offset, block.length, expected.id)).toBe(true);
              queue.release();
            }
            continue;
          }
          const offset = queue.acquire(step, 0);
          if (offset >= 0) {
            expect(offset + step).toBeLessThanOrEqual(100);
            fill(queue.bytes, offset, step, nextId);
            queue.publish(nextId % 3, offset, step);
            model.push({ id: nextId++, length: step });
          } else {
            expect(model.length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 300 }
    );
  });

  it('refuses a block only when there is no room in one piece', () => {
    const queue = new BlockQueue(allocateBlocks(8, 100));
    expect(queue.acquire(101, 0)).toBe(-1);
    for (const length of [40, 40]) {
      queue.publish(0, queue.acquire(length, 0), length);
    }
    expect(queue.acquire(30, 0)).toBe(-1);
    queue.release();
    expect(queue.acquire(41, 0)).toBe(-1);
    expect(queue.acquire(30, 0)).toBe(0);
  });

  it('passes from thread to thread what was put in', async () => {
    const blocks = allocateBlocks(16, 4096);
    const count = 5000;
    const source = join(__dirname, 'producing-worker.ts');
    const worker = new Worker(
      `const load = require('node:module').createRequire(${JSON.stringify(source)}); load('tsx/cjs'); load(${JSON.stringify(source)});`,
      { eval: true, workerData: { blocks, count } }
    );
    const queue = new BlockQueue(blocks);
    let rouse = (): void => undefined;
    worker.on('message', () => rouse());
    let wrong = 0;
    for (let id = 1; id <= count;) {
      const block = queue.peek();
      if (block === undefined) {
        await new Promise<void>((resolve) => {
          rouse = resolve;
          if (!queue.announceWaiting()) {
            resolve();
          }
        });
        continue;
      }
      if (block.ring !== id || !holds(queue.bytes, block.offset, block.length, id)) {
        wrong++;
      }
      queue.release();
      id++;
    }
    expect(wrong).toBe(0);
    await worker.terminate();
  });
});
