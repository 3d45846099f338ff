import fc from 'fast-check';
import { Reassembly } from '../src/flow/reassembly';

interface Piece {
  readonly from: number;
  readonly to: number;
}

/** What the receiver was given: bytes by their place in the stream, and gaps. */
function collector(start: number) {
  const out: Array<number | 'gap'> = [];
  const reassembly = new Reassembly({
    data: (_stream, bytes, from, to, seq) => {
      expect(((seq - start) | 0) === out.length).toBe(true);
      for (let i = from; i < to; i++) {
        out.push(bytes[i]);
      }
    },
    gap: (_stream, length) => {
      for (let i = 0; i < length; i++) {
        out.push('gap');
      }
    },
    unseenAcknowledged: () => undefined,
  });
  reassembly.startAt(start | 0);
  return { reassembly, out };
}

const stream = Uint8Array.from({ length: 400 }, (_, i) => i % 251);
const pieceOf = fc
  .tuple(fc.nat(399), fc.integer({ min: 1, max: 60 }))
  .map(([from, length]): Piece => ({ from, to: Math.min(400, from + length) }));

function push(r: Reassembly, start: number, piece: Piece, captured = piece.to - piece.from): void {
  r.push(stream, piece.from, captured, piece.to - piece.from, (start + piece.from) | 0);
}

describe('a stream put together again', () => {
  it('is the stream, whatever the order, overlap, repetition and wrap', () => {
    fc.assert(
      fc.property(fc.array(pieceOf, { maxLength: 40 }), fc.boolean(), (pieces, wraps) => {
        const start = wraps ? -200 : 1000;
        const { reassembly, out } = collector(start);
        for (const piece of pieces) {
          push(reassembly, start, piece);
        }
        // What was missing comes last, in one piece: everything is there then.
        push(reassembly, start, { from: 0, to: 400 });
        expect(out).toEqual([...stream]);
      })
    );
  });

  it('has a gap exactly where nothing was captured', () => {
    fc.assert(
      fc.property(fc.array(pieceOf, { minLength: 1, maxLength: 20 }), (pieces) => {
        const { reassembly, out } = collector(1000);
        const seen = new Array<boolean>(400).fill(false);
        for (const piece of pieces) {
          push(reassembly, 1000, piece);
          seen.fill(true, piece.from, piece.to);
        }
        reassembly.end();
        const end = seen.lastIndexOf(true) + 1;
        expect(out).toEqual([...stream.subarray(0, end)].map((byte, i) => (seen[i] ? byte : 'gap')));
      })
    );
  });

  it('turns what the capture cut off into a gap', () => {
    const { reassembly, out } = collector(0);
    push(reassembly, 0, { from: 0, to: 10 }, 4);
    push(reassembly, 0, { from: 10, to: 12 });
    expect(out).toEqual([0, 1, 2, 3, ...new Array(6).fill('gap'), 10, 11]);
  });

  it('waits for a hole to be filled, but not once it was acknowledged', () => {
    const { reassembly, out } = collector(0);
    push(reassembly, 0, { from: 5, to: 8 });
    expect(out).toEqual([]);
    reassembly.acknowledged(4);
    expect(out).toEqual([]);
    reassembly.acknowledged(8);
    expect(out).toEqual([...new Array(5).fill('gap'), 5, 6, 7]);
  });

  it('takes no segment from the other end of the sequence space', () => {
    const { reassembly, out } = collector(1000);
    reassembly.push(stream, 0, 10, 10, (1000 + 2 ** 31) | 0);
    push(reassembly, 1000, { from: 0, to: 10 });
    expect(out).toEqual([...stream.subarray(0, 10)]);
  });

  it('keeps a bounded amount behind a hole', () => {
    const { reassembly, out } = collector(0);
    for (let i = 0; i < 300; i++) {
      reassembly.push(stream, 0, 1, 1, 100 + i);
    }
    expect(out.length).toBeGreaterThan(100);
  });
});
