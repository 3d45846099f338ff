/**
 * From the wire to the screen: the demo runs, a browser opens the request list, clicks a request, and sees its path over the
 * NICs and the packets of its connection.
 */
import { type Browser, type Page } from 'playwright-core';
import { type Demo, startDemo } from '../scripts/demo/demo';
import { launchBrowser, type PageFaults, watchPage } from './support/browser';
import { readL4, readL7 } from './support/store-client';
import { waitFor } from './support/wait-for';

const SLOW_MS = 20_000;
jest.setTimeout(3 * SLOW_MS);

describe('the workbench on live traffic', () => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  let watched: PageFaults;
  let requestId: string;

  beforeAll(async () => {
    demo = await startDemo({ storePort: 0, workbenchPort: 0, rate: 10, say: () => undefined, detail: () => undefined });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(SLOW_MS);
    watched = watchPage(page, demo.url);
    // A request is written at once, the packets of its connection with their chunk: wait for one that has both.
    requestId = await waitFor('an answered request with its packets', async () => {
      const answered = await readL7(demo.storeUrl, '|= "/api/report" |= "\\"outcome\\":\\"ok\\""');
      const chunks = new Set(
        (await readL4(demo.storeUrl, '|= "\\"chunk_fin\\":true"')).map((chunk) => chunk.inner_traceid)
      );
      return answered.find((record) => chunks.has(record.inner_traceid))?.request_id;
    });
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  it('lists requests', async () => {
    await page.goto(`${demo.url}/d/bpfnet-requests?from=now-15m&to=now`);
    await page.getByRole('link', { name: '/api/report' }).first().waitFor();
  });

  it('leads from a request to the NICs that it crossed, in path order with hop times', async () => {
    await page.locator(`a[href*="${requestId}"]`).first().click();
    const path = page.getByRole('list', { name: 'NICs from client to server' });
    await path.getByRole('listitem').first().waitFor();
    const nics = await path.getByRole('listitem').allTextContents();
    expect(nics.length).toBeGreaterThanOrEqual(4);
    if (demo.laboratory !== undefined) {
      expect(nics.map((text) => /cart-7f9c|veth7f9c|cni0|vxlan\.1|orders-5d8b|veth5d8b|eth0/.exec(text)?.[0])).toEqual([
        'cart-7f9c',
        'veth7f9c',
        'cni0',
        'vxlan.1',
        'eth0',
        'eth0',
        'vxlan.1',
        'cni0',
        'veth5d8b',
        'orders-5d8b',
      ]);
    }
    const hops = nics.slice(0, -1);
    hops.forEach((text) => expect(text).toMatch(/Hop: .*\d (µs|ms)/));
    // Two hosts, two clocks: exactly one hop is known only as the sum of both ways.
    expect(hops.filter((text) => text.includes('round trip'))).toHaveLength(1);
  });

  it('shows the packets of its connection, with the request and the response at theirs', async () => {
    const chart = page.getByRole('grid', { name: 'Packet sequence' });
    await chart.getByRole('row', { name: /SYN seq 0/ }).waitFor();
    await chart.getByRole('row', { name: /SYN ACK seq 0 ack 1/ }).waitFor();
    await chart
      .getByRole('row', { name: /PSH ACK .* request GET \/api\/report/ })
      .first()
      .waitFor();
    await chart
      .getByRole('row', { name: /response 200/ })
      .first()
      .waitFor();
    const drawn = await page.evaluate(`(() => {
      const canvas = document.querySelector('[role=grid][aria-label="Packet sequence"] canvas');
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0);
    })()`);
    expect(drawn).toBe(true);
  });

  it('finds a packet by a sequence number inside of it', async () => {
    await page.getByRole('searchbox', { name: /sequence number/ }).fill('5');
    await page.getByRole('button', { name: 'Next match' }).click();
    const selected = page.getByRole('grid', { name: 'Packet sequence' }).getByRole('row', { selected: true });
    expect(await selected.textContent()).toMatch(/seq 1 /);
  });

  it('shows the record of every NIC and the raw records', async () => {
    await page.getByRole('region', { name: 'Request at each NIC' }).getByText('node-a').first().waitFor();
    await page.getByRole('region', { name: 'Records' }).getByText('"request_id"').first().waitFor();
  });

  it('lists the NICs in path order', async () => {
    const rows = page.getByRole('region', { name: 'Request at each NIC' }).getByRole('row');
    const hosts = (await rows.allTextContents()).map((text) => /node-[ab]/.exec(text)?.[0]).filter(Boolean);
    expect(hosts.length).toBeGreaterThanOrEqual(4);
    expect(hosts).toEqual([...hosts].sort());
  });

  it('leads from a NIC to its connection in a new tab', async () => {
    const opened = page.context().waitForEvent('page');
    await page
      .getByRole('link', { name: /^Open the record of / })
      .first()
      .click();
    const tab = await opened;
    tab.setDefaultTimeout(SLOW_MS);
    expect(tab.url()).toContain('/d/bpfnet-connection?');
    await tab
      .getByRole('grid', { name: 'Packet sequence' })
      .getByRole('row', { name: /request GET \/api\/report/ })
      .first()
      .waitFor();
    await tab
      .getByRole('region', { name: 'Chunks' })
      .getByText(/^(established|closed|half_closed)$/)
      .first()
      .waitFor();
    await tab.getByRole('region', { name: 'Requests' }).getByRole('link', { name: '/api/report' }).first().waitFor();
    await tab.close();
  });

  it('says what to do where a request is unknown', async () => {
    await page.goto(`${demo.url}/d/bpfnet-request?var-request_id=0000000000000000&from=now-15m&to=now`);
    await page
      .getByText(/widen the time range/i)
      .first()
      .waitFor();
  });

  it('made no error and asked nobody but its own server', () => {
    expect(watched.faults).toEqual([]);
  });
});
