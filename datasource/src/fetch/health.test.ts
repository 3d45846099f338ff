import { DEFAULT_SHARD_COUNT } from '@bpfnet/flow-model';
import { lineStore } from '../test/line-store';
import { linesOf, traffic, TWO_HOSTS } from '../test/traffic-script';
import { readHealth } from './health';

const NOW_MS = 1_800_000_000_000;
const { signal } = new AbortController();

/** Of collectors whose connections are in these flow shards. */
function healthWith(shards: readonly number[], shardCount = DEFAULT_SHARD_COUNT) {
  const [entry] = linesOf(traffic({ requestId: 'aaaaaaaa', atMs: 0, serverMs: 12 }, TWO_HOSTS));
  const tsNs = BigInt(NOW_MS - 5000) * 1_000_000n;
  const entries = shards.map((shard) => ({ ...entry, tsNs, labels: { ...entry.labels, flow_shard: String(shard) } }));
  return readHealth(lineStore(entries), { nowMs: NOW_MS, shardCount, signal });
}

describe('flow shards in the health check', () => {
  it('beyond the configured count are an error with both numbers', async () => {
    const { status, message } = await healthWith([0, 5, 31]);
    expect(status).toBe('error');
    expect(message).toContain('this datasource is set to 16, but the collectors use at least 32');
    expect(message).toContain('--flow-shards');
  });

  it('of the configured count are healthy, whether all are in use or some', async () => {
    expect(await healthWith([0, 1, 2, 3], 4)).toMatchObject({
      status: 'success',
      message: expect.stringMatching(/ Flow shards: 4 of 4 in use\.$/),
    });
    expect(await healthWith([2, 9, 15])).toMatchObject({
      status: 'success',
      message: expect.stringMatching(/ Flow shards: 3 of 16 in use\.$/),
    });
  });

  it('that end below the configured count without a hole hint at another count', async () => {
    const { status, message } = await healthWith([0, 1, 2, 3]);
    expect(status).toBe('success');
    expect(message).toMatch(
      /4 of 16 in use\. None above 3: if the collectors run with --flow-shards 4, set that here\.$/
    );
  });
});
