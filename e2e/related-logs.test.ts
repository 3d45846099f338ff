/** The related logs panel on recorded laboratory traffic: counts, the current record, links, and columns that stay. */
import { type Browser, type Page } from 'playwright-core';
import { type Demo } from '../scripts/demo/demo';
import { seriousFaults } from './support/axe';
import { type PageFaults } from './support/browser';
import { openRecordedPage } from './support/recorded-page';
import { readL4, readL7 } from './support/store-client';

const SLOW_MS = 40_000;
jest.setTimeout(4 * SLOW_MS);

describe('the related logs panel on laboratory traffic', () => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  let watched: PageFaults;
  let address: string;
  let atNics: number;
  let ofConnection: number;
  let ofTransport: number;

  beforeAll(async () => {
    ({ demo, browser, page, watched } = await openRecordedPage(SLOW_MS));
    const records = await readL7(demo.storeUrl, '|= "/api/report"');
    const requestId = records[0].request_id;
    const ofRequest = records.filter((record) => record.request_id === requestId);
    atNics = ofRequest.length;
    const chunks = await readL4(demo.storeUrl);
    // The page looks from the NIC where the request took longest.
    const current = ofRequest.reduce((longest, one) => (one.latency_ms > longest.latency_ms ? one : longest));
    const lanes = new Set(ofRequest.map(({ inner_traceid }) => inner_traceid));
    ofConnection =
      (await readL7(demo.storeUrl, `|= "${current.inner_traceid}"`)).length +
      chunks.filter(({ inner_traceid }) => inner_traceid === current.inner_traceid).length;
    ofTransport = chunks.filter(({ inner_traceid }) => lanes.has(inner_traceid)).length;
    address = `${demo.url}/d/bpfnet-request?var-request_id=${requestId}&from=now-1h&to=now`;
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const panel = () => page.getByRole('region', { name: 'Related logs' }).first();
  const headers = async () => (await panel().getByRole('columnheader').allTextContents()).slice(1);

  async function open(): Promise<void> {
    await page.goto(address);
    await panel().scrollIntoViewIfNeeded();
    await panel().getByRole('table').waitFor();
  }

  it('counts in three tabs what there is', async () => {
    await open();
    const tabs = await panel().getByRole('tab').allTextContents();
    expect(tabs.map((text) => text.replace(/\d+$/, ''))).toEqual(['Single connection', 'Cross-NIC', 'Transport layer']);
    expect(tabs.map((text) => Number(/\d+$/.exec(text)?.[0]))).toEqual([ofConnection, atNics, ofTransport]);
    expect(await panel().getByRole('table').getAttribute('aria-rowcount')).toBe(String(atNics + 1));
  });

  it('marks the current record and what differs between NICs', async () => {
    const rows = panel().getByRole('row');
    expect(await rows.nth(1).getAttribute('aria-current')).toBe('true');
    expect(await panel().locator('[aria-current=true]').count()).toBe(1);
    expect(await panel().locator('mark').first().textContent()).toContain('translated (NAT): 10.96.0.80');
  });

  it('numbers NICs from client to server', async () => {
    const places = await panel().locator('[role=row] [role=cell]:first-child').allInnerTexts();
    expect(places.map((text) => Number(/\d+/.exec(text)?.[0]))).toEqual(
      Array.from({ length: atNics }, (_v, i) => i + 1)
    );
  });

  it('shows each tab its own records', async () => {
    await panel()
      .getByRole('tab', { name: /Transport layer/ })
      .click();
    await panel().getByRole('table', { name: 'Transport layer' }).waitFor();
    expect(await panel().getByRole('table').getAttribute('aria-rowcount')).toBe(String(ofTransport + 1));
    await panel()
      .getByRole('columnheader', { name: /^State/ })
      .waitFor();
    await panel()
      .getByRole('tab', { name: /Single connection/ })
      .click();
    await panel().getByRole('table', { name: 'Single connection' }).waitFor();
    expect(await panel().getByRole('table').getAttribute('aria-rowcount')).toBe(String(ofConnection + 1));
    await panel()
      .getByRole('tab', { name: /Cross-NIC/ })
      .click();
  });

  it("leads from a row to its NIC's page in a new tab", async () => {
    const opened = page.context().waitForEvent('page');
    await panel().getByRole('link', { name: 'Open the record of veth7f9c on node-a in a new tab' }).click();
    const tab = await opened;
    expect(tab.url()).toMatch(/\/d\/bpfnet-connection\?var-inner_traceid=[0-9a-f]{32}&/);
    await tab.close();
  });

  it('keeps chosen columns after a reload', async () => {
    const before = await headers();
    expect(before.slice(0, 3)).toEqual(['Time', 'Host', 'NIC']);
    await panel().getByRole('button', { name: 'Columns' }).click();
    const chooser = panel().getByRole('dialog', { name: 'Columns' });
    await chooser.getByText('Host', { exact: true }).click();
    await chooser.getByRole('button', { name: 'Move NIC left' }).click();
    await page.keyboard.press('Escape');
    expect((await headers()).slice(0, 3)).toEqual(['NIC', 'Time', 'Pod']);
    await open();
    expect((await headers()).slice(0, 3)).toEqual(['NIC', 'Time', 'Pod']);
    expect(await headers()).toHaveLength(before.length - 1);
  });

  it('filters and downloads what is shown', async () => {
    await panel()
      .getByPlaceholder(/Filter/)
      .fill('host=node-b');
    await panel()
      .getByText(/^5 of 10 records$/)
      .waitFor();
    const downloading = page.waitForEvent('download');
    await panel().getByRole('button', { name: 'CSV' }).click();
    expect((await downloading).suggestedFilename()).toBe('related-request.csv');
  });

  it('keeps nobody out', async () => {
    expect(await seriousFaults(panel())).toEqual([]);
  });

  it('made no error and asked nobody but its own server', () => {
    expect(watched.faults).toEqual([]);
  });
});
