import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';

/**
 * Compares text with `golden/<name>.txt`, or another ending, beside the test file. With UPDATE_GOLDEN=1 in the environment the file is written
 * instead; look at what changed before committing it.
 */
export function expectGolden(name: string, text: string, ending = 'txt'): void {
  const testPath = expect.getState().testPath;
  if (testPath === undefined) {
    throw new Error('Golden texts are compared inside of a test only.');
  }
  const path = join(dirname(testPath), 'golden', `${name}.${ending}`);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${text}\n`);
  }
  if (!existsSync(path)) {
    throw new Error(`${path} is missing; run the test once with UPDATE_GOLDEN=1.`);
  }
  expect(`${text}\n`).toBe(readFileSync(path, 'utf8'));
}
