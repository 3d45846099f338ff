/** The path of a request of which only one host was captured: what lies outside is N/A with its address. */
import { type L7Record } from '@bpfnet/flow-model';
import { type Browser, type Locator, type Page } from 'playwright-core';
import { type Demo } from '../scripts/demo/demo';
import { type PageFaults } from './support/browser';
import { openRecordedPage } from './support/recorded-page';
import { openRequestPath } from './support/request-path';
import { readL7 } from './support/store-client';

const SLOW_MS = 40_000;
jest.setTimeout(4 * SLOW_MS);

describe.each(['node-a', 'node-b'] as const)('captured on %s alone', (host) => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  let watched: PageFaults;
  let records: readonly L7Record[];

  beforeAll(async () => {
    ({ demo, browser, page, watched } = await openRecordedPage(SLOW_MS, { recordedHosts: [host] }));
    records = await readL7(demo.storeUrl, '');
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const openPath = (fits: (record: L7Record) => boolean): Promise<Locator> =>
    openRequestPath(page, demo, records.find(fits)!.request_id);

  it('draws the other end as N/A with its address, and no button to open it', async () => {
    const items = await openPath(({ outcome, l7_proto }) => outcome === 'ok' && l7_proto === 'http');
    const outside = host === 'node-a' ? items.last() : items.first();
    const text = (await outside.textContent()) ?? '';
    expect(text).toMatch(
      host === 'node-a' ? /^N\/Aserver, not observed10\.2\.1\.7:8080/ : /^N\/Aclient, not observed10\.2\.0\.5:\d+/
    );
    expect(await items.count()).toBe(6);
    expect(await outside.getByRole('link').count()).toBe(0);
    expect(await items.getByRole('link', { name: /^Open the record of/ }).count()).toBe(5);
  });

  it('ends an unanswered request at the last NIC that saw it', async () => {
    const items = await openPath(({ outcome }) => outcome === 'unanswered');
    const texts = await items.allTextContents();
    const ends = texts.flatMap((text, i) => (text.includes('last seen') ? [i] : []));
    const lastObserved = host === 'node-a' ? texts.length - 2 : texts.length - 1;
    expect(ends).toEqual([lastObserved]);
    expect(texts[lastObserved]).toContain(host === 'node-a' ? 'eth0' : 'orders-5d8b');
  });

  it('made no error', () => {
    expect(watched.faults).toEqual([]);
  });
});
