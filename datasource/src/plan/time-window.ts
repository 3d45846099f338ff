/** A span of time to read, nanoseconds since the Unix epoch; `toNs` is not in it. */
export interface TimeWindow {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

const NS_PER_MS = BigInt(1_000_000);

/** A chunk spans up to 30 s, and one that falls silent is written 30 s later; the rest is for late clocks. */
const CHUNK_MARGIN_MS = 65_000;

export function windowOfMs(fromMs: number, toMs: number): TimeWindow {
  return { fromNs: BigInt(Math.trunc(fromMs)) * NS_PER_MS, toNs: BigInt(Math.ceil(toMs)) * NS_PER_MS + BigInt(1) };
}

export function windowSeconds({ fromNs, toNs }: TimeWindow): number {
  return Number(toNs - fromNs) / 1e9;
}

/** `45 min`, `3.5 h`. */
export function windowText(window: TimeWindow): string {
  const minutes = Math.round(windowSeconds(window) / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}

interface Happened {
  readonly tsNs: bigint;
  readonly latencyMs: number;
}

/** Where the chunks lie that hold the packets of spans: their time, their latency, and what a chunk may span around it. */
export function windowAround(spans: readonly Happened[], within: TimeWindow): TimeWindow {
  if (spans.length === 0) {
    return within;
  }
  const margin = BigInt(CHUNK_MARGIN_MS) * NS_PER_MS;
  let fromNs = spans[0].tsNs;
  let toNs = spans[0].tsNs;
  for (const span of spans) {
    const endNs = span.tsNs + BigInt(Math.ceil(span.latencyMs * 1e6));
    fromNs = span.tsNs < fromNs ? span.tsNs : fromNs;
    toNs = endNs > toNs ? endNs : toNs;
  }
  return { fromNs: fromNs - margin, toNs: toNs + margin };
}

/** Clocks of hosts differ, and a request may have waited for its answer until a timeout. */
const MOMENT_MARGIN_MS = 65_000;

/** What is read first where the moment is known, inside the window or not; the window itself where it is unknown. */
export function windowAt(atNs: bigint | undefined, within: TimeWindow): TimeWindow {
  if (atNs === undefined) {
    return within;
  }
  const margin = BigInt(MOMENT_MARGIN_MS) * NS_PER_MS;
  return { fromNs: atNs - margin, toNs: atNs + margin };
}

/** What is searched first for a search term that may be anywhere: the newest part of a window, since most questions are about what is recent. */
const NEWEST_SHARE = 8n;
const LEAST_NEWEST_MS = 900_000;

/** A window in steps, the newest first; one step where it is short. */
export function stepsBack(window: TimeWindow): readonly TimeWindow[] {
  const { fromNs, toNs } = window;
  const least = BigInt(LEAST_NEWEST_MS) * NS_PER_MS;
  const share = (toNs - fromNs) / NEWEST_SHARE;
  const edgeNs = toNs - (share > least ? share : least);
  return edgeNs <= fromNs
    ? [window]
    : [
        { fromNs: edgeNs, toNs },
        { fromNs, toNs: edgeNs },
      ];
}

const CLOCKS_MS = 30_000;

/** Where to find connections whose packets show the hosts' clocks at the time of a request: clocks drift little meanwhile. */
export function clockWindow(spans: readonly Happened[]): TimeWindow {
  const margin = BigInt(CLOCKS_MS) * NS_PER_MS;
  const times = spans.map(({ tsNs }) => tsNs);
  const [first, last] = [times.reduce((a, b) => (b < a ? b : a)), times.reduce((a, b) => (b > a ? b : a))];
  return { fromNs: first - margin, toNs: last + margin };
}

const NAME_LOOK_UP_MS = 20_000;

/** Where the name look-up lies that led to a request: shortly before its connection, which is before the request. */
export function nameWindow(spans: readonly Happened[]): TimeWindow {
  const first = spans.map(({ tsNs }) => tsNs).reduce((a, b) => (b < a ? b : a));
  const last = spans.map(({ tsNs }) => tsNs).reduce((a, b) => (b > a ? b : a));
  return { fromNs: first - BigInt(NAME_LOOK_UP_MS) * NS_PER_MS, toNs: last + NS_PER_MS };
}

const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** A step that gives no more than so many points. */
export function stepSecondsOf(rangeSeconds: number, maxPoints: number): number {
  const least = rangeSeconds / Math.max(1, maxPoints);
  return STEPS_SECONDS.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}
