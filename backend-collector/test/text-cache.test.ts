import fc from 'fast-check';
import { cachedText } from '../src/l7/kit/text-cache';

describe('texts that come again', () => {
  it('are what their bytes say, whichever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 70 }), { maxLength: 30 }), (texts) => {
        for (const text of [...texts, ...texts]) {
          const bytes = Buffer.from(`>${text}<`);
          expect(cachedText(bytes, 1, bytes.length - 1)).toBe(text.length > 64 ? undefined : text);
        }
      })
    );
  });

  it('are not kept where they are no plain ASCII', () => {
    expect(cachedText(Buffer.from('a\u001b[31m'), 0, 6)).toBeUndefined();
    expect(cachedText(Buffer.from('é'), 0, 2)).toBeUndefined();
  });
});
