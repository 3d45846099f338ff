import { createHash } from 'node:crypto';
import { communityId } from '@bpfnet/flow-model/ids';
import fc from 'fast-check';
import { Flow } from '../src/flow/flow';
import { communityIdOf } from '../src/record/community-id';
import { EpochTime } from '../src/record/epoch-time';
import { writeNanoseconds } from '../src/record/decimal';
import { sha1OfOneBlock } from '../src/record/sha1';

describe('what a flow is called', () => {
  it('is SHA-1, whatever fits into a block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 55 }), (message) => {
        const block = new Uint8Array(64).fill(0xaa);
        block.set(message);
        const digest = new Uint8Array(20);
        sha1OfOneBlock(block, message.length, digest);
        expect(Buffer.from(digest).toString('hex')).toBe(createHash('sha1').update(message).digest('hex'));
      })
    );
  });

  it("is the contract's Community ID, for both versions and in both directions", () => {
    const word = fc.oneof(fc.constantFrom(0, -1), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    const port = fc.oneof(fc.constant(80), fc.nat({ max: 65535 }));
    fc.assert(
      fc.property(
        fc.constantFrom(4, 6),
        fc.array(word, { minLength: 8, maxLength: 8 }),
        port,
        port,
        fc.constantFrom(6, 17),
        (ipVersion, words, port0, port1, protocol) => {
          const flow = new Flow(0);
          flow.addresses.set(ipVersion === 4 ? words.map((w, i) => (i % 4 === 0 ? w : 0)) : words);
          Object.assign(flow, { ipVersion, port0, port1, protocol });
          const bytes = (from: number) => {
            const out = Buffer.alloc(16);
            words.slice(from, from + 4).forEach((w, i) => out.writeInt32BE(w, 4 * i));
            return out.subarray(0, ipVersion === 4 ? 4 : 16);
          };
          expect(communityIdOf(flow)).toBe(
            communityId(
              { srcAddress: bytes(0), dstAddress: bytes(4), srcPort: port0, dstPort: port1, protocol },
              (input) => createHash('sha1').update(input).digest('base64')
            )
          );
        }
      )
    );
  });
});

describe('a time in two numbers', () => {
  it('is the same in decimal and as a bigint', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 33 }), fc.integer({ min: -(10 ** 9), max: 10 ** 15 }), (seconds, ns) => {
        const time = new EpochTime();
        time.set(seconds + 1, ns);
        const out = Buffer.alloc(40);
        const text = out.toString(
          'latin1',
          0,
          writeNanoseconds(new DataView(out.buffer, out.byteOffset, out.length), 0, time.seconds, time.nanoseconds)
        );
        expect(text).toBe(String(BigInt(seconds + 1) * 1_000_000_000n + BigInt(ns)));
        expect(time.toBigInt()).toBe(BigInt(text));
      })
    );
  });
});
