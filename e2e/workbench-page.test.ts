/**
 * The page in a real Chromium: it loads the built plugin, shows what the store holds, goes from the list to one request in
 * place, and asks nobody but its own server.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type L7Record, streamLabels } from '@bpfnet/flow-model';
import { startStore } from '@bpfnet/embedded-loki';
import { startWorkbench, type Workbench } from '@bpfnet/workbench';
import { type Browser, chromium, type Page } from 'playwright-core';

const ROOT = path.join(__dirname, '..');
const DIST = path.join(ROOT, 'dist');
const PAGE = path.join(ROOT, 'workbench/dist/page');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const REQUEST_ID = '0123456789abcdef';
const NICS = [
  { host: 'node-a', nic_name: 'eth0', netns: 'cart-7f9c', k8s_pod_name: 'cart-7f9c' },
  { host: 'node-a', nic_name: 'veth1', netns: 'host' },
  { host: 'node-b', nic_name: 'eth0', netns: 'host' },
] as const;

function span(index: number): L7Record {
  return {
    v: 1,
    ...NICS[index],
    direction: 'outgoing',
    src_ip: '10.1.1.4',
    src_port: 41230,
    dst_ip: '10.96.0.80',
    dst_port: 80,
    client_ip: '10.1.1.4',
    client_port: 41230,
    server_ip: '10.96.0.80',
    server_port: 80,
    l4_proto: 'tcp',
    l7_proto: 'http',
    inner_traceid: String(index).repeat(32),
    nic_traceid: '1_2',
    community_id: '1:wCb3OG7yAFWelaUydu0D+125CLM=',
    request_id: REQUEST_ID,
    latency_ms: 412.6 - index,
    cost_resp_wait: 204.1,
    tx_packets: 3,
    rx_packets: 4,
    tx_bytes: 212,
    rx_bytes: 15928,
    tx_retrans: 0,
    rx_retrans: 1,
    pkt_chunk_range: [1, 1],
    outcome: 'ok',
    l7_op: 'GET',
    l7_resource: '/api/orders/<img src=x onerror=alert(1)>',
    l7_status: '200',
    req_seq: 2,
    resp_seq: 3,
  };
}

async function push(storeUrl: string): Promise<void> {
  const now = BigInt(Date.now() - 20_000) * BigInt(1_000_000);
  const streams = NICS.map(({ host }, index) => ({
    stream: streamLabels('bpf_net_l7_log', host, 3),
    values: [[String(now + BigInt(index * 100_000)), JSON.stringify(span(index))] as const],
  }));
  await postStreams(storeUrl, streams);
}

async function postStreams(storeUrl: string, streams: unknown): Promise<void> {
  const response = await fetch(`${storeUrl}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  expect(response.status).toBe(204);
}

const missing = [CHROMIUM, path.join(DIST, 'module.js'), path.join(PAGE, 'index.html')].filter((f) => !existsSync(f));
if (missing.length > 0) {
  console.warn(
    `workbench page: skipped, because ${missing.join(', ')} is missing (npm run build, apt install chromium)`
  );
}

(missing.length > 0 ? describe.skip : describe)('the workbench page', () => {
  let store: Awaited<ReturnType<typeof startStore>>;
  let workbench: Workbench;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let asked: URL[];

  beforeAll(async () => {
    store = await startStore({ port: 0, file: ':memory:' });
    workbench = await startWorkbench({
      port: 0,
      storeUrl: store.url,
      distDir: DIST,
      pageDir: PAGE,
      dashboardsDir: path.join(ROOT, 'provisioning/dashboards'),
    });
    await push(store.url);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await workbench?.close();
    await store?.close();
  }, 30_000);

  beforeEach(async () => {
    complaints = [];
    asked = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('request', (request) => asked.push(new URL(request.url())));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  });

  afterEach(async () => {
    await page.close();
  });

  const seconds = 30_000;

  it('goes from the list of dashboards over a request to its own page, and asks nobody else', async () => {
    await page.goto(workbench.url);
    await page.getByTestId('dashboard-bpfnet-requests').getByRole('link').click();
    await page.getByTestId('dashboard-page-bpfnet-requests').waitFor();

    const link = page
      .getByTestId('core-table')
      .getByRole('link', { name: /^\/api\/orders/ })
      .first();
    await link.waitFor({ timeout: seconds });
    expect(await page.getByTestId('core-table').getByText('412.6 ms').count()).toBeGreaterThan(0);

    await page.evaluate('window.samePage = true');
    await link.click();
    await page.getByTestId('dashboard-page-bpfnet-request').waitFor();
    expect(await page.evaluate('window.samePage === true')).toBe(true);
    const { searchParams } = new URL(page.url());
    expect(searchParams.get('var-request_id')).toBe(REQUEST_ID);
    expect(searchParams.get('var-flow_shard')).toBe('3');
    // From a moment that stays to a now that goes on: the page can be passed on, and late records still show.
    const from = searchParams.get('from') ?? '';
    expect(Number(from) || Date.parse(from)).toBeGreaterThan(Date.now() - 10 * 60_000);
    expect(searchParams.get('to')).toBe('now');

    // Every NIC in the table, every record below it.
    const table = page.getByTestId('core-table');
    await table.getByText('veth1').first().waitFor({ timeout: seconds });
    await page.getByTestId('core-logs').waitFor({ timeout: seconds });
    expect(await page.getByTestId('core-logs').getByRole('button').count()).toBe(NICS.length);

    await page.getByRole('link', { name: 'All requests' }).click();
    await page.getByTestId('dashboard-page-bpfnet-requests').waitFor();

    const strangers = asked.filter(
      (url) => url.origin !== workbench.url && url.protocol !== 'data:' && url.protocol !== 'blob:'
    );
    expect(strangers.map(String)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 120_000);

  it('filters by what is in the address', async () => {
    await page.goto(`${workbench.url}/d/bpfnet-requests?var-min_latency=100000`);
    await page.getByText('No records found in this time range').first().waitFor({ timeout: seconds });
    expect(await page.getByTestId('core-table').count()).toBe(0);
  }, 60_000);

  it('marks the events of a dashboard over the time axis of its graphs', async () => {
    const now = BigInt(Date.now() - 120_000) * 1_000_000n;
    const unanswered = Array.from({ length: 9 }, (_, at) => [
      String(now + BigInt(at * 1_000_000)),
      JSON.stringify({
        ...span(0),
        request_id: `${'feed'.repeat(3)}000${at}`,
        outcome: 'unanswered',
        l7_status: undefined,
      }),
    ]);
    await postStreams(store.url, [{ stream: streamLabels('bpf_net_l7_log', 'node-a', 5), values: unanswered }]);
    await page.goto(`${workbench.url}/d/bpfnet-requests?from=now-15m&to=now`);
    const mark = page.getByTestId('annotation-mark').first();
    await mark.waitFor({ timeout: seconds });
    expect(await page.getByTestId('core-timeseries').getByTestId('annotation-mark').count()).toBeGreaterThanOrEqual(3);
    await mark.focus();
    await page.getByRole('tooltip').getByText('Unanswered requests', { exact: true }).waitFor();
    await page.getByRole('tooltip').getByText('9 unanswered requests on node-a').waitFor();
    // Switched off, they are gone.
    await page.getByLabel('Events', { exact: true }).press('Space');
    await mark.waitFor({ state: 'detached', timeout: seconds });
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows light and dark', async () => {
    await page.goto(`${workbench.url}/?theme=light`);
    const background = () =>
      page.evaluate(`getComputedStyle(document.querySelector('[data-testid=workbench]')).backgroundColor`);
    await page.getByTestId('dashboard-list').waitFor();
    const light = await background();
    await page.getByTestId('theme-switch').click();
    await page.waitForFunction(`document.documentElement.dataset.theme === 'dark'`);
    expect(await background()).not.toBe(light);
    await page.goto(workbench.url);
    await page.getByTestId('dashboard-list').waitFor();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(complaints).toEqual([]);
  }, 60_000);

  it('says so where there is no such dashboard or page', async () => {
    await page.goto(`${workbench.url}/d/nowhere`);
    await page.getByTestId('dashboard-missing').waitFor();
    await page.goto(`${workbench.url}/nowhere`);
    await page.getByTestId('page-unknown').waitFor();
  }, 60_000);

  it('fits a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${workbench.url}/d/bpfnet-requests`);
    await page.getByTestId('core-timeseries').first().waitFor({ timeout: seconds });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  }, 60_000);
});
