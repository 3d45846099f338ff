/** The datasource's editors in a real Chromium: nothing sticks out on a phone, and axe finds nothing, dark and light. */
import path from 'node:path';
import { type Browser } from 'playwright-core';
import { bundlePage } from '../panels/shared/bench/bundle-page';
import { seriousFaults } from './support/axe';
import { launchBrowser } from './support/browser';
import { openScriptPage } from './support/script-page';

jest.setTimeout(60_000);

const EDITORS = [
  ...(['l7List', 'l4List', 'nicGraph', 'metrics', 'events', 'story', 'packets', 'related'] as const).map(
    (queryType) => [queryType, { query: { queryType } }] as const
  ),
  [
    'values and a fault',
    {
      query: {
        queryType: 'l7List',
        filters: { host: ['node-with-a-long-name-1', 'node-2'], minLatencyMs: 'soon', resourceRegex: '/api/(' },
      },
    },
  ],
  ['an id that is none', { query: { queryType: 'story', searchTerm: 'not an id' } }],
  ['a datasource to pick', { options: {} }],
  ['faults of options', { options: { mode: 'url', shardCount: 0, pageLines: -1, timeoutSeconds: 0 } }],
] as const;

describe('the editors in a browser', () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    script = await bundlePage(path.join(__dirname, 'pages/editors-page.tsx'));
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  for (const width of [1280, 390]) {
    test.each(['dark', 'light'])(`fit and can be read by all, ${width} wide, %s`, async (theme) => {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      try {
        const faults: string[] = [];
        page.on('pageerror', (error) => faults.push(error.message));
        await openScriptPage(page, 'Editors', script);
        for (const [name, input] of EDITORS) {
          await page.evaluate(`show(${JSON.stringify({ theme, ...input })})`);
          await page.getByRole('textbox').or(page.getByRole('combobox')).first().waitFor();
          if (process.env.PICTURES) {
            const file = `editor-${name.replaceAll(' ', '-')}-${width}-${theme}.png`;
            await page.screenshot({ path: path.join(process.env.PICTURES, file), fullPage: true });
          }
          const sticksOut = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          const found = await seriousFaults(page.getByRole('main'));
          faults.push(
            ...found.map((fault) => `${name}: ${fault}`),
            ...(sticksOut > 0 ? [`${name}: ${sticksOut} px`] : [])
          );
        }
        expect(faults).toEqual([]);
      } finally {
        await page.close();
      }
    });
  }
});
