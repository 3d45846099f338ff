/** The parameters of Loki's query endpoints, from the URL or a form body. Times are nanoseconds since 1970. */
import { parseDuration } from '../logql/literals';
import { DEFAULT_ENTRIES, MAX_ENTRIES, MAX_POINTS_PER_SERIES } from '../query/limits';
import { RequestError } from './request-error';

interface RangeParameters {
  readonly query: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepNs: bigint;
  readonly intervalNs: bigint;
  readonly limit: number;
  readonly backward: boolean;
}

interface TimeRange {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

const SECOND_NS = 1_000_000_000n;

export function readRangeParameters(form: URLSearchParams, nowNs: bigint): RangeParameters {
  const { startNs, endNs } = readTimeRange(form, nowNs);
  const stepNs = readStep(form, { startNs, endNs });
  const intervalNs = form.get('interval') ? readSeconds(form, 'interval') : 0n;
  if (intervalNs < 0n) {
    throw new RequestError(400, 'interval must be >= 0');
  }
  return {
    query: form.get('query') ?? '',
    startNs,
    endNs,
    stepNs,
    intervalNs,
    limit: readLimit(form),
    backward: readBackward(form),
  };
}

/** Nanoseconds; where none is given, about 250 steps. */
export function readStep(form: URLSearchParams, { startNs, endNs }: TimeRange): bigint {
  const stepNs = form.get('step') ? readSeconds(form, 'step') : defaultStep(endNs - startNs);
  if (stepNs <= 0n) {
    throw new RequestError(
      400,
      'zero or negative query resolution step widths are not accepted. Try a positive integer'
    );
  }
  if ((endNs - startNs) / stepNs > MAX_POINTS_PER_SERIES) {
    throw new RequestError(
      400,
      'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter'
    );
  }
  return stepNs;
}

export function readTimeRange(form: URLSearchParams, nowNs: bigint): TimeRange {
  const since = form.get('since');
  const sinceNs = since === null || since === '' ? 3_600 * 1e9 : parseDuration(since);
  if (sinceNs === undefined) {
    throw new RequestError(
      400,
      `could not parse 'since' parameter: not a valid duration string: ${JSON.stringify(since)}`
    );
  }
  const endNs = readTime(form, 'end', nowNs);
  const latest = endNs > nowNs ? nowNs : endNs;
  const startNs = readTime(form, 'start', latest - BigInt(Math.round(sinceNs)));
  if (endNs < startNs) {
    throw new RequestError(400, 'end timestamp must not be before or equal to start time');
  }
  return { startNs, endNs };
}

/** An instant query's `time`. */
export function readTime(form: URLSearchParams, name: string, fallback: bigint): bigint {
  const text = form.get(name);
  if (text === null || text === '') {
    return fallback;
  }
  if (/^-?\d*\.\d+$/.test(text)) {
    // As in Loki, fractions of a second count to the millisecond.
    const seconds = Math.trunc(Number(text));
    return BigInt(seconds) * SECOND_NS + BigInt(Math.round((Number(text) - seconds) * 1_000)) * 1_000_000n;
  }
  if (/^-?\d{1,19}$/.test(text)) {
    return text.length <= 10 ? BigInt(text) * SECOND_NS : BigInt(text);
  }
  const match = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  const milliseconds = match === null ? NaN : Date.parse(`${match[1]}${match[3]}`);
  if (match === null || Number.isNaN(milliseconds)) {
    throw new RequestError(
      400,
      `could not parse '${name}' parameter: ${JSON.stringify(text)} is neither nanoseconds, seconds nor RFC 3339`
    );
  }
  return BigInt(milliseconds) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

export function readLimit(form: URLSearchParams): number {
  return form.get('limit') ? readWhole(form, 'limit') : DEFAULT_ENTRIES;
}

/** A whole number above 0 that must be given. */
export function readWhole(form: URLSearchParams, name: string): number {
  const text = form.get(name) ?? '';
  if (!/^[+-]?\d+$/.test(text)) {
    throw new RequestError(400, `${name} must be a whole number, not ${JSON.stringify(text)}`);
  }
  const number = Number(text);
  if (number <= 0) {
    throw new RequestError(400, `${name} must be a positive value`);
  }
  return number;
}

export function refuseLimitAbove(limit: number): void {
  if (limit > MAX_ENTRIES) {
    throw new RequestError(
      400,
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${MAX_ENTRIES})`
    );
  }
}

function readBackward(form: URLSearchParams): boolean {
  const text = form.get('direction') ?? '';
  const direction = text.toLowerCase();
  if (direction !== '' && direction !== 'forward' && direction !== 'backward') {
    throw new RequestError(400, `invalid direction '${text}'`);
  }
  return direction !== 'forward';
}

function readSeconds(form: URLSearchParams, name: string): bigint {
  const text = form.get(name) ?? '';
  const nanoseconds = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) * 1e9 : parseDuration(text);
  if (nanoseconds === undefined) {
    throw new RequestError(400, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  }
  return BigInt(Math.round(nanoseconds));
}

/** About 250 points, and whole seconds. */
function defaultStep(rangeNs: bigint): bigint {
  const seconds = rangeNs / SECOND_NS / 250n;
  return (seconds > 1n ? seconds : 1n) * SECOND_NS;
}
