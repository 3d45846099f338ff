// Offers batches for ever and says how many were taken; the test kills it.
import { Spool } from '../../src/spool/spool';

async function main(): Promise<void> {
  const spool = await Spool.open({ directory: process.argv[2], maxBytes: 1 << 26, memoryBytes: 1 << 20 });
  for (let count = 1; ; count++) {
    await spool.offer({ body: Buffer.from(`${count} ${'x'.repeat(200_000)}`), lines: 1 });
    process.send?.(count);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
