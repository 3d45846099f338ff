// The other end of the queue in block-queue.test.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { BlockQueue, type SharedBlocks } from '../../src/capture/live/block-queue';

const { blocks, count } = workerData as { readonly blocks: SharedBlocks; readonly count: number };
const queue = new BlockQueue(blocks);
for (let id = 1; id <= count; id++) {
  const length = 1 + ((id * 7919) % 1000);
  let offset = -1;
  while (offset < 0) {
    offset = queue.acquire(length, 100);
  }
  queue.bytes.fill(id & 0xff, offset, offset + length);
  if (queue.publish(id, offset, length)) {
    parentPort?.postMessage('wake');
  }
}
