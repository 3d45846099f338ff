/**
 * Whatever a user types, in any filter, search term or ad-hoc filter: the query has the shape that it has for a plain word. Shapes are compared
 * in the tree of Grafana's own grammar, whole, so nothing that a value does can add, end or change a part.
 */
import { parser } from '@grafana/lezer-logql';
import fc from 'fast-check';
import { DataError } from '../data-error';
import { labelledLoki } from '../loki/labelled-loki';
import { type LokiClient } from '../loki/loki-client';
import { type AdHocFilter } from '../query/ad-hoc';
import { type L4Filters, type L7Filters } from '../query/filters';
import { METRICS } from '../query/flow-query';
import { type LookUp } from '../query/look-up';
import { planEvents } from './events-plan';
import { planL4List, planL7List } from './list-plan';
import { logql, type Logql } from './logql';
import { chunksLogql, innerLogql, nameLookUpsLogql, spansLogql } from './look-up-plan';
import { planMetrics } from './metrics-plan';

/** Names of the nodes in the order of the text, nested by depth; undefined where the grammar finds an error. */
function shapeOf(query: string): string | undefined {
  const shape: string[] = [];
  let wrong = false;
  parser.parse(query).iterate({
    enter: ({ type }) => {
      wrong ||= type.isError;
      shape.push(`(${type.name}`);
    },
    leave: () => void shape.push(')'),
  });
  return wrong ? undefined : shape.join('');
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        ...['"', '\\', '`', '\\"', '}', '{', '[5m]', '|', '|=', '|~ ".*"', '\n', '\r', '\0', '$', '${x}', '[[x]]'],
        ...['.*', ')', '(', '\\E', '😀', '\ud800', '#', '// x', ' or ', 'unwrap x', '__error__=""', 'a']
      ),
      { minLength: 1, maxLength: 10 }
    )
    .map((parts) => parts.join(''))
);

/** What is left of a text beside the mark that stands for variables while they are replaced. */
const kept = (text: string) => text.split('\u0001').join('').trim();

/** `All` and nothing are no values: they take a filter away. */
const value = hostile.filter((text) => kept(text) !== '' && !['.*', '.+', '*', '$__all'].includes(kept(text)));

const asTyped = (text: string) => text;

function queryOf({ parts }: { readonly parts: Parameters<typeof logql>[0] }): Logql {
  return logql(parts);
}

const L7_TEXTS = [
  'host',
  'nic',
  'k8sNamespace',
  'pod',
  'address',
  'l7Proto',
  'text',
  'traceId',
  'op',
  'resource',
  'resourceRegex',
  'status',
  'outcome',
  'requestId',
  'innerTraceId',
] as const satisfies ReadonlyArray<keyof L7Filters>;
const L4_TEXTS = [
  'host',
  'nic',
  'k8sNamespace',
  'pod',
  'address',
  'l7Proto',
  'text',
  'endReason',
  'innerTraceId',
] as const satisfies ReadonlyArray<keyof L4Filters>;

/** A variable that a dashboard lacks counts as no id. */
const idLike = (text: string) => !/^\$\w+$|^\$\{[^}]*\}$|^\[\[[^\]]*\]\]$/.test(kept(text));

describe('the shape of a query does not depend on', () => {
  it.each(L7_TEXTS)('the filter %s of requests', (name) => {
    const query = (text: string) =>
      queryOf(planL7List({ refId: 'A', queryType: 'l7List', filters: { [name]: text } }, asTyped));
    const plain = shapeOf(query('word'));
    expect(plain).toBeDefined();
    fc.assert(fc.property(value.filter(idLike), (text) => expect(shapeOf(query(text))).toBe(plain)));
  });

  it.each(L4_TEXTS)('the filter %s of connections', (name) => {
    const query = (text: string) =>
      queryOf(planL4List({ refId: 'A', queryType: 'l4List', filters: { [name]: text } }, asTyped));
    const plain = shapeOf(query('word'));
    expect(plain).toBeDefined();
    fc.assert(fc.property(value.filter(idLike), (text) => expect(shapeOf(query(text))).toBe(plain)));
  });

  it.each(['=', '!=', '=|', '!=|', '=~', '!~'])('the value of an ad-hoc filter with %s', (operator) => {
    const query = (text: string) => {
      const adHoc: AdHocFilter = { key: 'l7_resource', operator, value: text, values: [text, 'b'] };
      return queryOf(planL7List({ refId: 'A', queryType: 'l7List' }, asTyped, [adHoc]));
    };
    const plain = shapeOf(query('word'));
    expect(plain).toBeDefined();
    fc.assert(fc.property(value, (text) => expect(shapeOf(query(text))).toBe(plain)));
  });

  it('the name of an ad-hoc filter, which is a name or refused', () => {
    fc.assert(
      fc.property(hostile, (key) => {
        const plan = () =>
          planL7List({ refId: 'A', queryType: 'l7List' }, asTyped, [{ key, operator: '=', value: 'x' }]);
        if (/^[a-z][a-z0-9_]{0,63}$/.test(key)) {
          expect(plan).not.toThrow();
        } else {
          expect(plan).toThrow(DataError);
        }
      })
    );
  });

  it.each<LookUp['by']>([
    'request',
    'l7Trace',
    'trace',
    'requestOrTrace',
    'traceOrInner',
    'numbers',
    'connection',
    'inner',
    'endpoint',
  ])('the id of a look-up by %s', (by) => {
    const queries = (id: string) => {
      const lookUp = { by, id, address: id, port: 80, seq: 1 } as LookUp;
      return [
        spansLogql(lookUp, [3]),
        chunksLogql(lookUp, []) ?? '',
        innerLogql('bpf_net_l4_packets', [id, 'x'], []),
      ].map(shapeOf);
    };
    const plain = queries('word');
    expect(plain[0]).toBeDefined();
    fc.assert(fc.property(hostile, (id) => expect(queries(id)).toEqual(plain)));
  });

  it('addresses that name look-ups are asked for', () => {
    const query = (text: string) => shapeOf(nameLookUpsLogql([text], [text, '10.0.0.1']));
    const plain = query('10.0.0.2');
    expect(plain).toBeDefined();
    fc.assert(fc.property(hostile, (text) => expect(query(text)).toBe(plain)));
  });

  it.each(METRICS)('filters of the metric %s', (metric) => {
    const queries = (text: string) => {
      const filters = { host: text, pod: [text, 'b'], text };
      const plan = planMetrics({ refId: 'A', queryType: 'metrics', metric, by: 'host', filters }, asTyped);
      return plan.queries(60).map(shapeOf);
    };
    const plain = queries('word');
    expect(plain.every((shape) => shape?.startsWith('('))).toBe(true);
    fc.assert(fc.property(value, (text) => expect(queries(text)).toEqual(plain)));
  });

  it('filters of events', () => {
    const queries = (text: string) => {
      const plans = planEvents({ refId: 'A', queryType: 'events', filters: { nic: text } }, asTyped);
      return plans.map((plan) => shapeOf(plan.logql(60)));
    };
    const plain = queries('word');
    expect(plain).toHaveLength(3);
    fc.assert(fc.property(value, (text) => expect(queries(text)).toEqual(plain)));
  });

  it('values of labels from the configuration', async () => {
    const asked: string[] = [];
    const client = { lines: async (query: { logql: string }) => asked.push(query.logql) } as unknown as LokiClient;
    const shapeWith = async (text: string) => {
      const labelled = labelledLoki(client, [['cluster', text]]);
      const query = {
        logql: spansLogql({ by: 'request', id: `{source="${text}` }, []),
        window: { fromNs: 0n, toNs: 1n },
      };
      await labelled.lines({ ...query, maxLines: 1 }, new AbortController().signal);
      return shapeOf(asked[asked.length - 1]);
    };
    const plain = await shapeWith('word');
    expect(plain).toBeDefined();
    expect(asked[0]).toMatch(/^\{cluster="word", source="bpf_net_l7_log"\} \|= /);
    await fc.assert(fc.asyncProperty(hostile, async (text) => expect(await shapeWith(text)).toBe(plain)));
  });
});
