import fc from 'fast-check';
import { seqAdd, seqDiff, seqInRange, seqLess, seqMin, toSeq } from '../src/seq';

const anySeq = fc.integer({ min: 0, max: 0xffffffff }).map(toSeq);
const HALF = 2 ** 31 - 1;

describe('sequence numbers are modulo 2^32', () => {
  it('adds across the wrap', () => {
    expect(seqAdd(toSeq(0xfffffff0), 0x20)).toBe(0x10);
    expect(seqAdd(toSeq(5), -6)).toBe(0xffffffff);
  });

  it('measures distance across the wrap, in both directions', () => {
    expect(seqDiff(toSeq(3), toSeq(0xfffffffe))).toBe(5);
    expect(seqDiff(toSeq(0xfffffffe), toSeq(3))).toBe(-5);
  });

  it('undoes an addition by a difference', () => {
    fc.assert(
      fc.property(anySeq, fc.integer({ min: -HALF, max: HALF }), (a, n) => {
        expect(seqDiff(seqAdd(a, n), a)).toBe(n);
        expect(seqLess(a, seqAdd(a, n))).toBe(n > 0);
      })
    );
  });

  it('takes the earlier one', () => {
    expect(seqMin(toSeq(0xffffffff), toSeq(1))).toBe(0xffffffff);
  });

  it('finds a number in a range that wraps', () => {
    expect(seqInRange(toSeq(2), toSeq(0xfffffffe), 5)).toBe(true);
    expect(seqInRange(toSeq(3), toSeq(0xfffffffe), 5)).toBe(false);
    expect(seqInRange(toSeq(7), toSeq(7), 0)).toBe(false);
  });
});
