/**
 * The records of a list, sorted and cut to its limit.
 *
 * LogQL cannot sort. The newest come by themselves; for the slowest all lines of the range are read where they are few, and
 * where a first page says that they are not, a second query asks above which value the slowest lie, and a third reads those.
 * The worst are what a line filter finds: what failed or was retransmitted.
 */
import { END_REASONS, type L4Record, type L7Record, OUTCOMES } from '@bpfnet/flow-model';
import { foldRequests } from '../path/fold-requests';
import { orderPath } from '../path/path-order';
import { oncePerNic, pathPointOf } from '../path/exchange-at-nic';
import { DataError } from '../data-error';
import { RETRANSMISSION_FIELDS, retransmissionsOf } from '../plan/filter-parts';
import { fieldIsOrCountIsPositive, type LineFilter } from '../plan/line-filters';
import { type ListPlan } from '../plan/list-plan';
import { logql, type LogqlParts } from '../plan/logql';
import { quantileOf } from '../plan/metric-logql';
import { type Note } from '../plan/note-text';
import { type TimeWindow, windowSeconds } from '../plan/time-window';
import { MAX_LINES } from '../query/flow-query';
import { compareWorstFirst } from './choose-request';
import { type LokiClient } from '../loki/loki-client';
import { PAGE_LINES } from '../loki/paged-loki';
import { type ReadRecords, readRecords, type Stored, type StoredL7 } from './record-reader';

interface ListRead<R> {
  readonly rows: ReadonlyArray<Stored<R>>;
  readonly notes: readonly Note[];
  /** NICs that saw each row's request, where rows are folded. */
  readonly nicsSeen?: readonly number[];
}

interface ListOptions {
  readonly window: TimeWindow;
  readonly signal: AbortSignal;
}

/** A request is seen by this many NICs or fewer, mostly. */
const NICS_PER_REQUEST = 12;

export async function readL7List(
  client: LokiClient,
  plan: ListPlan<L7Record>,
  { fold, ...options }: ListOptions & { readonly fold: 'nic' | 'request' }
): Promise<ListRead<L7Record>> {
  const folded = fold === 'request';
  const lines = folded ? Math.min(MAX_LINES, plan.limit * NICS_PER_REQUEST) : plan.limit;
  const { records, notes } = await readSorted(client, { ...plan, limit: lines }, L7_ORDER, options);
  if (!folded) {
    return { rows: plan.ofOneRequest === true ? alongPath(records) : records, notes };
  }
  const requests = foldRequests<StoredL7>(records).slice(0, plan.limit);
  return { rows: requests.map(({ span }) => span), nicsSeen: requests.map(({ nics }) => nics), notes };
}

/** One request's records, client first. */
export function alongPath(records: readonly StoredL7[]): readonly StoredL7[] {
  return orderPath(oncePerNic(records).map(pathPointOf)).points.map(({ span }) => span);
}

export async function readL4List(
  client: LokiClient,
  plan: ListPlan<L4Record>,
  options: ListOptions
): Promise<ListRead<L4Record>> {
  const { records, notes } = await readSorted(client, plan, L4_ORDER, options);
  return { rows: records, notes };
}

/** What `slowest` and `worst` are measured by. */
interface Order<R> {
  readonly field: string;
  readonly slowness: (record: R) => number;
  /** Matches what failed or was retransmitted. */
  readonly bad: LineFilter;
  readonly worstFirst: (a: R, b: R) => number;
}

const L7_ORDER: Order<L7Record> = {
  field: 'latency_ms',
  slowness: (record) => record.latency_ms,
  bad: fieldIsOrCountIsPositive(
    'outcome',
    OUTCOMES.filter((outcome) => outcome !== 'ok'),
    RETRANSMISSION_FIELDS
  ),
  worstFirst: compareWorstFirst,
};

/** How a connection may end badly. */
const BAD_ENDS = END_REASONS.filter(
  (reason) => !['closed', 'capture_ended', 'evicted', 'port_reused'].includes(reason)
);

const L4_ORDER: Order<L4Record> = {
  field: 'tcp_rtt',
  slowness: (record) => record.tcp_rtt ?? -1,
  bad: fieldIsOrCountIsPositive('end_reason', BAD_ENDS, RETRANSMISSION_FIELDS),
  worstFirst: (a, b) =>
    Number(endedBadly(b)) - Number(endedBadly(a)) ||
    retransmissionsOf(b) - retransmissionsOf(a) ||
    (b.tcp_rtt ?? -1) - (a.tcp_rtt ?? -1),
};

function endedBadly({ end_reason }: L4Record): boolean {
  return end_reason !== undefined && BAD_ENDS.includes(end_reason);
}

type Sorted<R> = Pick<ReadRecords<R>, 'records' | 'notes'>;

async function readSorted<R extends L4Record | L7Record>(
  client: LokiClient,
  plan: ListPlan<R>,
  order: Order<R>,
  options: ListOptions
): Promise<Sorted<R>> {
  switch (plan.sort) {
    case 'newest':
      return readNewest(client, plan, options);
    case 'slowest':
      return readSlowest(client, plan, order, options);
    case 'worst':
      return readWorst(client, plan, order, options);
  }
}

function readParts<R>(
  client: LokiClient,
  parts: LogqlParts,
  { window, signal, maxLines }: ListOptions & { readonly maxLines: number }
): Promise<ReadRecords<R>> {
  const query = { source: parts.source, logql: logql(parts), window, maxLines };
  return readRecords(client, query, signal) as unknown as Promise<ReadRecords<R>>;
}

async function readNewest<R>(client: LokiClient, plan: ListPlan<R>, options: ListOptions): Promise<Sorted<R>> {
  const newest = await readParts<R>(client, plan.parts, { ...options, maxLines: plan.limit });
  // A list that ends at its own limit is no news.
  const notes = newest.notes.filter(({ kind }) => kind !== 'limit');
  return { records: newest.records.filter(({ record }) => plan.accepts(record)), notes };
}

/** What failed or was retransmitted is read by itself, since there may be little of it among much; the slowest fill the rest. */
async function readWorst<R extends L4Record | L7Record>(
  client: LokiClient,
  plan: ListPlan<R>,
  order: Order<R>,
  options: ListOptions
): Promise<Sorted<R>> {
  const bad: LogqlParts = { ...plan.parts, lineFilters: [...plan.parts.lineFilters, order.bad] };
  const [worst, slowest] = await Promise.all([
    readParts<R>(client, bad, { ...options, maxLines: MAX_LINES }),
    readSlowest(client, plan, order, options),
  ]);
  const records = onceEach([worst, slowest])
    .filter(({ record }) => plan.accepts(record))
    .sort((a, b) => order.worstFirst(a.record, b.record))
    .slice(0, plan.limit);
  return { records, notes: [...sortedNotes(worst, 'worst'), ...slowest.notes] };
}

async function readSlowest<R extends L4Record | L7Record>(
  client: LokiClient,
  plan: ListPlan<R>,
  order: Order<R>,
  options: ListOptions
): Promise<Sorted<R>> {
  const slowestOf = (...reads: ReadonlyArray<Sorted<R>>) =>
    onceEach(reads)
      .filter(({ record }) => plan.accepts(record))
      .sort((a, b) => order.slowness(b.record) - order.slowness(a.record))
      .slice(0, plan.limit);

  const newest = await readParts<R>(client, plan.parts, { ...options, maxLines: PAGE_LINES });
  if (!newest.limitHit) {
    return { records: slowestOf(newest), notes: newest.notes };
  }
  const expected = expectedLines(newest, options.window);
  const threshold =
    expected <= MAX_LINES
      ? undefined
      : await slowThreshold(client, { parts: plan.parts, field: order.field, expected }, options);
  if (threshold === undefined) {
    const all = await readParts<R>(client, plan.parts, { ...options, maxLines: MAX_LINES });
    return { records: slowestOf(all), notes: sortedNotes(all, 'slowest') };
  }
  const slow: LogqlParts = {
    ...plan.parts,
    conditions: [{ kind: 'atLeast', anyOf: [order.field], value: threshold }, ...(plan.parts.conditions ?? [])],
  };
  const above = await readParts<R>(client, slow, { ...options, maxLines: MAX_LINES });
  return { records: slowestOf(newest, above), notes: above.notes };
}

function sortedNotes<R>({ notes, limitHit }: ReadRecords<R>, sort: 'slowest' | 'worst'): readonly Note[] {
  return limitHit ? [...notes, { kind: 'sorted-newest', sort }] : notes;
}

function onceEach<R>(reads: ReadonlyArray<Sorted<R>>): Array<Stored<R>> {
  return [...new Map(reads.flatMap(({ records }) => records).map((one) => [`${one.tsNs} ${one.line}`, one])).values()];
}

interface Threshold {
  readonly parts: LogqlParts;
  readonly field: string;
  /** Lines of the range. */
  readonly expected: number;
}

/** Lines of the range, judging by what the newest of them span. */
function expectedLines({ records }: ReadRecords<L4Record | L7Record>, window: TimeWindow): number {
  const oldest = records[records.length - 1]?.tsNs ?? window.fromNs;
  const covered = Math.max(Number(window.toNs - oldest) / 1e9, 0.001);
  return (records.length * windowSeconds(window)) / covered;
}

/** The value above which about half an answer's lines lie. */
async function slowThreshold(
  client: LokiClient,
  { parts, field, expected }: Threshold,
  { window, signal }: ListOptions
): Promise<number | undefined> {
  const share = Math.max(0, Math.min(0.999999, 1 - MAX_LINES / 2 / expected));
  try {
    const query = quantileOf(parts, field, { share, seconds: windowSeconds(window) });
    const samples = await client.instant(query, window.toNs, signal);
    return samples.map(({ value }) => value).find(Number.isFinite);
  } catch (error) {
    // A store that limits metric queries more tightly still shows the list.
    if (error instanceof DataError && ['refused', 'too-many-queries'].includes(error.problem.kind)) {
      return undefined;
    }
    throw error;
  }
}
