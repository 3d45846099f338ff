/**
 * A client that selects streams by further labels, for a Loki in which several clusters write.
 *
 * Every selector of ours opens with `{source="` or `{service_name="`; that text stands nowhere else, since quotes inside of
 * string literals are escaped.
 */
import { type Logql } from '../plan/logql';
import { quote } from '../plan/logql-text';
import { type LokiClient } from './loki-client';

export function labelledLoki(
  client: LokiClient,
  labels: ReadonlyArray<readonly [name: string, value: string]>
): LokiClient {
  if (labels.length === 0) {
    return client;
  }
  const matchers = labels.map(([name, value]) => `${name}=${quote(value)}, `).join('');
  const selecting = (logql: Logql) => logql.replace(/\{(?=(?:source|service_name)=")/g, () => `{${matchers}`) as Logql;
  return {
    lines: (query, signal) => client.lines({ ...query, logql: selecting(query.logql) }, signal),
    instant: (logql, atNs, signal) => client.instant(selecting(logql), atNs, signal),
    series: (query, signal) => client.series({ ...query, logql: selecting(query.logql) }, signal),
  };
}
