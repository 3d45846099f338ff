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
