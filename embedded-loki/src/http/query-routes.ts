/** `query_range` and `query`. */
import { parseQuery } from '../logql/parse';
import { runLogQuery } from '../query/log-query';
import { runInstantQuery, runRangeQuery } from '../query/metric-query';
import { type QuerySource } from '../query/query-source';
import { type QueryResult } from '../query/result';
import { readLimit, readRangeParameters, readTime, refuseLimitAbove } from './query-parameters';
import { RequestError } from './request-error';
import { type Question, type Store } from './request-parts';
import { queryResponse } from './response-body';

export function answerRange(question: Question, store: Store): Promise<unknown> {
  const { form } = question;
  return measured(question, store, async (source) => {
    const parameters = readRangeParameters(form, store.nowNs());
    const expression = parseQuery(parameters.query);
    if (expression.kind === 'log') {
      refuseLimitAbove(parameters.limit);
      return runLogQuery(expression, parameters, source);
    }
    return runRangeQuery(expression, parameters, source);
  });
}

export function answerInstant(question: Question, store: Store): Promise<unknown> {
  const { form } = question;
  return measured(question, store, async (source) => {
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
    return runInstantQuery(expression, timeNs, source);
  });
}

async function measured(
  { request, signal }: Question,
  { index, reader, counters }: Store,
  run: (source: QuerySource) => Promise<QueryResult>
): Promise<unknown> {
  const flags = String(request.headers['x-loki-response-encoding-flags'] ?? '');
  const work = { lines: 0, bytes: 0 };
  const started = process.hrtime.bigint();
  const result = await run({ index, reader, signal, work });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  counters.add('store_queries_total', 1);
  counters.add('store_query_seconds_total', seconds);
  counters.add('store_query_bytes_total', work.bytes);
  return queryResponse(result, { categorize: flags.includes('categorize-labels'), seconds, work });
}
