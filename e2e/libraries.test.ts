/**
 * The built plugins on the libraries of every supported Grafana, in a browser: the datasource answers, its query editor and all three panels
 * paint, dark and light, and nothing is said on the console. The libraries come from npm, once; where they cannot be installed, that Grafana is skipped.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { type Demo } from '../scripts/demo/demo';
import { launchBrowser, watchPage } from './support/browser';
import { bundleOnLibraries } from './support/library-page-bundle';
import { NOT_INSTALLABLE, libraryScript } from './support/library-set';
import { startRecordedDemo } from './support/recorded-demo';
import { readL7 } from './support/store-client';
import { NO_ICON } from './support/script-page';

const SLOW_MS = 20_000;
jest.setTimeout(4 * SLOW_MS);

/** What the page says that it showed. */
interface Shown {
  readonly title: string;
  readonly frames: readonly string[];
}

const SETS = readdirSync(path.join(__dirname, 'library-sets')).sort();
const REACT: Readonly<Record<string, string>> = { '11.6': '18.', '12.4': '18.', '13.2': '19.' };

/** A set that cannot be bundled is a fault; one that cannot be installed is none of ours. */
function prepare(version: string): 'ready' | 'cannot be installed' | string {
  const program = path.join(__dirname, 'support/library-set.ts');
  const { status, stderr } = spawnSync('npx', ['tsx', program, version], { encoding: 'utf8' });
  if (status === NOT_INSTALLABLE) {
    console.warn(`The libraries of Grafana ${version} cannot be installed from npm here, so nothing is tried on them.`);
  }
  return status === 0 ? 'ready' : status === NOT_INSTALLABLE ? 'cannot be installed' : stderr;
}

const prepared = new Map(SETS.map((version) => [version, prepare(version)]));

describe('the built plugins', () => {
  let demo: Demo;
  let browser: Browser;
  let requestId: string;
  let scripts: ReadonlyMap<string, string>;

  beforeAll(async () => {
    demo = await startRecordedDemo();
    browser = await launchBrowser();
    requestId = (await readL7(demo.storeUrl, '|= "/api/report"'))[0].request_id;
    scripts = new Map([
      ['boot.js', await bundleOnLibraries(path.join(__dirname, '../workbench/src/page/boot.ts'))],
      ['page.js', await bundleOnLibraries(path.join(__dirname, 'pages/library-page.ts'))],
    ]);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  async function open(page: Page, version: string, theme: string): Promise<void> {
    const tags = ['boot.js', 'libraries.js', 'page.js'].map((name) => `<script src="/libraries/${name}"></script>`);
    await page.route(`${demo.url}/libraries/**`, (route) => {
      const name = path.basename(new URL(route.request().url()).pathname);
      return name === 'libraries.js'
        ? route.fulfill({ contentType: 'text/javascript', path: libraryScript(version) })
        : scripts.has(name)
          ? route.fulfill({ contentType: 'text/javascript', body: scripts.get(name) })
          : route.fulfill({
              contentType: 'text/html',
              body: `<!doctype html><html lang="en"><title>${version}</title><body>${tags.join('')}`,
            });
    });
    await page.route('**/icons/**', (route) => route.fulfill(NO_ICON));
    await page.goto(`${demo.url}/libraries/?theme=${theme}`);
  }

  for (const version of SETS) {
    const state = prepared.get(version);
    const run = state === 'cannot be installed' ? test.skip : test;
    run.each(['dark', 'light'])(`load and paint on the libraries of Grafana ${version}, %s`, async (theme) => {
      expect(state).toBe('ready');
      const page = await browser.newPage({ viewport: { width: 1240, height: 1700 } });
      page.setDefaultTimeout(SLOW_MS);
      const { faults } = watchPage(page, demo.url);
      try {
        await open(page, version, theme);
        expect(await page.evaluate<string>('libraries.react.version')).toContain(REACT[version]);
        const input = {
          theme,
          dashboard: 'bpfnet-request',
          variables: { request_id: requestId, flow_shard: '', at: '' },
        };
        const shown = await page.evaluate<readonly Shown[]>(`show(${JSON.stringify(input)})`);
        expect(shown.map(({ title }) => title).sort()).toEqual(['Packets', 'Related logs', 'Request path']);
        shown.forEach(({ frames }) => expect(frames.join()).toContain('rows'));
        await page.getByRole('grid', { name: 'Packet sequence' }).waitFor();
        if (process.env.PICTURES) {
          await page.screenshot({ path: path.join(process.env.PICTURES, `libraries-${version}-${theme}.png`) });
        }
        await paints(page);
        expect(faults).toEqual([]);
      } finally {
        await page.close();
      }
    });
  }

  async function paints(page: Page): Promise<void> {
    const panel = (name: string) => page.getByRole('region', { name, exact: true });
    await panel('Packets')
      .getByRole('grid', { name: 'Packet sequence' })
      .getByText('GET /api/report')
      .first()
      .waitFor();
    const colours = await panel('Packets')
      .locator('canvas')
      .first()
      .evaluate((element) => {
        const canvas = element as unknown as { width: number; height: number; getContext(kind: '2d'): unknown };
        const ctx = canvas.getContext('2d') as { getImageData(...box: number[]): { readonly data: Uint8ClampedArray } };
        const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height);
        const pixels = new Uint32Array(data.buffer);
        return new Set(pixels).size;
      });
    expect(colours).toBeGreaterThan(10);
    const nics = panel('Request path').getByRole('list', { name: 'NICs from client to server' });
    await nics.getByText('cart-7f9c').first().waitFor();
    await panel('Related logs').getByRole('table').waitFor();
    await panel('Related logs').getByText('/api/report').first().waitFor();
    await panel('Query editor').getByRole('combobox').first().waitFor();
  }
});

test('every supported Grafana has a lockfile that names no registry', () => {
  expect(SETS).toEqual(Object.keys(REACT));
  for (const version of SETS) {
    const lock = readFileSync(path.join(__dirname, 'library-sets', version, 'package-lock.json'), 'utf8');
    expect(lock).not.toContain('"resolved"');
  }
});
