/** When the last packet of some capture files was captured, ns since the epoch; reads them once. Undefined where there is no packet. */
import { type CollectorError } from '../../errors';
import { openFileSource } from './file-source';

export async function lastPacketTime(paths: readonly string[]): Promise<bigint | undefined> {
  const source = await openFileSource(paths);
  let sec = -1;
  let nsec = 0;
  try {
    for await (const batch of source.batches()) {
      while (batch.next()) {
        if (batch.tsSec > sec || (batch.tsSec === sec && batch.tsNsec > nsec)) {
          sec = batch.tsSec;
          nsec = batch.tsNsec;
        }
      }
    }
  } catch (error) {
    // The replay itself comes upon the same damage and reports it.
    if (!isDamage(error)) {
      throw error;
    }
  }
  return sec < 0 ? undefined : BigInt(sec) * 1_000_000_000n + BigInt(nsec);
}

function isDamage(error: unknown): error is CollectorError {
  return error instanceof Error && error.name === 'CollectorError';
}
