/** Loki's HTTP API: what collectors, Grafana's Loki datasource and its alerting call. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Matcher } from '../logql/ast';
import { parseQuery, parseSelector } from '../logql/parse';
import { QueryError } from '../logql/query-error';
import { runLogQuery } from '../query/log-query';
import { runInstantQuery, runRangeQuery } from '../query/metric-query';
import { type QueryResult } from '../query/result';
import { type Appender } from '../storage/append';
import { type Reader, type Selection } from '../storage/select';
import { StorageError } from '../storage/storage-error';
import { type StreamIndex } from '../storage/stream-index';
import { type Counters } from './counters';
import { decompress, maxBodyBytes, readPush } from './push-body';
import {
  readLimit,
  readRangeParameters,
  readTime,
  readTimeRange,
  refuseLimitAbove,
  type TimeRange,
} from './query-parameters';
import { RequestError } from './request-error';
import { queryResponse } from './response-body';

export interface Store {
  readonly appender: Appender;
  readonly index: StreamIndex;
  readonly reader: Reader;
  readonly counters: Counters;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
}

export const prefix = '/loki/api/v1';

export function registerRoutes(app: FastifyInstance, store: Store): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_, body, done) => done(null, body));
  app.setErrorHandler((error, _, reply) => answerError(error, reply, store.counters));
  app.setNotFoundHandler((_, reply) => text(reply.code(404), '404 page not found\n'));

  app.get('/ready', (_, reply) => text(reply, 'ready\n'));
  app.get('/metrics', (_, reply) => text(reply, store.counters.text()));
  app.get(`${prefix}/status/buildinfo`, (_, reply) =>
    json(reply, { version: '3.4.0', revision: 'bpfnet', branch: '', buildUser: '', buildDate: '', goVersion: '' })
  );
  app.post(`${prefix}/push`, (request, reply) => push(request, reply, store));

  const query = (path: string, answer: (form: URLSearchParams, request: FastifyRequest) => Promise<unknown>) =>
    app.route({
      method: ['GET', 'POST'],
      url: `${prefix}${path}`,
      handler: async (request, reply) => json(reply, await answer(readForm(request), request)),
    });
  query('/query_range', (form, request) => timed(request, store, (work) => queryRange(form, store, work)));
  query('/query', (form, request) => timed(request, store, (work) => queryInstant(form, store, work)));
  query('/labels', async (form) => {
    const streams = await streamsInRange(form, store, optionalSelectors(form.getAll('query')));
    return listing(streams.flatMap(({ labels }) => labels.pairs.map(([name]) => name)));
  });
  query('/label/:name/values', async (form, request) => {
    const { name } = request.params as { readonly name: string };
    const streams = await streamsInRange(form, store, optionalSelectors(form.getAll('query')));
    return listing(
      streams.flatMap(({ labels }) => labels.pairs.flatMap(([key, value]) => (key === name ? [value] : [])))
    );
  });
  query('/series', async (form) => {
    const selectors = optionalSelectors([...form.getAll('match[]'), ...form.getAll('match')]);
    const streams = await streamsInRange(form, store, selectors);
    return { status: 'success', data: streams.map(({ labels }) => Object.fromEntries(labels.pairs)) };
  });
  query('/index/stats', async (form) => {
    const streams = store.index.select(parseSelector(form.get('query') ?? ''));
    const sizes =
      streams.length === 0
        ? []
        : await store.reader.read((snapshot) =>
            snapshot.streamSizes(wholeStreams(streams, readTimeRange(form, store.nowNs())))
          );
    const total = (of: (size: (typeof sizes)[number]) => number) => sizes.reduce((sum, size) => sum + of(size), 0);
    return {
      streams: sizes.length,
      chunks: sizes.length,
      bytes: total((s) => s.bytes),
      entries: total((s) => s.entries),
    };
  });
}

async function push(request: FastifyRequest, reply: FastifyReply, store: Store): Promise<FastifyReply> {
  const { counters } = store;
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'this store takes pushes as JSON: set Content-Type: application/json');
  }
  const body = await decompress(bodyOf(request), request.headers['content-encoding']);
  const { streams, rejections } = readPush(body);
  for (const { reason, entries } of rejections) {
    counters.add('store_entries_dropped_total', entries, { stage: 'push', reason });
  }
  const { stored, duplicates } = await store.appender.append(streams);
  counters.add('store_pushes_total', 1);
  counters.add('store_entries_stored_total', stored);
  if (duplicates > 0) {
    counters.add('store_entries_dropped_total', duplicates, { stage: 'append', reason: 'duplicate' });
  }
  if (rejections.length > 0) {
    const more = rejections.length > 1 ? ` (and ${rejections.length - 1} more)` : '';
    throw new RequestError(400, `${rejections[0].message}${more}`);
  }
  return reply.code(204).send();
}

interface Work {
  linesRead: number;
}

async function queryRange(form: URLSearchParams, store: Store, work: Work): Promise<QueryResult> {
  const parameters = readRangeParameters(form, store.nowNs());
  const expression = parseQuery(parameters.query);
  const source = { index: store.index, reader: store.reader, work };
  if (expression.kind === 'log') {
    refuseLimitAbove(parameters.limit);
    return runLogQuery(expression, parameters, source);
  }
  return runRangeQuery(expression, parameters, source);
}

async function queryInstant(form: URLSearchParams, store: Store, work: Work): Promise<QueryResult> {
  const limit = readLimit(form);
  const timeNs = readTime(form, 'time', store.nowNs());
  const expression = parseQuery(form.get('query') ?? '');
  if (expression.kind === 'log') {
    refuseLimitAbove(limit);
    throw new RequestError(
      400,
      'log queries are not supported as an instant query type, please change your query to a range query type'
    );
  }
  return runInstantQuery(expression, timeNs, { index: store.index, reader: store.reader, work });
}

async function timed(
  request: FastifyRequest,
  store: Store,
  run: (work: Work) => Promise<QueryResult>
): Promise<unknown> {
  const flags = String(request.headers['x-loki-response-encoding-flags'] ?? '');
  const work = { linesRead: 0 };
  const started = process.hrtime.bigint();
  const result = await run(work);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  store.counters.add('store_queries_total', 1);
  store.counters.add('store_query_seconds_total', seconds);
  return queryResponse(result, { categorize: flags.includes('categorize-labels'), seconds, linesRead: work.linesRead });
}

function optionalSelectors(queries: readonly string[]): ReadonlyArray<readonly Matcher[]> {
  return queries.filter((query) => query !== '' && query !== '{}').map(parseSelector);
}

async function streamsInRange(form: URLSearchParams, store: Store, selectors: ReadonlyArray<readonly Matcher[]>) {
  const range = readTimeRange(form, store.nowNs());
  const chosen = new Set(
    selectors.length === 0 ? store.index.all() : selectors.flatMap((selector) => store.index.select(selector))
  );
  const streams = [...chosen];
  if (streams.length === 0) {
    return [];
  }
  const present = new Set(
    await store.reader.read((snapshot) => snapshot.streamsWithEntries(wholeStreams(streams, range)))
  );
  return streams.filter(({ id }) => present.has(id)).sort((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
}

function wholeStreams(streams: Selection['streams'], { startNs, endNs }: TimeRange): Selection {
  return { streams, fromNs: startNs, toNs: endNs, lineFilters: [], mustContain: [], mustCompare: [] };
}

/** As Loki: without a value, without `data`. */
function listing(values: readonly string[]): unknown {
  const data = [...new Set(values)].sort();
  return data.length === 0 ? { status: 'success' } : { status: 'success', data };
}

function readForm(request: FastifyRequest): URLSearchParams {
  const form = new URLSearchParams(request.url.split('?').slice(1).join('?'));
  if (
    request.method === 'POST' &&
    /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')
  ) {
    for (const [name, value] of new URLSearchParams(bodyOf(request).toString('utf8'))) {
      form.append(name, value);
    }
  }
  return form;
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function json(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.header('Content-Type', 'application/json; charset=UTF-8').send(JSON.stringify(body));
}

function text(reply: FastifyReply, body: string): FastifyReply {
  return reply
    .header('Content-Type', 'text/plain; charset=utf-8')
    .header('X-Content-Type-Options', 'nosniff')
    .send(body);
}

function answerError(error: unknown, reply: FastifyReply, counters: Counters): FastifyReply {
  const { status, message } = statusOf(error);
  counters.add('store_requests_refused_total', 1, { status: String(status) });
  return text(reply.code(status), message);
}

function statusOf(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof RequestError) {
    return { status: error.status, message: error.message };
  }
  if (error instanceof QueryError) {
    // Loki answers a query that cannot be evaluated with 500; it is the query's fault, so here it is 400.
    return { status: 400, message: error.message };
  }
  if (error instanceof StorageError) {
    return { status: error.kind === 'timeout' ? 504 : error.kind === 'full' ? 507 : 500, message: error.message };
  }
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string };
  if (statusCode === 413) {
    return { status: 413, message: `request body too large: more than ${maxBodyBytes} bytes` };
  }
  return { status: statusCode ?? 500, message: message ?? String(error) };
}
