/** Names of fields are compared in words of four letters: exactly the known ones are read, in capitals or not, wherever the head lies. */
import fc from 'fast-check';
import { emptyFields, readFields, type HeadFields } from '../src/l7/http1/head';
import { TRACE_HEADER_NAMES } from '../src/l7/kit/trace-context';

const KNOWN: Readonly<Record<string, (fields: HeadFields) => unknown>> = {
  host: (fields) => fields.host,
  upgrade: (fields) => fields.upgrade,
  'content-type': (fields) => fields.contentType,
  'content-length': (fields) => (fields.contentLength === -1 ? undefined : '12'),
  ...Object.fromEntries(TRACE_HEADER_NAMES.map((name) => [name, (fields: HeadFields) => fields.trace?.[name]])),
};
const names = Object.keys(KNOWN);

/** One letter changed: most of all to what differs in a single bit. */
const changed = fc
  .tuple(fc.constantFrom(...names), fc.nat(), fc.constantFrom(0x20, 0x40, 0x80, 0x01))
  .map(([name, at, bit]) => {
    const place = at % name.length;
    return name.slice(0, place) + String.fromCharCode(name.charCodeAt(place) ^ bit) + name.slice(place + 1);
  });
const capitals = fc
  .tuple(fc.constantFrom(...names), fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }))
  .map(([name, upper]) => [...name].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join(''));

test('a field is read exactly where its name is a known one', () => {
  const fields = emptyFields();
  fc.assert(
    fc.property(
      fc.oneof(changed, capitals, fc.constantFrom(...names)),
      fc.string({ maxLength: 5, unit: 'binary-ascii' }),
      fc.constantFrom('\r\n', '\n'),
      (name, before, stop) => {
        fc.pre(!/[\n:]/.test(name));
        const head = `GET / HTTP/1.1${stop}${name}: 12${stop}${stop}`;
        const bytes = Buffer.from(before + head, 'latin1');
        expect(readFields(fields, bytes, before.length, bytes.length)).toBe(bytes.length);
        for (const known of names) {
          expect([known, KNOWN[known](fields)]).toEqual([known, name.toLowerCase() === known ? '12' : undefined]);
        }
      }
    ),
    { numRuns: 3000 }
  );
});

test('a name at the very end of the memory is looked at no further than there is memory', () => {
  for (const name of names) {
    for (let length = 0; length <= name.length + 1; length++) {
      const bytes = Uint8Array.from(Buffer.from(`GET / HTTP/1.1\r\n${`${name}:`.slice(0, length)}`));
      expect(readFields(emptyFields(), bytes, 0, bytes.length)).toBe(-1);
    }
  }
});
