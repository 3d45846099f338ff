/**
 * Makes the picture in the README: `npx tsx scripts/screenshot.ts [file.png]`. Starts the demo, makes the wire between its hosts
 * lose packets, waits for a translated request that was slowed down by it, and takes the page of that request.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { decodeLine, type L7Record } from '@bpfnet/flow-model';
import { type Browser } from 'playwright-core';
import { launchBrowser } from '../e2e/support/browser';
import { BUILD_PARTS, buildStale } from './build-parts';
import { type Demo, startDemo } from './demo/demo';

const LOSS = 0.1;
const WAIT_MS = 120_000;
const NICS_ON_THE_PATH = 10;
const SETTLE_MS = 3000;
const say = (line: string) => console.error(`screenshot: ${line}`);

interface Candidate {
  readonly requestId: string;
  readonly shard: string;
}

async function main(file: string): Promise<void> {
  await buildStale(BUILD_PARTS, say);
  const demo = await startDemo({ storePort: 0, workbenchPort: 0, rate: 8, say, detail: () => undefined });
  let browser: Browser | undefined;
  try {
    if (demo.laboratory === undefined) {
      throw new Error('The picture needs the laboratory: run this where network namespaces can be made.');
    }
    await demo.laboratory.setFault({ loss: LOSS });
    const request = await slowedDown(demo);
    say(`request ${request.requestId}`);
    browser = await launchBrowser();
    await takePicture(browser, { demo, request, file });
    say(`wrote ${file}`);
  } finally {
    await browser?.close();
    await demo.stop();
  }
}

/** A request through address translation that every NIC saw, with a retransmission in its exchange. */
async function slowedDown({ storeUrl }: Demo): Promise<Candidate> {
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const byRequest = new Map<string, Array<{ readonly record: L7Record; readonly shard: string }>>();
    for (const seen of await recentRequests(storeUrl)) {
      const { request_id } = seen.record;
      byRequest.set(request_id, [...(byRequest.get(request_id) ?? []), seen]);
    }
    for (const [requestId, seen] of byRequest) {
      const records = seen.map(({ record }) => record);
      const translated = new Set(records.map(({ server_ip }) => server_ip)).size > 1;
      const resent = records.some(({ tx_retrans, rx_retrans }) => (tx_retrans ?? 0) + (rx_retrans ?? 0) > 0);
      const fewPackets = records.every(({ tx_packets, rx_packets }) => tx_packets + rx_packets < 16);
      const answered = records.every(({ outcome }) => outcome === 'ok');
      if (records.length === NICS_ON_THE_PATH && translated && resent && fewPackets && answered) {
        return { requestId, shard: seen[0].shard };
      }
    }
  }
  throw new Error(`No translated request with a retransmission within ${WAIT_MS / 1000} s.`);
}

interface QueryAnswer {
  readonly data: {
    readonly result: ReadonlyArray<{
      readonly stream: Readonly<Record<string, string>>;
      readonly values: ReadonlyArray<readonly [string, string]>;
    }>;
  };
}

async function recentRequests(storeUrl: string): Promise<ReadonlyArray<{ record: L7Record; shard: string }>> {
  const query = new URLSearchParams({ query: '{source="bpf_net_l7_log"}', limit: '4000', since: '5m' });
  const response = await fetch(`${storeUrl}/loki/api/v1/query_range?${query}`);
  const { data } = (await response.json()) as QueryAnswer;
  return data.result.flatMap(({ stream, values }) =>
    values.flatMap(([, line]) => {
      const decoded = decodeLine('bpf_net_l7_log', line);
      return decoded.ok && decoded.value.source === 'bpf_net_l7_log'
        ? [{ record: decoded.value.record, shard: stream.flow_shard }]
        : [];
    })
  );
}

interface Picture {
  readonly demo: Demo;
  readonly request: Candidate;
  readonly file: string;
}

async function takePicture(browser: Browser, { demo, request, file }: Picture): Promise<void> {
  // Packets of a connection that goes on are written when a chunk is full or 30 s old: stopping writes them now.
  await demo.stopCapture();
  const page = await browser.newPage({ viewport: { width: 1280, height: 1860 } });
  const ids = `var-request_id=${request.requestId}&var-flow_shard=${request.shard}`;
  await page.goto(`${demo.url}/d/bpfnet-request?${ids}&from=now-15m&to=now&theme=dark`);
  await page.getByRole('list', { name: 'NICs from client to server' }).getByRole('listitem').first().waitFor();
  await page.getByRole('grid', { name: 'Packet sequence' }).waitFor();
  await page.waitForTimeout(SETTLE_MS);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
}

main(path.resolve(process.argv[2] ?? path.join(__dirname, '../docs/img/request-page.png'))).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
