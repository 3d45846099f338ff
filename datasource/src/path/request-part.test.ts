import { type L4Record } from '@bpfnet/flow-model';
import { FOUR_NICS, WireScript } from '../test/wire-script';
import { requestPart } from './request-part';

/** A request in chunks `range` of a connection whose chunks `known` were read too, at two NICs. */
function part(range: [number, number], known: readonly number[], change: Partial<L4Record> = {}) {
  const script = new WireScript(FOUR_NICS.slice(0, 2));
  script.handshake(0);
  const request = [script.client({ atMs: 10, len: 100 })];
  script.exchange({ requestId: 'r1', request, response: [script.server({ atMs: 20, len: 100 })] });
  const flows = script.flows();
  return requestPart({
    focus: flows.flatMap(({ exchanges: spans }) => spans.map(({ record }) => ({ ...record, pkt_chunk_range: range }))),
    chunks: flows.flatMap(({ chunks }) =>
      known.map((chunk_id) => ({ ...chunks[0], chunk_id, end_reason: undefined, ...change }))
    ),
  });
}

describe('the chunks of a request', () => {
  it('are all where the connection began and ended in them', () => {
    expect(part([1, 2], [1, 2], { end_reason: 'closed' })).toEqual({ requestId: 'r1', connection: 'whole' });
  });

  it.each<[string, [number, number], number[]]>([
    ['later chunks', [1, 1], [1, 2]],
    ['earlier chunks', [2, 2], [1, 2]],
    ['earlier chunks that are out of reach', [5, 6], [5, 6]],
  ])('are a part where there are %s', (_name, range, known) => {
    expect(part(range, known, { end_reason: 'closed' })?.connection).toBe('has-more');
  });

  it('may be a part while no chunk says that the connection ended', () => {
    expect(part([1, 1], [1])?.connection).toBe('unknown');
    expect(part([1, 1], [])?.connection).toBe('unknown');
  });

  it('are not mentioned where a connection was requested', () => {
    expect(requestPart({ focus: [], chunks: [] })).toBeUndefined();
  });
});
