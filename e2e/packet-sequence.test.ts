/**
 * The packet sequence panel in a real Chromium, on a page of its own: found, filtered, collapsed, followed by another panel, read by axe, and
 * exported as a capture that tshark reads as the same packets.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { source as axeSource } from 'axe-core';
import { type Browser, type Page } from 'playwright-core';
import { bundlePage } from '../panels/shared/bench/bundle-page';
import { launchBrowser } from './support/browser';
import { hasTool } from './support/tools';
import { openScriptPage } from './support/script-page';

const SCRIPT = `
  0   client > SYN seq=0
  2   server > SYN,ACK seq=0 ack=1
  4   client > ACK seq=1 ack=1
  4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders" id=r7
  206 server > PSH,ACK seq=1 ack=213 len=1448 response=200 id=r7
  207 server > ACK seq=1449 ack=213 len=1448 at=L3,L2
  411 server > ACK seq=1449 ack=213 len=1448 ana=Retransmission
  413 client > ACK seq=213 ack=2897
  ${Array.from({ length: 30 }, (_v, i) => `${420 + i} server > ACK seq=${2897 + i * 1448} ack=213 len=1448`).join('\n')}
  460 client > ACK seq=213 ack=46337 win=0 ana=ZeroWindow
  470 client > RST,ACK seq=213 ack=46337`;

const LANES = {
  // The relative numbers of the server wrap around 2^32.
  serverIsn: 0xffffffff - 2000,
  lanes: [
    { host: 'node-a', nicName: 'eth0', podName: 'cart' },
    { host: 'node-a', nicName: 'eth1' },
    { host: 'node-b', nicName: 'eth0', clockMs: 3412 },
    { host: 'node-b', nicName: 'veth1', podName: 'orders', clockMs: 3412, captureDrops: 2 },
  ],
};

describe('the packet sequence panel in a browser', () => {
  let browser: Browser;
  let script: string;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    script = await bundlePage(path.join(__dirname, '../panels/packet-sequence/src/test/page.tsx'));
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  async function open(input: Readonly<Record<string, unknown>> = {}, width = 1280): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 800 } });
    faults = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await openScriptPage(page, 'Panel', script);
    const all = { script: SCRIPT, lanes: LANES, theme: 'dark', width, height: 700, ...input };
    await page.evaluate(`show(${JSON.stringify(all)})`);
    await grid().waitFor();
  }

  afterEach(async () => {
    await page?.close();
    expect(faults).toEqual([]);
  });

  const grid = (panel = 0) => page.getByRole('grid', { name: 'Packet sequence' }).nth(panel);
  const selected = () => grid().locator('[aria-selected=true]');
  const choose = async (menu: string, item: string | RegExp) => {
    await page.getByRole('button', { name: menu, exact: true }).first().click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };

  test('finds a number inside of a segment and jumps to what is of note', async () => {
    await open();
    await page.keyboard.press('Tab');
    await page.getByRole('searchbox').fill('100');
    await page.getByRole('searchbox').press('Enter');
    expect(await selected().innerText()).toContain('GET /api/orders');
    await choose('Go to', 'First retransmission');
    await expectText(selected, 'retransmission');
    await page.getByRole('searchbox').fill('seq 10000');
    await page.getByRole('searchbox').press('Enter');
    // It lay in a fold, which has opened.
    await expectText(selected, 'seq');
    expect(
      await grid()
        .getByRole('button', { name: /segments/ })
        .count()
    ).toBe(0);
  });

  test('switches time, delta time, numbers and view, and keeps them', async () => {
    await open();
    const first = () => grid().locator('[role=row][aria-rowindex="3"] [role=gridcell]').allInnerTexts();
    expect((await first()).slice(0, 2)).toEqual(['2.000 ms', '+2.0 ms']);
    await page.getByRole('radio', { name: 'Absolute' }).check({ force: true });
    expect((await first())[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
    await choose('Show', 'Previous, same direction');
    expect((await first())[1]).toBe('–');
    await choose('Show', 'Absolute numbers');
    await page.getByRole('radio', { name: 'List' }).check({ force: true });
    expect((await first()).join(' ')).toContain(String(0xffffffff - 2000));
    await page.evaluate(
      `show(${JSON.stringify({ script: SCRIPT, lanes: LANES, theme: 'light', width: 1280, height: 700 })})`
    );
    await grid().waitFor();
    expect((await first()).join(' ')).toContain(String(0xffffffff - 2000));
  });

  test('filters and expands collapsed data', async () => {
    await open();
    const fold = grid().getByRole('button', { name: /30 segments/ });
    await fold.click();
    expect(await fold.count()).toBe(0);
    await choose('Filter', 'TCP analysis flags');
    await expectText(() => grid(), 'zero window');
    expect(await grid().locator('[role=row][aria-selected]').count()).toBe(2);
  });

  test('another panel follows the selection', async () => {
    await open({ panels: 2, height: 330 });
    await grid(0).focus();
    await page.keyboard.press('End');
    await page.waitForFunction(`document.querySelectorAll('[role=grid]')[1].scrollTop > 0`);
    await expectText(() => grid(1), 'RST');
  });

  test('no panel follows where the dashboard shares no crosshair', async () => {
    await open({ panels: 2, height: 330, crosshair: 'off' });
    await grid(0).focus();
    await page.keyboard.press('End');
    await page.waitForFunction(`document.querySelectorAll('[role=grid]')[0].scrollTop > 0`);
    await expectText(selected, 'RST');
    expect(await grid(1).evaluate((element) => element.scrollTop)).toBe(0);
  });

  (hasTool('tshark') ? test : test.skip)('exports a capture that tshark reads as the same packets', async () => {
    await open();
    const download = page.waitForEvent('download');
    await choose('Export', 'pcapng');
    const folder = await mkdtemp(path.join(tmpdir(), 'packet-sequence-'));
    try {
      const file = path.join(folder, 'packets.pcapng');
      await (await download).saveAs(file);
      const fields = ['frame.interface_name', 'tcp.flags', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.len', 'tcp.window_size'];
      const args = ['-r', file, '-T', 'fields', ...fields.flatMap((name) => ['-e', name]), '-e', 'frame.comment'];
      const read = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      const lines = read
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
      const csvDownload = page.waitForEvent('download');
      await choose('Export', 'CSV');
      const csvFile = path.join(folder, 'packets.csv');
      await (await csvDownload).saveAs(csvFile);
      const { readFileSync } = await import('node:fs');
      const [head, ...rows] = readFileSync(csvFile, 'utf8')
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
      const of = (row: readonly string[], name: string) => row[head.indexOf(name)];
      expect(lines).toHaveLength(40 * 4 - 2);
      expect(lines.map(([nic, , seq, ack, len]) => [nic, seq, ack, len])).toEqual(
        rows.map((row) => [of(row, 'nic'), of(row, 'seq'), of(row, 'ack'), of(row, 'len')])
      );
      const flagByte = (text: string) =>
        text.split(' ').reduce((bits, name) => bits | ({ FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 }[name] ?? 0), 0);
      expect(lines.map(([, flags]) => Number(flags))).toEqual(rows.map((row) => flagByte(of(row, 'flags'))));
      expect(lines.map((line) => line[5])).toEqual(rows.map((row) => of(row, 'win')));
      expect(lines.filter((line) => line[6] === 'retransmission')).toHaveLength(4);
      expect(lines.filter((line) => line[6] === 'request GET /api/orders')).toHaveLength(4);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test.each([
    ['dark', 1280],
    ['light', 1280],
    ['light', 390],
  ] as const)('axe finds no serious fault, %s at %d px', async (theme, width) => {
    await open({ theme }, width);
    await grid().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await page.getByRole('region', { name: 'Packet details' }).waitFor();
    await page.evaluate(axeSource);
    const violations = await page.evaluate<Array<{ id: string; impact: string; nodes: Array<{ html: string }> }>>(
      `axe.run(document.querySelector('main')).then(({ violations }) => violations)`
    );
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)).toEqual(
      []
    );
  });

  test.each([320, 390, 768, 1280, 2560])('keeps to its width at %d px', async (width) => {
    await open({}, width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    if (process.env.PICTURES) {
      await page.screenshot({ path: path.join(process.env.PICTURES, `packet-sequence-${width}.png`) });
    }
  });

  async function expectText(place: () => ReturnType<typeof grid>, text: string): Promise<void> {
    await place().filter({ hasText: text }).first().waitFor({ timeout: 10_000 });
  }
});
