/**
 * The panel in a real Chromium, beside a plain table and an SVG ladder of the same packets:
 * `npm run bench -- packet-sequence [--packets 100000] [--only panel] [--json]`. First paint counts from handing over the frame to the next frame on
 * the screen; `…_cpu_ms` is what the page's main thread works for that, for each frame of scrolling and zooming, and tells more than frames per second where others use the
 * machine: an idle browser gives 60 at most, and `floor_fps` with an empty canvas. Memory is the page's JavaScript heap and its typed arrays after a collection. The peers get 20 000 packets
 * at most, for with 100 000 their pages take minutes.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, type Page } from 'playwright-core';
import { launchBrowser } from '../../../e2e/support/browser';
import { bundlePage } from '../../shared/bench/bundle-page';

type Kind = 'panel' | 'table' | 'svg';

interface Figures {
  readonly kind: Kind;
  readonly packets: number;
  readonly first_paint_ms: number;
  readonly scroll_fps: number;
  readonly zoom_fps: number | null;
  readonly search_ms: number | null;
  readonly floor_fps: number;
  readonly first_paint_cpu_ms: number;
  readonly scroll_cpu_ms: number;
  readonly zoom_cpu_ms: number | null;
  readonly heap_mb: number;
}

const PEERS_UP_TO = 20_000;
const SEARCHES = ['14481', 'len>1000', 'retransmission', '/api/orders/4000'];
const REPEATS = 3;
const SCROLL_FRAMES = 120;
const ZOOM_FRAMES = 60;

export const bench = {
  name: 'packet-sequence',
  async run(args: readonly string[]) {
    const { values } = parseArgs({
      args: [...args],
      options: { packets: { type: 'string', default: '100000,1000000' }, only: { type: 'string' } },
    });
    const script = await bundlePage(path.join(__dirname, 'page.tsx'));
    const browser = await launchBrowser();
    const rows: Figures[] = [];
    try {
      for (const packets of values.packets.split(',').map(Number)) {
        for (const kind of ['panel', 'table', 'svg'] as const) {
          const shown = kind === 'panel' ? packets : Math.min(packets, PEERS_UP_TO);
          const isDone = rows.some((row) => row.kind === kind && row.packets === shown);
          if (!isDone && (values.only ?? kind) === kind) {
            rows.push(await best(browser, script, kind, shown));
          }
        }
      }
    } finally {
      await browser.close();
    }
    const [first] = rows;
    return { rows: rows.map((row) => ({ ...row })), json: { ...first, cases: rows } };
  },
};

/** Of several fresh pages the quickest first paint: what others do on the machine only ever adds. */
async function best(browser: Browser, script: string, kind: Kind, packets: number): Promise<Figures> {
  const runs: Figures[] = [];
  for (let i = 0; i < (kind === 'panel' ? REPEATS : 1); i++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    try {
      runs.push(await measure(page, script, kind, packets));
    } finally {
      await page.close();
    }
  }
  const least = (of: (run: Figures) => number | null) => Math.min(...runs.map((run) => of(run) ?? Infinity));
  const most = (of: (run: Figures) => number | null) => Math.max(...runs.map((run) => of(run) ?? 0));
  return {
    ...runs[0],
    first_paint_ms: least((run) => run.first_paint_ms),
    scroll_fps: most((run) => run.scroll_fps),
    floor_fps: most((run) => run.floor_fps),
    first_paint_cpu_ms: least((run) => run.first_paint_cpu_ms),
    scroll_cpu_ms: least((run) => run.scroll_cpu_ms),
    zoom_fps: kind === 'panel' ? most((run) => run.zoom_fps) : null,
    zoom_cpu_ms: kind === 'panel' ? least((run) => run.zoom_cpu_ms) : null,
    search_ms: kind === 'panel' ? least((run) => run.search_ms) : null,
  };
}

async function measure(page: Page, script: string, kind: Kind, packets: number): Promise<Figures> {
  await page.setContent('<!doctype html><body style="margin:0"><div id="root"></div></body>');
  await page.addScriptTag({ content: script });
  const run = (call: string) => page.evaluate<number>(`bench.${call}`);
  const work = await mainThreadWork(page);
  const floor = await run('floor()');
  if (kind === 'panel') {
    // Compiled code is what a second look at a page meets; a dashboard's first panel warms it up alike.
    await run('prepare(2000)');
    await run(`firstPaint('panel')`);
    await run('close()');
  }
  await run(`prepare(${packets})`);
  const firstPaint = await work(() => run(`firstPaint('${kind}')`));
  const scroll = await work(() => run(`scroll(${SCROLL_FRAMES})`));
  await run('jumpTo(0.9)');
  const zoom = kind === 'panel' ? await work(() => run(`zoom(${ZOOM_FRAMES})`)) : null;
  const searches: number[] = [];
  for (const text of kind === 'panel' ? SEARCHES : []) {
    searches.push(await run(`search('${text}')`));
  }
  return {
    kind,
    packets,
    first_paint_ms: rounded(firstPaint.result),
    scroll_fps: rounded(scroll.result),
    zoom_fps: zoom === null ? null : rounded(zoom.result),
    search_ms: searches.length === 0 ? null : rounded(Math.max(...searches)),
    heap_mb: await heapMb(page),
    floor_fps: rounded(floor),
    first_paint_cpu_ms: rounded(firstPaint.cpuMs),
    scroll_cpu_ms: rounded(scroll.cpuMs / SCROLL_FRAMES),
    zoom_cpu_ms: zoom === null ? null : rounded(zoom.cpuMs / ZOOM_FRAMES),
  };
}

/** Runs something in the page and says how long its main thread worked meanwhile. */
async function mainThreadWork(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const workedMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
  };
  return async (run: () => Promise<number>) => {
    const before = await workedMs();
    const result = await run();
    return { result, cpuMs: (await workedMs()) - before };
  };
}

async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const usage: { readonly usedSize: number; readonly backingStorageSize?: number } =
    await session.send('Runtime.getHeapUsage');
  return rounded((usage.usedSize + (usage.backingStorageSize ?? 0)) / 1e6);
}

const rounded = (n: number): number => Math.round(n * 10) / 10;
