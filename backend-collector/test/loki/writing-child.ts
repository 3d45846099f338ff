// Writes lines to a store that never answers; says how many are spooled; the test kills it.
import { createLokiSink } from '../../src/loki/loki-sink';

async function main(): Promise<void> {
  const [url, directory] = process.argv.slice(2);
  const sink = await createLokiSink({ url, host: 'node-a', spool: { directory }, batch: { maxEntries: 10 } });
  for (let count = 1; ; count++) {
    sink.write({
      source: 'bpf_net_l7_log',
      flowShard: 0,
      tsNs: BigInt(count),
      line: JSON.stringify({ text: `line ${count}` }),
    });
    if (count % 100 === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (sink.stats.spool.lines >= 500) {
        process.send?.(sink.stats.spool.lines);
      }
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
