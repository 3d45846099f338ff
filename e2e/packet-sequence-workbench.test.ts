/**
 * The packet sequence panel on the request page of the recorded laboratory: found by number, read in other ways, folded, followed by a second panel, left
 * for the request's own page, and exported as a capture that tshark reads as the very packets of the store.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodePacketColumns, type L4PacketsRecord, type L7Record } from '@bpfnet/flow-model';
import { type Browser, type Locator, type Page } from 'playwright-core';
import { type Demo } from '../scripts/demo/demo';
import { seriousFaults } from './support/axe';
import { type PageFaults } from './support/browser';
import { openRecordedPage } from './support/recorded-page';
import { readL7, readPackets } from './support/store-client';
import { hasTool } from './support/tools';
import { waitFor } from './support/wait-for';

const SLOW_MS = 40_000;
jest.setTimeout(4 * SLOW_MS);

describe('the packet sequence panel on laboratory traffic', () => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  let watched: PageFaults;
  let request: L7Record;
  /** Of the request at each NIC: first and last chunk. */
  let chunks: ReadonlyMap<string, readonly [number, number]>;

  beforeAll(async () => {
    ({ demo, browser, page, watched } = await openRecordedPage(SLOW_MS));
    await waitFor('a store that gets no more', settled, 60_000);
    const records = await readL7(demo.storeUrl);
    const orders = new Set(
      records.filter(({ l7_resource }) => l7_resource === '/api/orders').map((one) => one.inner_traceid)
    );
    // On a connection with others.
    request = records.find((one) => one.l7_resource === '/api/report' && orders.has(one.inner_traceid))!;
    chunks = new Map(
      records
        .filter((one) => one.request_id === request.request_id)
        .map((one) => [one.inner_traceid, one.pkt_chunk_range])
    );
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  afterEach(() => {
    expect(watched.faults).toEqual([]);
  });

  const panel = (name = 'Packets') => page.getByRole('region', { name, exact: true }).first();
  const grid = (name?: string) => panel(name).getByRole('grid', { name: 'Packet sequence' });
  const selected = () => grid().locator('[aria-selected=true]');

  async function open(shown = request): Promise<void> {
    await page.goto(`${demo.url}/d/bpfnet-request?var-request_id=${shown.request_id}&from=now-1h&to=now`);
    await panel().scrollIntoViewIfNeeded();
    await selected().waitFor();
  }

  async function choose(menu: string, item: string | RegExp): Promise<void> {
    await panel().getByRole('button', { name: menu, exact: true }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  it('begins at the request, with a lane for each NIC and clocks put beside each other', async () => {
    await open();
    expect(await selected().innerText()).toContain(`GET ${request.l7_resource}`);
    const heads = await grid().getByRole('row').first().innerText();
    ['node-a', 'node-b', 'cart-7f9c', 'cni0', 'orders-5d8b', '10.96.0.80:80', '10.2.1.7:8080'].forEach((text) =>
      expect(heads).toContain(text)
    );
    expect(await panel().innerText()).toMatch(
      /10 NICs.*The clock of node-b is [\d.\s]+ m?s \(± [\d.]+ [mµ]s.*\) ahead of node-a's/s
    );
  });

  it('says that these are the chunks of this request only, and leads to the connection', async () => {
    await open();
    expect(await panel().innerText()).toContain('chunks of this request only');
    const link = panel().getByRole('link', { name: /^the connection (has|may have) more packets$/ });
    const url = new URL((await link.getAttribute('href'))!, demo.url);
    expect([...chunks.keys()]).toContain(url.searchParams.get('var-inner_traceid'));
    await page.goto(url.href);
    await grid().getByRole('row').nth(1).waitFor();
    expect(await panel().innerText()).not.toContain('chunks of this request');
  });

  it('finds a sequence number, absolute as records have it and relative', async () => {
    const box = panel().getByRole('searchbox');
    const find = async (text: string) => {
      await grid().focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('/');
      await box.fill(text);
      // The other side may have sent the same number.
      for (let matches = 0; matches < 5 && !(await isRequest()); matches++) {
        await box.press('Enter');
      }
      expect(await isRequest()).toBe(true);
    };
    const isRequest = async () => (await selected().innerText()).includes(`GET ${request.l7_resource}`);
    await find(String(request.req_seq));
    const [, relative] = /seq ([\d\s]+) ack/u.exec((await selected().textContent()) ?? '') ?? [];
    expect(Number(relative.replace(/\s/gu, ''))).toBeLessThan(request.req_seq ?? 0);
    await find(`seq ${relative}`);
    await box.fill('');
  });

  it('shows other times and time differences', async () => {
    const cells = async () => (await selected().getByRole('gridcell').allInnerTexts()).slice(0, 2);
    const [relative, previous] = await cells();
    expect(relative).toMatch(/^[\d.\s]+ m?s$/);
    await panel().getByRole('radio', { name: 'Absolute' }).check({ force: true });
    expect((await cells())[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
    await choose('Show', 'First packet');
    const [, sinceStart] = await cells();
    expect(sinceStart).not.toBe(previous);
    await panel().getByRole('radio', { name: 'Relative' }).check({ force: true });
    await choose('Show', 'Previous packet');
    expect(await cells()).toEqual([relative, previous]);
  });

  it('collapses bulk data, expands it, and goes to analysis flags', async () => {
    const [bulk] = [...(await readL7(demo.storeUrl, '|= "/api/catalogue"'))].sort((x, y) => y.tx_bytes - x.tx_bytes);
    await open(bulk);
    const fold = () =>
      grid()
        .getByRole('button', { name: /segments, .*B/ })
        .first();
    await choose('Go to', 'First retransmission');
    await selected()
      .getByText(/retransmission/)
      .first()
      .waitFor();
    await choose('Filter', 'TCP analysis flags');
    await grid()
      .getByText(/retransmission/)
      .first()
      .waitFor();
    await choose('Filter (active)', 'Clear filter');
    await grid().focus();
    await page.keyboard.press('Home');
    for (let pages = 0; pages < 20 && (await fold().count()) === 0; pages++) {
      await page.keyboard.press('PageDown');
    }
    const label = await fold().getAttribute('aria-label');
    await fold().click();
    await expectEventually(
      async () =>
        grid()
          .getByRole('button', { name: label ?? '' })
          .count(),
      (count) => count === 0
    );
  });

  it('is followed by another panel', async () => {
    await page.route('**/api/dashboards/uid/bpfnet-request', async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as {
        dashboard: { panels: Array<{ id: number; title: string; options: object }> };
      };
      const packets = body.dashboard.panels.find(({ title }) => title === 'Packets');
      const second = { ...packets, id: 990, title: 'At one NIC', options: { ...packets?.options, lanes: 'ends' } };
      await route.fulfill({
        response,
        json: { ...body, dashboard: { ...body.dashboard, panels: [...body.dashboard.panels, second] } },
      });
    });
    await open();
    await panel('At one NIC').scrollIntoViewIfNeeded();
    await grid('At one NIC').getByRole('row').nth(1).waitFor();
    const top = () => grid('At one NIC').evaluate((element) => element.scrollTop);
    await grid().focus();
    await page.keyboard.press('Home');
    await expectEventually(top, (px) => px === 0);
    await page.keyboard.press('End');
    await expectEventually(top, (px) => px > 0);
    await page.unroute('**/api/dashboards/uid/bpfnet-request');
  });

  it('and the related logs follow each other', async () => {
    await open();
    const table = panel('Related logs').getByRole('table', { name: 'Cross-NIC' });
    const marked = table.getByRole('row').filter({ hasText: 'highlighted' });
    await panel('Related logs').scrollIntoViewIfNeeded();
    await table.getByRole('row').nth(1).waitFor();

    const records = (await readL7(demo.storeUrl)).filter(({ request_id }) => request_id === request.request_id);
    const atClient = records.find(
      ({ k8s_pod_name, direction }) => k8s_pod_name === 'cart-7f9c' && direction === 'outgoing'
    )!;
    const atServer = records.find(
      ({ k8s_pod_name, direction }) => k8s_pod_name === 'orders-5d8b' && direction === 'incoming'
    )!;
    const isMarked = async (record: L7Record) => {
      await expectEventually(
        async () => (await marked.allInnerTexts()).join('\n'),
        (text) => [record.host, record.k8s_pod_name!, request.l7_resource!].every((part) => text.includes(part))
      );
      expect(await marked.count()).toBe(1);
      expect(await inView(marked, panel('Related logs').getByRole('region', { name: /records$/ }))).toBe(true);
    };

    // A packet that carries the request, and one that carries its response: the first NIC to see each.
    await grid().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await selected().innerText()).toContain(`GET ${request.l7_resource}`);
    await isMarked(atClient);
    await expectEventually(
      async () => {
        await page.keyboard.press('ArrowDown');
        return (await selected().textContent()) ?? '';
      },
      (text) => text.includes(`response ${request.l7_status}`)
    );
    await isMarked(atServer);
    expect(await page.evaluate(`document.activeElement.getAttribute('role')`)).toBe('grid');

    // Back: a record that is held on to marks the packet that carries its request, wherever the packets stand.
    await page.keyboard.press('End');
    const top = () => grid().evaluate((element) => element.scrollTop);
    const atEnd = await top();
    await panel('Related logs')
      .getByPlaceholder(/Filter/)
      .fill(`request_id=${request.request_id}`);
    await table.getByRole('row').filter({ hasText: 'current record' }).getByRole('cell').nth(1).click();
    await expectEventually(top, (px) => px < atEnd);
    await isMarked(atClient);
  });

  it('leads to the page of another request of the connection, in a new tab', async () => {
    await open();
    await choose('Filter', 'Requests and responses');
    // Brought into view: rows just out of it are in the page too.
    await panel().getByRole('searchbox').fill('/api/orders');
    await panel().getByRole('searchbox').press('Enter');
    const other = selected().getByRole('link', { name: '/api/orders' });
    const text = await other.innerText();
    const opened = page.context().waitForEvent('page');
    await other.click();
    const tab = await opened;
    try {
      await tab
        .getByText(`${text.replace(/…$/, '')} from cart-7f9c`)
        .first()
        .waitFor({ timeout: SLOW_MS });
      expect(new URL(tab.url()).searchParams.get('var-request_id')).not.toBe(request.request_id);
      expect(page.url()).toContain(request.request_id);
    } finally {
      await tab.close();
    }
  });

  (hasTool('tshark') ? it : it.skip)('exports a capture that tshark reads as the packets of the store', async () => {
    await open();
    const download = page.waitForEvent('download');
    await choose('Export', 'pcapng');
    const folder = mkdtempSync(path.join(tmpdir(), 'packet-sequence-'));
    try {
      const file = path.join(folder, 'packets.pcapng');
      await (await download).saveAs(file);
      const fields = [
        'frame.time_epoch',
        'ip.src',
        'tcp.srcport',
        'tcp.flags',
        'tcp.seq_raw',
        'tcp.ack_raw',
        'tcp.len',
      ];
      const args = ['-r', file, '-T', 'fields', ...fields.flatMap((name) => ['-e', name])];
      const read = execFileSync('tshark', args, {
        encoding: 'utf8',
        maxBuffer: 64 << 20,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const exported = read
        .trimEnd()
        .split('\n')
        .map((line) => {
          const [time, ip, port, flags, seq, ack, len] = line.split('\t');
          return [time.replace('.', ''), `${ip}:${port}`, Number(flags), Number(seq), Number(ack), Number(len)].join(
            ' '
          );
        });
      const records = (await readPackets(demo.storeUrl)).filter(({ inner_traceid, chunk_id }) => {
        const [first, last] = chunks.get(inner_traceid) ?? [Infinity, -Infinity];
        return first <= chunk_id && chunk_id <= last;
      });
      expect(exported.length).toBeGreaterThan(100);
      expect(exported.sort()).toEqual((await asLines(records)).sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('has no serious fault for those who do not see it', async () => {
    await open();
    await grid().focus();
    await page.keyboard.press(' ');
    await panel().getByRole('region', { name: 'Packet details' }).waitFor();
    expect(await seriousFaults(panel())).toEqual([]);
  });

  let before = -1;

  /** The recording has been replayed to its end. */
  async function settled(): Promise<true | undefined> {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const { length } = await readPackets(demo.storeUrl);
    const isSettled = length > 0 && length === before;
    before = length;
    return isSettled ? true : undefined;
  }

  /** `time address flags seq ack length`, with addresses as each NIC's records have them. */
  async function asLines(records: readonly L4PacketsRecord[]): Promise<string[]> {
    const spans = await readL7(demo.storeUrl, '');
    const addresses = new Map(
      spans.map((one) => [one.inner_traceid, [`${one.src_ip}:${one.src_port}`, `${one.dst_ip}:${one.dst_port}`]])
    );
    return records.flatMap((record) => {
      const decoded = decodePacketColumns(record);
      if (!decoded.ok) {
        throw new Error(decoded.problem);
      }
      const { columns, positions } = decoded;
      return Array.from(columns.tNs, (tNs, i) => {
        const time = positions.timePosNs + BigInt(Math.round(tNs));
        const from = addresses.get(record.inner_traceid)?.[columns.dir[i]];
        return [time, from, columns.flags[i], columns.seq[i], columns.ack[i], columns.len[i]].join(' ');
      });
    });
  }

  /** All of it, within what scrolls. */
  async function inView(place: Locator, scroller: Locator): Promise<boolean> {
    const [inner, outer] = [await place.boundingBox(), await scroller.boundingBox()];
    return (
      inner !== null && outer !== null && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height + 1
    );
  }

  async function expectEventually<T>(read: () => Promise<T>, fits: (value: T) => boolean): Promise<void> {
    const until = Date.now() + SLOW_MS;
    let value = await read();
    while (!fits(value) && Date.now() < until) {
      await page.waitForTimeout(100);
      value = await read();
    }
    expect(fits(value)).toBe(true);
  }
});
