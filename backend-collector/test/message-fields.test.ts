/** What is kept from one exchange to the next must never show in an exchange that says something else. */
import fc from 'fast-check';
import { Exchange } from '../src/l7/exchange';
import { LineText } from '../src/record/line-text';
import { messageFields } from '../src/record/message-fields';

const anyExchange = fc.record({
  op: fc.constantFrom('GET', 'POST', 'A'),
  // Many of one slot, some longer than what is kept.
  resource: fc.constantFrom('', '/a/orders', '/b/orders', '/orders', `/${'x'.repeat(600)}/orders`, 'ü"\\'),
  status: fc.constantFrom('', '200', '500', '300'),
  fields: fc.record(
    {
      http_host: fc.option(fc.constantFrom('a', 'b"'), { nil: undefined }),
      http_status_code: fc.option(fc.constantFrom(200, 500), { nil: undefined }),
      dns_rcode: fc.constantFrom('NOERROR', 'NXDOMAIN'),
    },
    { requiredKeys: [] }
  ),
});

test('every exchange says what is its own', () => {
  const line = new LineText();
  fc.assert(
    fc.property(fc.array(anyExchange, { minLength: 2, maxLength: 30 }), (exchanges) => {
      for (const { op, resource, status, fields } of exchanges) {
        const x = new Exchange({ high: 0, low: 0 }, 0, 0, op, resource, fields);
        x.status = status;
        messageFields(line.begin(), x);
        expect(JSON.parse(line.close().toString())).toEqual({
          l7_op: op,
          ...(resource === '' ? {} : { l7_resource: resource }),
          ...(status === '' ? {} : { l7_status: status }),
          ...JSON.parse(JSON.stringify(fields)),
        });
      }
    }),
    { numRuns: 300 }
  );
});
