import { type Replace } from './interpolate';
import { searchTermOf, isId, lookUpOf } from './look-up';

/** Grafana's template service, as far as a format function goes. */
function variables(values: Readonly<Record<string, string | readonly string[]>>): Replace {
  return (text, format) =>
    text.replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, plain?: string, braced?: string) => {
      const value = values[plain ?? braced ?? ''];
      return value === undefined ? whole : format(value);
    });
}

describe('a look-up', () => {
  const replace = variables({ request_id: '00112233445566ff', none: '', shard: '3' });

  it('takes the first id that is set', () => {
    expect(lookUpOf({ requestId: '$request_id', nicTraceId: '1_2', flowShard: '$shard' }, replace)).toEqual({
      lookUp: { by: 'request', id: '00112233445566ff' },
      innerTraceId: '',
      flowShard: 3,
    });
    expect(lookUpOf({ requestId: '$none', nicTraceId: '1_2' }, replace).lookUp).toEqual({
      by: 'connection',
      id: '1_2',
    });
  });

  it('is none where no id is set or its variable is missing', () => {
    expect(lookUpOf({ requestId: '$none' }, replace).lookUp).toBeUndefined();
    expect(lookUpOf({ requestId: '$missing', innerTraceId: '${missing}' }, replace)).toMatchObject({
      lookUp: undefined,
      innerTraceId: '',
    });
  });

  it('knows an id', () => {
    expect(['00112233445566ff', '1_2', '1:abc+/=', 'ab', '', 'a b', '"', 'x'.repeat(200)].map(isId)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('a search term', () => {
  it.each([
    ['00112233445566ff', 'requestOrTrace'],
    ['4BF92F3577B34DA6A3CE929D0E0E4736', 'traceOrInner'],
    ['1000_9000', 'numbers'],
    ['4294967295', 'seq'],
    ['4294967296', 'trace'],
    ['10.1.2.3:80', 'endpoint'],
    ['10.1.2.3', 'endpoint'],
    ['[2001:db8::1]:443', 'endpoint'],
    ['2001:DB8::1', 'endpoint'],
    ['::1', 'endpoint'],
    ['1-5759e988-bd862e3fe1be46a994272793', 'trace'],
    ['', undefined],
    ['  ', undefined],
  ])('%s is one of %s', (typed, by) => {
    expect(searchTermOf(typed)?.by).toBe(by);
  });

  it('has address and port taken apart', () => {
    expect(searchTermOf(' 10.1.2.3:80 ')).toEqual({ by: 'endpoint', id: '10.1.2.3:80', address: '10.1.2.3', port: 80 });
    expect(searchTermOf('[2001:DB8::1]:443')).toMatchObject({ address: '2001:db8::1', port: 443 });
    expect(searchTermOf('2001:db8::1')).toMatchObject({ address: '2001:db8::1', port: undefined });
  });

  it('that may name many is looked for everywhere', () => {
    const hints = { flowShard: 3, at: '1767225600000' };
    const replace = (text: string) => text;
    expect(lookUpOf({ searchTerm: '00112233445566ff', ...hints }, replace)).toMatchObject({ flowShard: 3 });
    expect(lookUpOf({ searchTerm: '10.1.2.3', ...hints }, replace)).toMatchObject({
      flowShard: undefined,
      atNs: undefined,
    });
  });

  it('comes after ids, and with the moment that a link knows', () => {
    const replace = (text: string) => text;
    expect(lookUpOf({ searchTerm: '10.1.2.3', requestId: 'ab12' }, replace).lookUp).toEqual({
      by: 'request',
      id: 'ab12',
    });
    expect(lookUpOf({ requestId: '77_9000' }, replace).lookUp?.by).toBe('l7Trace');
    expect(lookUpOf({ requestId: 'abc', at: '1767225600000' }, replace).atNs).toBe(1_767_225_600_000_000_000n);
    expect(lookUpOf({ requestId: 'abc', at: '1767225600000000001' }, replace).atNs).toBe(1_767_225_600_000_000_001n);
    expect(lookUpOf({ requestId: 'abc', at: 'noon' }, replace).atNs).toBeUndefined();
  });
});
