/**
 * The NIC topology panel on recorded laboratory traffic: paths of answered, slow, failing, unanswered and translated requests, and the graph of all
 * of them.
 */
import { type L7Record } from '@bpfnet/flow-model';
import { type Browser, type Page } from 'playwright-core';
import { type Demo } from '../scripts/demo/demo';
import { seriousFaults } from './support/axe';
import { type PageFaults } from './support/browser';
import { openRecordedPage } from './support/recorded-page';
import { openRequestPath } from './support/request-path';
import { readL7 } from './support/store-client';

const SLOW_MS = 40_000;
jest.setTimeout(4 * SLOW_MS);

const THERE = ['cart-7f9c', 'veth7f9c', 'cni0', 'vxlan.1', 'eth0'];
const WAY = [...THERE, 'eth0', 'vxlan.1', 'cni0', 'veth5d8b', 'orders-5d8b'];

describe('the NIC topology panel on laboratory traffic', () => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  let watched: PageFaults;
  let records: readonly L7Record[];

  beforeAll(async () => {
    ({ demo, browser, page, watched } = await openRecordedPage(SLOW_MS));
    records = await readL7(demo.storeUrl, '');
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  function requestWith(what: string, fits: (record: L7Record) => boolean): string {
    const record = records.find(fits);
    if (record === undefined) {
      throw new Error(`The recording has no ${what}.`);
    }
    return record.request_id;
  }

  const openPath = async (requestId: string): Promise<readonly string[]> =>
    (await openRequestPath(page, demo, requestId)).allTextContents();

  const names = (items: readonly string[]) =>
    items.map((text) => /cart-7f9c|veth7f9c|cni0|vxlan\.1|orders-5d8b|veth5d8b|eth0|N\/A/.exec(text)?.[0]);

  it('draws a slow request over all NICs, with times both ways and an error bar between hosts', async () => {
    const items = await openPath(requestWith('slow request', ({ l7_resource }) => l7_resource === '/api/report'));
    expect(names(items)).toEqual(WAY);
    items.slice(0, -1).forEach((text) => expect(text).toMatch(/Hop: .*\d (µs|ms)/));
    const between = items.filter((text) => text.includes('round trip'));
    expect(between).toHaveLength(1);
    expect(between[0]).toMatch(/≈ [\d.]+ (µs|ms) ± [\d.]+ (µs|ms)/);
  });

  it('shows translation and tunnel where they happen', async () => {
    const items = await openPath(requestWith('translated request', ({ server_ip }) => server_ip === '10.96.0.80'));
    const translated = items.filter((text) => /address translation: .*10\.96\.0\.80.*10\.2\.1\.7/.test(text));
    expect(names(translated)).toEqual(['cni0']);
    expect(items.findIndex((text) => text.includes('into VXLAN 42'))).toBe(3);
    expect(items.findIndex((text) => text.includes('out of VXLAN 42'))).toBe(5);
  });

  it('draws a failing request to its end', async () => {
    const items = await openPath(requestWith('failing request', ({ outcome }) => outcome === 'server_error'));
    expect(names(items)).toEqual(WAY);
    await page
      .getByText(/POST \/api\/pay → 50\d/)
      .first()
      .waitFor();
  });

  it('ends an unanswered request where it was last seen, in words', async () => {
    const items = await openPath(requestWith('unanswered request', ({ outcome }) => outcome === 'unanswered'));
    expect(names(items)).toEqual(WAY);
    expect(items[items.length - 1]).toContain('last seen, no response');
    expect(items.slice(0, -1).every((text) => !text.includes('last seen'))).toBe(true);
  });

  it('says of a request what a hop lost of it, apart from what its connection lost', async () => {
    const resent = records.filter(
      ({ outcome, rx_retrans, tx_retrans }) => outcome === 'ok' && (rx_retrans ?? 0) + (tx_retrans ?? 0) > 0
    );
    const items = await openPath(requestWith('retransmitted request', (record) => record === resent[0]));
    const hops = items.filter((text) =>
      /segments? of the (request|response) lost here, retransmitted after/.test(text)
    );
    expect(names(hops)).toEqual(['eth0']);
    expect(hops[0]).toMatch(/the whole connection lost \d+ of [\d\s]+ packets here/);
    // Words and the red cross on the way itself.
    await page
      .getByText(/^to (server|client) .*lost here, retransmitted after/)
      .first()
      .waitFor();
  });

  it("says a NIC's fields and its record's time, and its addresses before and after translation on hovering", async () => {
    const record = records.find(
      ({ nic_name, l7_resource }) => nic_name === 'vxlan.1' && l7_resource === '/api/report'
    )!;
    await openPath(record.request_id);
    const pod = page.getByRole('group', { name: /^cart-7f9c on node-a, eth0/ });
    expect(await pod.getAttribute('aria-label')).toMatch(
      /^cart-7f9c on node-a, eth0 · shop · cart, 10\.2\.0\.5:\d+, → 10\.96\.0\.80:80, virtual · tcp · http, [\d.]+ ms/
    );
    const nic = page.getByRole('group', { name: new RegExp(`^vxlan\\.1 on ${record.host},`) });
    expect(await nic.getAttribute('aria-label')).toContain(`, ${record.latency_ms.toFixed(1)} ms`);
    await page.getByRole('group', { name: /^vxlan\.1 on node-a,/ }).hover();
    const hint = page.getByRole('tooltip');
    await hint.waitFor();
    expect((await hint.innerText()).replace(/\s+/g, ' ')).toMatch(
      /before 10\.2\.0\.5:\d+ → 10\.96\.0\.80:80 here 10\.2\.0\.5:\d+ → 10\.2\.1\.7:8080/
    );
  });

  it("opens a NIC's record in a new tab", async () => {
    await openPath(requestWith('answered request', ({ outcome }) => outcome === 'ok'));
    const opened = page.context().waitForEvent('page');
    await page.getByRole('link', { name: 'Open the record of veth7f9c in a new tab' }).click();
    const tab = await opened;
    expect(new URL(tab.url()).searchParams.get('var-inner_traceid')).toMatch(/^[0-9a-f]{32}$/);
    await tab.close();
  });

  it('draws all requests as a graph that keys lead through', async () => {
    await page.goto(`${demo.url}/d/bpfnet-requests?from=now-1h&to=now`);
    const panel = page.getByRole('region', { name: 'NIC topology' });
    await panel.scrollIntoViewIfNeeded();
    const graph = panel.getByRole('application');
    await graph.waitFor();
    expect(await graph.getAttribute('aria-label')).toMatch(/^Graph of 1\d nodes/);
    await graph.focus();
    const said: string[] = [];
    for (let step = 0; step < WAY.length; step++) {
      await page.keyboard.press('ArrowRight');
      said.push((await panel.getByRole('status').last().textContent()) ?? '');
    }
    expect(new Set(said).size).toBeGreaterThan(2);
    expect(said.every((text) => /req\/(s|min)/.test(text))).toBe(true);
  });

  it('zooms, pans and fits by keys, wheel and hand, and shows where one is while not all is seen', async () => {
    const panel = page.getByRole('region', { name: 'NIC topology' });
    const graph = panel.getByRole('application');
    const miniMap = panel.locator('[data-minimap]');
    await panel.getByRole('button', { name: 'Fit' }).click();
    await miniMap.waitFor({ state: 'detached' });
    await graph.focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await miniMap.waitFor();
    const seen = () => miniMap.locator('div').evaluate((one) => one.getAttribute('style'));
    const before = await seen();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await seen()).not.toBe(before);
    await page.keyboard.press('0');
    await miniMap.waitFor({ state: 'detached' });
    await graph.hover();
    await page.mouse.wheel(0, -600);
    await miniMap.waitFor();
    const zoomed = await seen();
    await page.mouse.down();
    await page.mouse.move(300, 300, { steps: 4 });
    await page.mouse.up();
    expect(await seen()).not.toBe(zoomed);
    await page.keyboard.press('0');
    await miniMap.waitFor({ state: 'detached' });
  });

  it('pans under a finger and zooms between two', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const phone = await context.newPage();
    phone.setDefaultTimeout(SLOW_MS);
    try {
      await phone.goto(`${demo.url}/d/bpfnet-requests?from=now-1h&to=now`);
      const graph = phone.getByRole('region', { name: 'NIC topology' }).getByRole('application');
      await graph.waitFor();
      await graph.scrollIntoViewIfNeeded();
      const box = (await graph.boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const devTools = await context.newCDPSession(phone);
      type Fingers = ReadonlyArray<{ readonly x: number; readonly y: number }>;
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', fingers: Fingers) =>
        devTools.send('Input.dispatchTouchEvent', { type, touchPoints: fingers.map((at, id) => ({ ...at, id })) });
      // Where d3 keeps what a picture was moved and zoomed by.
      const view = () =>
        graph.evaluate((element) => {
          const { k, x, y } = (element as unknown as { __zoom: Record<'k' | 'x' | 'y', number> }).__zoom;
          return { k, x, y };
        });
      const before = await view();
      await touch('touchStart', [{ x, y }]);
      for (let step = 1; step <= 5; step++) {
        await touch('touchMove', [{ x: x - 12 * step, y: y - 8 * step }]);
      }
      await touch('touchEnd', []);
      const panned = await view();
      expect(panned.k).toBeCloseTo(before.k, 6);
      expect(panned.x - before.x).toBeCloseTo(-60, 0);
      expect(panned.y - before.y).toBeCloseTo(-40, 0);

      const apart = (px: number): Fingers => [
        { x: x - px, y },
        { x: x + px, y },
      ];
      await touch('touchStart', apart(30));
      for (let px = 36; px <= 60; px += 6) {
        await touch('touchMove', apart(px));
      }
      await touch('touchEnd', []);
      const pinched = await view();
      expect(pinched.k / panned.k).toBeCloseTo(2, 1);
      // What was between the fingers stays there.
      const middle = [x - box.x, y - box.y];
      expect((middle[0] - pinched.x) / pinched.k).toBeCloseTo((middle[0] - panned.x) / panned.k, 0);
    } finally {
      await context.close();
    }
  });

  it('leads from an edge to its requests, and folds into hosts', async () => {
    const panel = page.getByRole('region', { name: 'NIC topology' });
    await panel.getByRole('radio', { name: 'Hosts' }).click();
    await panel.getByRole('application', { name: /^Graph of 2 nodes and 1 edges/ }).waitFor();
    await panel.getByRole('button', { name: 'List' }).click();
    const link = panel.getByRole('table').getByRole('link', { name: 'node-b' });
    expect(await link.getAttribute('href')).toContain('/d/bpfnet-requests?var-host=node-b');
    expect(await panel.getByRole('row').nth(1).textContent()).toMatch(/node-a.*req/);
  });

  it('keeps nobody out', async () => {
    expect(await seriousFaults(page.getByRole('region', { name: 'NIC topology' }))).toEqual([]);
    await openPath(requestWith('answered request', ({ outcome }) => outcome === 'ok'));
    expect(await seriousFaults(page.getByRole('region', { name: 'Request path' }))).toEqual([]);
  });

  it('made no error and asked nobody but its own server', () => {
    expect(watched.faults).toEqual([]);
  });
});
