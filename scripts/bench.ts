/**
 * `npm run bench -- NAME [--json] [options]`: runs one bench and prints its table, or the same figures as one JSON object. Other options are the
 * bench's own. A bench is a file `<workspace>/bench/NAME.bench.ts` that exports `bench`.
 */
import { globSync } from 'glob';
import path from 'node:path';

interface Bench {
  readonly name: string;
  run(
    args: readonly string[]
  ): Promise<{ readonly rows: ReadonlyArray<Record<string, unknown>>; readonly json: unknown }>;
}

async function main(): Promise<void> {
  const root = path.join(__dirname, '..');
  const files = globSync('{*,panels/*}/bench/*.bench.ts', { cwd: root, ignore: '**/node_modules/**' });
  const byName = new Map(files.map((file) => [path.basename(file, '.bench.ts'), path.join(root, file)]));
  const [asked, ...args] = process.argv.slice(2).filter((argument) => argument !== '--json');
  const file = byName.get(asked ?? '');
  if (file === undefined) {
    throw new Error(`Name one bench: npm run bench -- ${[...byName.keys()].sort().join(' | ')} [--json]`);
  }
  const { bench } = (await import(file)) as { bench: Bench };
  const { rows, json } = await bench.run(args);
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify(json)}\n`);
  } else {
    console.table(rows);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
