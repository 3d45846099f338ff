import fc from 'fast-check';
import { matchTransmissions, type BaselineTransit } from './transmission-matching';

const WAY: BaselineTransit = { typicalNs: 100, leastNs: 90 };

describe('matching departures with arrivals', () => {
  it.each([
    ['all arrived', [0, 1000], [100, 1100], [0, 1]],
    ['the first was lost', [0, 1000], [1100], [1]],
    ['the second was lost', [0, 1000], [100], [0]],
    ['the way is longer than the wait: nearest to the usual way', [0, 50], [100], [0]],
    ['none can have become an arrival that early', [1000], [1050], [-1]],
    ['an arrival of which no departure was seen', [1000], [100, 1100], [-1, 0]],
    ['nothing was sent', [], [5], [-1]],
    ['nothing arrived', [5], [], []],
  ])('%s', (_what, departures, arrivals, expected) => {
    expect(matchTransmissions(departures, arrivals, WAY)).toEqual(expected);
  });

  it('finds the lost ones where ways vary by less than half the wait', () => {
    const copies = fc.array(fc.record({ lost: fc.boolean(), jitter: fc.integer({ min: 0, max: 40 }) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(copies, (all) => {
        const departures = all.map((_copy, i) => i * 100);
        const arrived = all.flatMap(({ lost, jitter }, i) =>
          lost ? [] : [{ i, atNs: departures[i] + 1000 + jitter }]
        );
        const found = matchTransmissions(
          departures,
          arrived.map(({ atNs }) => atNs),
          { typicalNs: 1020, leastNs: 1000 }
        );
        expect(found).toEqual(arrived.map(({ i }) => i));
      })
    );
  });

  it('takes linear time on hostile input', () => {
    const departures = Array.from({ length: 20_000 }, (_, i) => i);
    const arrivals = departures.map((atNs) => atNs + 100);
    expect(matchTransmissions(departures, arrivals, WAY)).toEqual(departures.map((_atNs, i) => i));
  });
});
