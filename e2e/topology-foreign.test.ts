/**
 * A standard node-graph frame without layers in the built NIC topology panel, as a workbench page loads it: its places come from the worker that
 * lies beside the module; from a worker of the page's own where the first may not start; and plain, with a word, where none may.
 */
import { type Browser, type Page } from 'playwright-core';
import path from 'node:path';
import { startWorkbench, type Workbench } from '../workbench/src/server/start-workbench';
import { launchBrowser } from './support/browser';
import { waitFor } from './support/wait-for';

const ROOT = path.join(__dirname, '..');
const MODULE = '/public/plugins/bpfnet-networklogs-app/panels/nic-topology/module.js';
const WORKER = 'panels/nic-topology/elk-worker.min.js';
const SLOW_MS = 40_000;
jest.setTimeout(2 * SLOW_MS);

/** Run in the page until it is true. */
const IS_READY = `typeof System === 'object' && [...System.entries()].some(([name]) => name === 'package:react')`;

/** Run in the page: the panel on a graph of services, two of which call each other. */
const SHOW = `async () => {
  const [{ plugin }, React, ReactDOM, data] = await Promise.all(
    ['${MODULE}', 'react', 'react-dom', '@grafana/data'].map((name) => System.import(name))
  );
  const calls = [['web', 'cart'], ['web', 'search'], ['cart', 'orders'], ['search', 'orders'], ['orders', 'db'], ['orders', 'cart']];
  const names = [...new Set(calls.flat())].sort();
  const text = (name, values) => ({ name, type: 'string', config: {}, values });
  const series = [
    data.createDataFrame({
      name: 'nodes',
      meta: { preferredVisualisationType: 'nodeGraph' },
      fields: [text('id', names), text('title', names), text('mainstat', names.map(() => '3 req/s'))],
    }),
    data.createDataFrame({
      name: 'edges',
      fields: [
        text('id', calls.map((call) => call.join())),
        text('source', calls.map(([source]) => source)),
        text('target', calls.map(([, target]) => target)),
      ],
    }),
  ];
  const timeRange = { from: data.dateTime(0), to: data.dateTime(1000), raw: { from: 'now-1h', to: 'now' } };
  const panel = React.createElement(plugin.panel, {
    id: 1, title: '', transparent: false, renderCounter: 0, width: 900, height: 600, timeZone: 'utc', timeRange,
    options: plugin.defaults ?? {}, fieldConfig: { defaults: {}, overrides: [] }, data: { state: 'Done', series, timeRange },
    eventBus: new data.EventBusSrv(), replaceVariables: (one) => one,
    onOptionsChange: () => {}, onFieldConfigChange: () => {}, onChangeTimeRange: () => {},
  });
  const place = document.createElement('div');
  place.id = 'foreign';
  document.body.replaceChildren(place);
  const theme = data.createTheme({ colors: { mode: 'dark' } });
  ReactDOM.render(React.createElement(data.ThemeContext.Provider, { value: theme }, panel), place);
}`;

describe('a graph without layers', () => {
  let workbench: Workbench;
  let browser: Browser;

  beforeAll(async () => {
    workbench = await startWorkbench({
      port: 0,
      storeUrl: 'http://127.0.0.1:9',
      distDir: path.join(ROOT, 'dist'),
      pageDir: path.join(ROOT, 'workbench/dist/page'),
      dashboardsDir: path.join(ROOT, 'provisioning/dashboards'),
    });
    browser = await launchBrowser();
  }, SLOW_MS);

  afterAll(async () => {
    await browser?.close();
    await workbench?.close();
  });

  async function show(before: (page: Page) => Promise<unknown>): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
    page.setDefaultTimeout(SLOW_MS);
    await before(page);
    // Modules are handed to plugins when the first is loaded.
    await page.goto(`${workbench.url}/d/bpfnet-requests`);
    await waitFor('modules for plugins', async () => (await page.evaluate<boolean>(IS_READY)) || undefined, 10_000);
    await page.evaluate(`(${SHOW})()`);
    return page;
  }

  const graph = (page: Page) => page.getByRole('application', { name: 'Graph of 5 nodes and 6 edges' });
  const isSimple = (page: Page) => page.getByText(/nodes are in simple layers/);

  it('is placed by the worker that lies beside the module', async () => {
    const started: string[] = [];
    const page = await show(async (one) => one.on('worker', (worker) => started.push(worker.url())));
    await graph(page).waitFor();
    expect(started).toEqual([`${workbench.url}/public/plugins/bpfnet-networklogs-app/${WORKER}`]);
    expect(await isSimple(page).count()).toBe(0);
    await page.close();
  });

  it('says that it is being laid out, meanwhile', async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const page = await show((one) =>
      one.route(`**/${WORKER}`, async (route) => {
        await held;
        await route.continue();
      })
    );
    await page.getByText('Laying out 5 nodes…').waitFor();
    letGo();
    await graph(page).waitFor();
    await page.close();
  });

  it("is placed by a worker of the page's own where the other may not start", async () => {
    const started: string[] = [];
    const page = await show(async (one) => {
      one.on('worker', (worker) => started.push(worker.url()));
      // As a page would find it whose plugins come from another origin.
      await one.addInitScript(`
        const { Worker: Own } = window;
        window.Worker = class extends Own {
          constructor(url, options) {
            if (!String(url).startsWith('blob:')) throw new DOMException('not from another origin', 'SecurityError');
            super(url, options);
          }
        };
      `);
    });
    await graph(page).waitFor();
    expect(started).toHaveLength(1);
    expect(started[0]).toMatch(/^blob:/);
    expect(await isSimple(page).count()).toBe(0);
    await page.close();
  });

  it('is in simple layers, and says so, where no worker can be had', async () => {
    const page = await show((one) => one.route(`**/${WORKER}`, (route) => route.abort()));
    await graph(page).waitFor();
    await page.getByText('The layout worker could not start: nodes are in simple layers.').waitFor();
    await page.close();
  });
});
