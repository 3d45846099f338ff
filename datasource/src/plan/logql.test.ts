import { LineFilter, Matcher, parser, String as LogqlString } from '@grafana/lezer-logql';
import fc from 'fast-check';
import { type ValueMatch } from '../query/interpolate';
import {
  anyFieldIs,
  anyNumberIs,
  anywhere,
  fieldContains,
  fieldIs,
  fieldStartsWith,
  valueIs,
  valueIsNot,
} from './line-filters';
import { logql } from './logql';
import { escapeRegex, quote } from './logql-text';
import { countAtBusiestNic, countByField, countByLabel, quantileOf, sumOf } from './metric-logql';

const oneOf = (...values: string[]): ValueMatch => ({ kind: 'oneOf', values });

/** Node ids in the order of the text; undefined where Grafana's grammar finds an error. */
function nodesOf(query: string): number[] | undefined {
  const ids: number[] = [];
  let wrong = false;
  parser.parse(query).iterate({
    enter: ({ type }) => {
      wrong ||= type.isError;
      ids.push(type.id);
    },
  });
  return wrong ? undefined : ids;
}

/** What a Go string literal means (https://go.dev/ref/spec#String_literals), for the escapes that we write. */
function meaningOf(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(["\\]))/g,
      (_, short: string, long: string, plain: string) => plain ?? String.fromCodePoint(parseInt(short ?? long, 16))
    );
}

/** Any text, weighted towards what means something to LogQL, to regular expressions and to Grafana's templates. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '"',
          '\\',
          '`',
          '}',
          '{',
          '|',
          '|=',
          '\n',
          '\r',
          '\0',
          '$',
          '${x}',
          '[[x]]',
          '$__all',
          '.*',
          ')',
          '(',
          '\\E',
          '😀'
        ),
        fc.string({ maxLength: 4 })
      ),
      { maxLength: 12 }
    )
    .map((parts) => parts.join(''))
);

describe('quoted text', () => {
  it('means what it was, for any text', () => {
    fc.assert(fc.property(hostile, (text) => expect(meaningOf(quote(text))).toBe(text)));
  });

  it('holds nothing that ends the string or that Grafana would replace', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(quote(text)).toMatch(/^"(?:[^"\\$[\n\r]|\\["\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*"$/);
      })
    );
  });

  it('has no half of a surrogate pair, which Go refuses', () => {
    expect(quote('a\ud800b')).toBe('"a\\ufffdb"');
  });
});

describe('no value breaks out of its string', () => {
  const shape = (query: string) => nodesOf(query)?.filter((id) => [LineFilter, Matcher, LogqlString].includes(id));
  const expected = shape(
    logql({
      source: 'bpf_net_l7_log',
      host: oneOf('h'),
      lineFilters: [...fieldIs('a', oneOf('b')), ...anywhere(oneOf('c'))],
    })
  );

  it('in selectors and line filters', () => {
    expect(expected).toHaveLength(8);
    fc.assert(
      fc.property(hostile, hostile, hostile, (host, value, text) => {
        const query = logql({
          source: 'bpf_net_l7_log',
          host: oneOf(host),
          lineFilters: [...fieldIs('a', oneOf(value)), ...anywhere(oneOf(text))],
        });
        expect(shape(query)).toEqual(expected);
      })
    );
  });

  it('in lists and in regular expressions that users give', () => {
    const parts = (values: readonly [string, string], regex: string) =>
      logql({
        source: 'bpf_net_l7_log',
        host: oneOf(...values),
        lineFilters: [...anyFieldIs(['a', 'b'], oneOf(...values)), ...fieldContains('c', oneOf(...values))],
        conditions: [{ kind: 'found', field: 'l7_resource', regex }],
      });
    const plain = nodesOf(parts(['a', 'b'], 'x'));
    expect(plain).toBeDefined();
    fc.assert(
      fc.property(hostile, hostile, hostile, (a, b, regex) => {
        expect(nodesOf(parts([a, b], regex))).toEqual(plain);
      })
    );
  });

  it('and an escaped text matches itself alone', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const regex = new RegExp(`^(?:${escapeRegex(text)})$`, 's');
        expect(regex.test(text)).toBe(true);
        expect(regex.test(other)).toBe(other === text);
      })
    );
  });
});

describe('line filters', () => {
  /** Go's regular expressions and JavaScript's agree on what we write. */
  function passes(line: string, filters: readonly string[]): boolean {
    return filters.every((filter) => {
      const text = meaningOf(filter.slice(3));
      return filter.startsWith('|=')
        ? line.includes(text)
        : new RegExp(text.replace(/^\(\?i\)/, ''), text.startsWith('(?i)') ? 'i' : '').test(line);
    });
  }

  it('decide equality as a parser would, for any values', () => {
    fc.assert(
      fc.property(hostile, hostile, (wanted, actual) => {
        const line = JSON.stringify({ x: `"f":"${wanted}"`, f: actual, y: 1 });
        expect(passes(line, fieldIs('f', oneOf(wanted)))).toBe(wanted === actual);
        expect(passes(line, anyFieldIs(['e', 'f'], oneOf(wanted, 'no such')))).toBe(
          wanted === actual || actual === 'no such'
        );
      })
    );
  });

  it('decide equality of texts and numbers alike, and its contrary', () => {
    const lines = ['{"f":80,"g":"x"}', '{"f":"80","g":"x"}', '{"f":800,"g":"x"}', '{"g":"80"}'];
    expect(lines.map((line) => passes(line, [valueIs('f', ['80'])]))).toEqual([true, true, false, false]);
    expect(lines.map((line) => passes(line, [valueIs('f', ['80', '800'])]))).toEqual([true, true, true, false]);
    expect(valueIsNot('f', ['80']).replace('!~', '|~')).toBe(valueIs('f', ['80']));
  });

  it('decide containment', () => {
    fc.assert(
      fc.property(hostile, hostile, (part, actual) => {
        fc.pre(!/[\ud800-\udfff]/.test(part));
        // The digits of a \\u escape look like digits of the text.
        fc.pre(!JSON.stringify(actual).includes('\\u'));
        const line = JSON.stringify({ f: actual, y: part });
        expect(passes(line, fieldContains('f', oneOf(`${part}`)))).toBe(actual.includes(part));
      })
    );
  });

  it('decide numbers whole', () => {
    const line = '{"src_port":8080,"dst_port":80}';
    expect(passes(line, anyNumberIs(['src_port', 'dst_port'], [80]))).toBe(true);
    expect(passes(line, anyNumberIs(['src_port'], [80]))).toBe(false);
    expect(passes(line, anyNumberIs(['src_port', 'dst_port'], [808]))).toBe(false);
  });

  it('find the first half of an id', () => {
    expect(passes('{"nic_traceid":"12_0"}', [fieldStartsWith('nic_traceid', '12_')])).toBe(true);
    expect(passes('{"nic_traceid":"112_0"}', [fieldStartsWith('nic_traceid', '12_')])).toBe(false);
  });
});

describe('whole queries', () => {
  it('put line filters before the parser, and parse only what conditions need', () => {
    expect(
      logql({
        source: 'bpf_net_l7_log',
        host: oneOf('a', 'b.c'),
        shards: [3],
        lineFilters: fieldIs('outcome', oneOf('ok')),
        conditions: [{ kind: 'atLeast', anyOf: ['latency_ms'], value: 0.5 }],
      })
    ).toBe(
      '{source="bpf_net_l7_log", host=~"a|b\\\\.c", flow_shard="3"} |= "\\"outcome\\":\\"ok\\"" | json latency_ms="latency_ms" | latency_ms >= 0.5'
    );
  });

  it('are valid by Grafana’s grammar', () => {
    const parts = {
      source: 'bpf_net_l4_log',
      shards: [1, 2],
      lineFilters: anyFieldIs(['a', 'b'], oneOf('x', 'y')),
      conditions: [{ kind: 'atLeast', anyOf: ['tx_retrans', 'rx_retrans'], value: 3 }],
    } as const;
    for (const query of [
      logql(parts),
      countByLabel('host', 3600),
      countByField('bpf_net_l7_log', 'outcome', 60),
      quantileOf(parts, 'tcp_rtt', { share: 0.99, seconds: 900 }),
      quantileOf(parts, 'tcp_rtt', { share: 0.5, seconds: 900, by: ['host', 'nic_name'] }),
      countAtBusiestNic(parts, ['l7_proto'], 60),
      sumOf(parts, 'tx_retrans', { by: [], seconds: 60 }),
    ]) {
      expect([query, nodesOf(query)]).toEqual([query, expect.anything()]);
    }
  });
});
