/** `npm run build`: builds what is out of date. `npm run build -- collector plugin …` builds what is named in any case. */
import { BUILD_PARTS, buildStale } from './build-parts';

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !BUILD_PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new Error(`Unknown part "${unknown[0]}". Known: ${BUILD_PARTS.map((part) => part.name).join(', ')}`);
  }
  const say = (line: string) => console.error(line);
  if (asked.length === 0) {
    await buildStale(BUILD_PARTS, say);
    return;
  }
  for (const part of BUILD_PARTS.filter(({ name }) => asked.includes(name))) {
    say(`building ${part.name} …`);
    await part.run();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
