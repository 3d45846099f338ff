/**
 * A request as a trace: one span per NIC, each inside the one before it on the path.
 *
 * Clocks of hosts differ. Where the difference is known, starts are put on the first host's clock; where it is not, a span starts in the
 * middle of the round trip, and says so.
 */
import { orderPath } from '../../path/path-order';
import { isAnswered, oncePerNic, pathPointOf, type ExchangeAtNic } from '../../path/exchange-at-nic';

export interface NicSpan<S extends ExchangeAtNic> {
  readonly span: S;
  /** `inner_traceid` of the NIC before; undefined at the first. */
  readonly parent: string | undefined;
  /** ns since the Unix epoch, on the first host's clock. */
  readonly startNs: bigint;
  readonly durationMs: number;
  /** Its start was not measured, but put in the middle. */
  readonly placed: boolean;
}

/** @param shiftNs what to add to a host's times to have them on the first host's clock; hosts that are not in it are not known */
export function nicSpans<S extends ExchangeAtNic>(
  spans: readonly S[],
  shiftNs: Readonly<Record<string, number>> = {}
): ReadonlyArray<NicSpan<S>> {
  const path = orderPath(oncePerNic(spans).map(pathPointOf)).points.map(({ span }) => span);
  const placedSpans: Array<NicSpan<S>> = [];
  for (const span of path) {
    const before = placedSpans[placedSpans.length - 1];
    const { host, latency_ms } = span.record;
    const shift: number | undefined = shiftNs[host];
    const sameHost = before?.span.record.host === host;
    const startNs =
      before === undefined
        ? span.tsNs
        : sameHost
          ? before.startNs + (span.tsNs - before.span.tsNs)
          : shift !== undefined
            ? span.tsNs + BigInt(Math.round(shift))
            : before.startNs + middleOf(before.span, span);
    placedSpans.push({
      span,
      parent: before?.span.record.inner_traceid,
      startNs,
      durationMs: latency_ms,
      placed: before !== undefined && !sameHost && shift === undefined,
    });
  }
  return placedSpans;
}

function middleOf(before: ExchangeAtNic, after: ExchangeAtNic): bigint {
  if (!isAnswered(before.record.outcome) || !isAnswered(after.record.outcome)) {
    return 0n;
  }
  return BigInt(Math.round((Math.max(0, before.record.latency_ms - after.record.latency_ms) / 2) * 1e6));
}
