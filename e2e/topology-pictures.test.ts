/**
 * Pictures of the graph of many requests, light and dark, at 10, 100 and 1 500 NICs, against those that were looked at
 * (`e2e/pictures`). UPDATE_GOLDEN=1 takes them anew. Fonts differ between machines, so a small share of pixels may.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser } from 'playwright-core';
import { bundlePage } from '../panels/shared/bench/bundle-page';
import { launchBrowser } from './support/browser';

const PICTURES = path.join(__dirname, 'pictures');
const PAGE = path.join(__dirname, '../panels/nic-topology/bench/page.tsx');
/** Share of pixels that may differ, and from which difference of a colour on one counts. */
const MAY_DIFFER = 0.06;
const COUNTS_FROM = 48;

/** Run in a page: the share of pixels that differ. */
const DIFFERENCE = `async ([a, b]) => {
  const read = async (data) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + data;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [one, other] = [await read(a), await read(b)];
  if (one.width !== other.width || one.height !== other.height) return 1;
  let differ = 0;
  for (let i = 0; i < one.data.length; i += 4) {
    if ([0, 1, 2].some((c) => Math.abs(one.data[i + c] - other.data[i + c]) >= ${COUNTS_FROM})) differ++;
  }
  return differ / (one.width * one.height);
}`;

jest.setTimeout(120_000);

describe('pictures of the graph', () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    script = await bundlePage(PAGE);
    browser = await launchBrowser();
  }, 120_000);
  afterAll(() => browser?.close());

  it.each([10, 100, 1500].flatMap((nodes) => (['light', 'dark'] as const).map((mode) => [nodes, mode] as const)))(
    '%d NICs, %s',
    async (nodes, mode) => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.setContent('<!doctype html><body style="margin:8px"><div id="root"></div></body>');
      await page.addScriptTag({ content: script });
      await page.evaluate(`bench.prepare(${nodes}, '${mode}')`);
      await page.evaluate(`bench.firstPaint('${mode}')`);
      await page.waitForTimeout(400);
      const taken = await page.screenshot();
      const file = path.join(PICTURES, `topology-${nodes}-${mode}.png`);
      if (process.env.UPDATE_GOLDEN === '1') {
        mkdirSync(PICTURES, { recursive: true });
        writeFileSync(file, taken);
      }
      expect(existsSync(file)).toBe(true);
      const pair = JSON.stringify([taken.toString('base64'), readFileSync(file).toString('base64')]);
      const differ = await page.evaluate<number>(`(${DIFFERENCE})(${pair})`);
      await page.close();
      expect(differ).toBeLessThan(MAY_DIFFER);
    }
  );
});
