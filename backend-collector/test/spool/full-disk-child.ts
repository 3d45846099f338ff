// Runs on a disk of 256 KiB that the test mounted at the directory given: fills it, and says what the spool made of it.
import { Spool } from '../../src/spool/spool';

async function main(): Promise<void> {
  const directory = process.argv[2];
  const spool = await Spool.open({ directory, maxBytes: 1 << 20, memoryBytes: 1 << 18 });
  for (let i = 1; i <= 12; i++) {
    await spool.offer({ body: Buffer.alloc(40_000, i), lines: i });
  }
  const { diskErrors, evictedLines, damagedFiles, lastDiskError } = spool.stats;
  const order: number[] = [];
  for (let batch = await spool.oldest(); batch !== undefined; batch = await spool.oldest()) {
    order.push(batch.body[0]);
    await spool.remove(batch.id);
  }
  const errorsBefore = spool.stats.diskErrors;
  await spool.offer({ body: Buffer.alloc(40_000, 99), lines: 1 });
  const diskWorksAgain = spool.stats.diskErrors === errorsBefore;
  console.log(JSON.stringify({ diskErrors, evictedLines, damagedFiles, lastDiskError, order, diskWorksAgain }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
