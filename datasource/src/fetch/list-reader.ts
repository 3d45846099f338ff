/**
 * The records of a list, sorted and cut to its limit.
 *
 * LogQL cannot sort. The newest come by themselves; for the slowest all lines of the range are read where they are few, and
 * where a first page says that they are not, a second query asks above which value the slowest lie, and a third reads those.
 */
import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { foldRequests } from '../correlate/fold-requests';
import { orderPath } from '../correlate/path-order';
import { oncePerNic, pathPointOf } from '../correlate/span-at-nic';
import { DataError } from '../data-error';
import { type ListPlan } from '../plan/list-plan';
import { logql, type LogqlParts, quantileOf } from '../plan/logql';
import { type TimeWindow, windowSeconds } from '../plan/time-window';
import { MAX_LINES } from '../query/flow-query';
import { type LokiClient } from './loki-client';
import { PAGE_LINES } from './paged-loki';
import { type ReadRecords, readRecords, type Stored, type StoredL7 } from './record-reader';

export interface ListRead<R> {
  readonly rows: ReadonlyArray<Stored<R>>;
  readonly notes: readonly string[];
  /** NICs that saw each row's request, where rows are folded. */
  readonly nicsSeen?: readonly number[];
}

export interface ListOptions {
  readonly window: TimeWindow;
  readonly signal: AbortSignal;
}

/** A request is seen by this many NICs or fewer, mostly. */
const NICS_A_REQUEST = 12;

export async function readL7List(
  client: LokiClient,
  plan: ListPlan<L7Record>,
  { fold, ...options }: ListOptions & { readonly fold: 'nic' | 'request' }
): Promise<ListRead<L7Record>> {
  const folded = fold === 'request';
  const lines = folded ? Math.min(MAX_LINES, plan.limit * NICS_A_REQUEST) : plan.limit;
  const { records, notes } = await readSorted(client, { ...plan, limit: lines }, SLOWNESS_L7, options);
  if (!folded) {
    return { rows: plan.ofOneRequest === true ? alongPath(records) : records, notes };
  }
  const requests = foldRequests<StoredL7>(records).slice(0, plan.limit);
  return { rows: requests.map(({ span }) => span), nicsSeen: requests.map(({ nics }) => nics), notes };
}

function alongPath(records: readonly StoredL7[]): readonly StoredL7[] {
  return orderPath(oncePerNic(records).map(pathPointOf)).points.map(({ span }) => span);
}

export async function readL4List(
  client: LokiClient,
  plan: ListPlan<L4Record>,
  options: ListOptions
): Promise<ListRead<L4Record>> {
  const { records, notes } = await readSorted(client, plan, SLOWNESS_L4, options);
  return { rows: records, notes };
}

/** What `slowest` is measured by. */
interface Slowness<R> {
  readonly field: string;
  readonly of: (record: R) => number;
}

const SLOWNESS_L7: Slowness<L7Record> = { field: 'latency_ms', of: (record) => record.latency_ms };
const SLOWNESS_L4: Slowness<L4Record> = { field: 'tcp_rtt', of: (record) => record.tcp_rtt ?? -1 };

async function readSorted<R extends L4Record | L7Record>(
  client: LokiClient,
  plan: ListPlan<R>,
  slowness: Slowness<R>,
  options: ListOptions
): Promise<Pick<ReadRecords<R>, 'records' | 'notes'>> {
  const read = (parts: LogqlParts, maxLines: number) =>
    readRecords(
      client,
      { source: parts.source, logql: logql(parts), window: options.window, maxLines },
      options.signal
    ) as unknown as Promise<ReadRecords<R>>;

  if (plan.sort === 'newest') {
    const newest = await read(plan.parts, plan.limit);
    // A list that ends at its own limit is no news.
    const notes = newest.limitHit ? newest.notes.filter((note) => !note.startsWith('Only the newest')) : newest.notes;
    return { records: newest.records.filter(({ record }) => plan.accepts(record)), notes };
  }

  const slowestOf = (...reads: ReadonlyArray<ReadRecords<R>>) => {
    const lines = new Map(reads.flatMap(({ records }) => records).map((one) => [`${one.tsNs} ${one.line}`, one]));
    return [...lines.values()]
      .filter(({ record }) => plan.accepts(record))
      .sort((a, b) => slowness.of(b.record) - slowness.of(a.record))
      .slice(0, plan.limit);
  };

  const newest = await read(plan.parts, PAGE_LINES);
  if (!newest.limitHit) {
    return { records: slowestOf(newest), notes: newest.notes };
  }
  const expected = expectedLines(newest, options.window);
  const threshold =
    expected <= MAX_LINES
      ? undefined
      : await slowThreshold(client, { parts: plan.parts, field: slowness.field, expected }, options);
  if (threshold === undefined) {
    const all = await read(plan.parts, MAX_LINES);
    const notes = all.limitHit ? [...all.notes, 'The slowest are those of the newest lines.'] : all.notes;
    return { records: slowestOf(all), notes };
  }
  const slow = await read(
    {
      ...plan.parts,
      conditions: [{ kind: 'atLeast', anyOf: [slowness.field], value: threshold }, ...(plan.parts.conditions ?? [])],
    },
    MAX_LINES
  );
  return { records: slowestOf(newest, slow), notes: slow.notes };
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
    const samples = await client.instant(quantileOf(parts, field, share, windowSeconds(window)), window.toNs, signal);
    return samples.map(({ value }) => value).find(Number.isFinite);
  } catch (error) {
    // A store that limits metric queries more tightly still shows the list.
    if (error instanceof DataError && error.problem.kind === 'refused') {
      return undefined;
    }
    throw error;
  }
}
