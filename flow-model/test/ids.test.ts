import { createHash } from 'node:crypto';
import { communityId, type FiveTuple, requestId, shardOfClientIsn, shardOfCommunityId } from '../src/ids';
import { toSeq } from '../src/seq';

const sha1Base64 = (input: Uint8Array) => createHash('sha1').update(input).digest('base64');
const v4 = (text: string) => Uint8Array.from(text.split('.').map(Number));

describe('community id', () => {
  // Reference values of the specification's own baseline.
  it.each<[string, FiveTuple, string]>([
    [
      'TCP',
      { srcAddress: v4('128.232.110.120'), dstAddress: v4('66.35.250.204'), srcPort: 34855, dstPort: 80, protocol: 6 },
      '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    ],
    [
      'UDP',
      { srcAddress: v4('192.168.1.52'), dstAddress: v4('8.8.8.8'), srcPort: 54585, dstPort: 53, protocol: 17 },
      '1:d/FP5EW3wiY1vCndhwleRRKHowQ=',
    ],
  ])('equals the reference for %s, from both directions', (_, tuple, expected) => {
    const reversed: FiveTuple = {
      srcAddress: tuple.dstAddress,
      dstAddress: tuple.srcAddress,
      srcPort: tuple.dstPort,
      dstPort: tuple.srcPort,
      protocol: tuple.protocol,
    };
    expect(communityId(tuple, sha1Base64)).toBe(expected);
    expect(communityId(reversed, sha1Base64)).toBe(expected);
  });
});

describe('ids of connections and requests', () => {
  it('tell requests apart by sequence number and by content, and agree wherever the bytes lie', () => {
    const bytes = new TextEncoder().encode('..GET /api/orders');
    const same = new TextEncoder().encode('GET /api/orders');
    const id = requestId(toSeq(1000), bytes, 2, bytes.length);
    expect(requestId(toSeq(1000), same, 0, same.length)).toEqual(id);
    expect(requestId(toSeq(1001), same, 0, same.length)).not.toEqual(id);
    expect(requestId(toSeq(1000), same, 0, same.length - 1)).not.toEqual(id);
  });

  it('do not collide on 200 000 keep-alive requests of one client', () => {
    const bytes = new TextEncoder().encode('GET / HTTP/1.1\r\n');
    const seen = new Set<string>();
    for (let i = 0; i < 200_000; i++) {
      const { high, low } = requestId(toSeq(i * 120), bytes, 0, bytes.length);
      seen.add(`${high} ${low}`);
    }
    expect(seen.size).toBe(200_000);
  });
});

describe('shards', () => {
  it.each([
    ['consecutive initial sequence numbers', (i: number) => shardOfClientIsn(toSeq(i), 16)],
    ['initial sequence numbers 64 000 apart', (i: number) => shardOfClientIsn(toSeq(i * 64_000), 16)],
    ['community ids', (i: number) => shardOfCommunityId(`1:${i}=`, 16)],
  ])('are evenly filled by %s', (_, shardOf) => {
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) {
      counts[shardOf(i)]++;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});
