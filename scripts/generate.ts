/**
 * Writes what is made from code: `npm run generate`. With `--check` it writes nothing and fails where a file is not what
 * the code makes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configPage } from './config-docs';
import { framesPage } from './frame-docs';
import { recordJsonSchema, recordSchemaPage } from './record-docs';

const ROOT = path.join(__dirname, '..');

/** Every generated file with its content. */
function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/generated/config.md', configPage()],
    ['docs/generated/frames.md', framesPage()],
    ['docs/generated/record-schema.md', recordSchemaPage()],
    ['docs/generated/record-schema.json', `${JSON.stringify(recordJsonSchema(), null, 2)}\n`],
  ]);
}

/** Names of files that are not what the code makes. */
export function staleFiles(): string[] {
  return [...generatedFiles()].filter(([file, content]) => read(file) !== content).map(([file]) => file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(path.join(ROOT, file), 'utf8');
  } catch {
    return undefined;
  }
}

if (require.main === module) {
  if (process.argv.includes('--check')) {
    const stale = staleFiles();
    if (stale.length > 0) {
      console.error(`Out of date: ${stale.join(', ')}. Run npm run generate and commit what it writes.`);
      process.exitCode = 1;
    }
  } else {
    for (const [file, content] of generatedFiles()) {
      mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
      writeFileSync(path.join(ROOT, file), content);
    }
  }
}
