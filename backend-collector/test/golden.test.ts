/**
 * Connections written as scripts, and all that is recorded of them, as text in testdata/connections/. After a wanted change
 * `UPDATE_GOLDEN=1 npx jest --selectProjects node -- golden` writes the texts anew; the difference is what to review.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { goldenText } from './build/golden-text';
import { replayPackets } from './build/replay';
import { scriptedConnections } from './build/scripted-connections';

const folder = resolve(__dirname, '../../testdata/connections');
const update = process.env.UPDATE_GOLDEN === '1';
describe('the records of', () => {
  if (update) {
    mkdirSync(folder, { recursive: true });
  }

  it.each(Object.keys(scriptedConnections))('%s', async (name) => {
    const text = goldenText(await replayPackets(scriptedConnections[name]()));
    const path = join(folder, `${name}.txt`);
    if (update) {
      writeFileSync(path, text);
    }
    expect(text).toBe(readFileSync(path, 'utf8'));
    expect(text).not.toContain('secret');
  });

  it('no other texts are there', () => {
    const texts = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    expect(texts.sort()).toEqual(
      Object.keys(scriptedConnections)
        .map((name) => `${name}.txt`)
        .sort()
    );
  });
});
