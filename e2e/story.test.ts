/**
 * From what people have to the reason: a trace id, an address with its port, and a path that is slow each lead to the verdict, on
 * live traffic, in a browser, with keyboard and mouse alone.
 */
import { type Browser, type Page } from 'playwright-core';
import { type L7Record } from '@bpfnet/flow-model';
import { type Demo, startDemo } from '../scripts/demo/demo';
import { launchBrowser, type PageFaults, watchPage } from './support/browser';
import { readL4, readL7 } from './support/store-client';
import { waitFor } from './support/wait-for';

const SLOW_MS = 30_000;
jest.setTimeout(3 * SLOW_MS);

describe('the way to the verdict', () => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  let watched: PageFaults;
  /** Requests whose connections have ended, so that their packets are written. */
  let ended: readonly L7Record[];

  beforeAll(async () => {
    demo = await startDemo({ storePort: 0, workbenchPort: 0, rate: 10, say: () => undefined, detail: () => undefined });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(SLOW_MS);
    watched = watchPage(page, demo.url);
    ended = await waitFor('a traced request and a slow one, with their packets', async () => {
      const chunks = new Set(
        (await readL4(demo.storeUrl, '|= "\\"chunk_fin\\":true"')).map((one) => one.inner_traceid)
      );
      const requests = (await readL7(demo.storeUrl)).filter((one) => chunks.has(one.inner_traceid));
      const traced = requests.some(isTraced);
      return traced && requests.some(({ outcome }) => outcome === 'unanswered') ? requests : undefined;
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  afterEach(() => {
    expect(watched.faults).toEqual([]);
  });

  /** It has no title: the strip above all others. */
  const verdict = () => page.locator('[data-viz-panel-key="panel-5"]');

  async function typeSearchTerm(term: string): Promise<void> {
    const field = page.getByRole('textbox', { name: 'Search term' });
    await field.fill(term);
    await field.press('Enter');
  }

  it('begins at a trace id', async () => {
    const { trace_id, l7_op, l7_resource } = ended.find(isTraced)!;
    await page.goto(`${demo.url}/d/bpfnet-request?from=now-15m&to=now`);
    await verdict().getByText('No request or connection is selected').waitFor();
    await typeSearchTerm(trace_id!);
    await verdict().getByText(`${l7_op} ${l7_resource}`).waitFor();
    await page.getByRole('region', { name: 'Where the time went' }).getByText('Server', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('var-request_id')).toBe(trace_id);
  });

  it('begins at an address and port', async () => {
    const { client_ip, client_port } = ended.find(isTraced)!;
    await typeSearchTerm(`${client_ip}:${client_port}`);
    await page.getByRole('region', { name: 'Matching requests' }).getByRole('link').first().waitFor();
    expect(await verdict().textContent()).toMatch(/ returned \d+ in | was not answered /);
  });

  it('begins at a path that is slow, and reads one shard of it', async () => {
    await page.goto(`${demo.url}/d/bpfnet-requests?from=now-15m&to=now`);
    const slowest = page.getByTestId('core-table').getByRole('link').first();
    await slowest.waitFor();
    const queries: string[] = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.pathname.endsWith('/query_range')) {
        queries.push(url.searchParams.get('query') ?? '');
      }
    });
    const resource = await slowest.textContent();
    await slowest.click();
    await verdict()
      .getByText(resource ?? '')
      .waitFor();
    await page.getByRole('list', { name: 'NICs from client to server' }).getByRole('listitem').first().waitFor();
    await page.getByRole('grid', { name: 'Packet sequence' }).getByRole('row').first().waitFor();
    await page.getByRole('region', { name: 'Records' }).getByText('"request_id"').first().waitFor();
    // Nine panels, one reading: the request; chunks, requests, packets and name look-ups of its connection, and others between its ends;
    // NICs that these name, and packets of the others.
    const ofStory = queries.filter((query) => !query.includes('sum by') && !query.includes('quantile'));
    expect(ofStory.length).toBeLessThanOrEqual(9);
    const acrossShards = ofStory.filter((query) => !query.includes('flow_shard='));
    expect(acrossShards.every((query) => /dns_addresses|server_ip/.test(query))).toBe(true);
  });

  it('leads to all requests of a search term, and from one to its own story', async () => {
    const { client_ip } = ended[0];
    await page.goto(`${demo.url}/d/bpfnet-request?var-request_id=${client_ip}&from=now-15m&to=now`);
    const others = page.getByRole('region', { name: 'Matching requests' }).getByRole('link');
    await others.nth(1).waitFor();
    const second = await others.nth(1).textContent();
    await others.nth(1).click();
    await page.waitForURL(/var-request_id=[0-9a-f]{16}/);
    await verdict()
      .getByText(second ?? '')
      .waitFor();
  });
});

function isTraced({ trace_id, outcome }: L7Record): boolean {
  return trace_id !== undefined && outcome === 'ok';
}
