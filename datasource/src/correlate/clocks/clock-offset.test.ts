import fc from 'fast-check';
import { type ClockSample, estimateOffset } from './clock-offset';
import { hopTime } from './hop-times';
import { oneWayText } from './time-text';

const HOSTS = { from: 'a', to: 'b' };
const ms = (value: number): number => value * 1e6;

function samples(ways: readonly number[], aheadMs: number, everyMs = 100): readonly ClockSample[] {
  return ways.map((way, i) => ({ atNs: ms(i * everyMs), shownNs: ms(way + aheadMs) }));
}

function estimate(there: readonly number[], back: readonly number[], aheadMs: number) {
  return estimateOffset(HOSTS, { there: samples(there, aheadMs), back: samples(back, -aheadMs) }, 0);
}

describe('the offset between two clocks', () => {
  it('is the middle between what the quickest there and the quickest back allow', () => {
    expect(estimate([2.5, 1.9, 4], [1.9, 3, 1.95], 5000)).toMatchObject({
      kind: 'estimated',
      aheadMs: expect.closeTo(5000, 2),
      atMostMs: expect.closeTo(1.9, 2),
      samples: { there: 3, back: 3 },
    });
  });

  it('is wrong by half the difference where the ways differ, within the bound', () => {
    const clock = estimate([9, 9.2, 9.1], [2, 2.2, 2.1], -40);
    expect(clock).toMatchObject({ aheadMs: expect.closeTo(-36.5, 2), atMostMs: expect.closeTo(5.5, 2) });
  });

  it('is unknown from one direction alone, from nothing, or across a step', () => {
    expect(estimate([1], [], 0)).toMatchObject({ kind: 'unknown', why: 'one-way-only' });
    expect(estimate([], [], 0)).toMatchObject({ kind: 'unknown', why: 'nothing-in-common' });
    const stepped = estimateOffset(HOSTS, { there: samples([1, 1], 0), back: samples([1, 1], -500) }, 0);
    expect(stepped).toMatchObject({ kind: 'unknown', why: 'clock-was-set' });
  });

  it('says nothing of symmetric ways by fewer than three samples', () => {
    expect(estimate([1, 2], [1, 2], 0)).toMatchObject({
      ifSymmetricMs: expect.closeTo(1, 3),
      atMostMs: expect.closeTo(1, 3),
    });
  });

  it('trusts old samples less, since clocks drift', () => {
    // 100 s ago the way looked 1 ms quicker; 15 ppm in 100 s are 1.5 ms.
    const there = [
      { atNs: 0, shownNs: ms(1) },
      { atNs: ms(100_000), shownNs: ms(2) },
    ];
    const back = [{ atNs: ms(100_000), shownNs: ms(2) }];
    expect(estimateOffset(HOSTS, { there, back }, ms(100_000))).toMatchObject({ aheadMs: 0, atMostMs: 2 });
  });

  it('always keeps the truth within the printed bound, and times above zero', () => {
    const ways = fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        ways,
        ways,
        fc.double({ min: -5000, max: 5000, noNaN: true }),
        fc.nat(),
        (there, back, aheadMs, pick) => {
          const clock = estimate(there, back, aheadMs);
          if (clock.kind !== 'estimated') {
            throw new Error('there are samples both ways');
          }
          expect(Math.abs(clock.aheadMs - aheadMs)).toBeLessThanOrEqual(clock.atMostMs + 1e-6);
          expect(clock.ifSymmetricMs).toBeLessThanOrEqual(clock.atMostMs);
          const [thereMs, backMs] = [there[pick % there.length], back[pick % back.length]];
          const hop = hopTime(
            { flowId: 'x', stamps: { requestMs: 0, responseMs: 100 + backMs } },
            { flowId: 'y', stamps: { requestMs: thereMs + aheadMs, responseMs: 100 + aheadMs } },
            clock
          );
          expect(hop.sumMs).toBeCloseTo(thereMs + backMs, 6);
          for (const [time, truth] of [
            [hop.there, thereMs],
            [hop.back, backMs],
          ] as const) {
            if (time.kind !== 'estimated') {
              throw new Error('the clocks are known');
            }
            expect(time.ms).toBeGreaterThanOrEqual(0);
            expect(Math.abs(time.ms - truth)).toBeLessThanOrEqual(time.atMostMs + 1e-6);
          }
        }
      )
    );
  });
});

describe('times as text', () => {
  it.each([
    [{ kind: 'exact', ms: 0.12 } as const, '120 µs'],
    [
      { kind: 'estimated', ms: 1.9, ifSymmetricMs: 0.2, atMostMs: 1.9 } as const,
      '1.9 ms, ± 0.2 if symmetric, at most ± 1.9',
    ],
    [
      { kind: 'estimated', ms: 0.61, ifSymmetricMs: 0.012, atMostMs: 0.6 } as const,
      '0.61 ms, ± 0.02 if symmetric, at most ± 0.60',
    ],
    [{ kind: 'unknown', why: 'one-way-only' } as const, 'unknown: only one direction was seen at both hosts'],
  ])('%j', (time, text) => {
    expect(oneWayText(time)).toBe(text);
  });
});
