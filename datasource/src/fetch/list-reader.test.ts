import { DataError } from '../data-error';
import { planL4List, planL7List } from '../plan/list-plan';
import { type L7ListQuery } from '../query/flow-query';
import { lineStore } from '../test/line-store';
import { EPOCH_NS, linesOf, traffic, TWO_HOSTS } from '../test/traffic-script';
import { readL4List, readL7List } from './list-reader';
import { type LogEntry } from '../loki/loki-client';
import { recordFieldOf } from '../plan/value-fields';
import { readValues } from './value-reader';

const WINDOW = { fromNs: EPOCH_NS, toNs: EPOCH_NS + BigInt(3_600_000_000_000) };
const signal = new AbortController().signal;
const asTyped = (text: string) => text;

function planOf(query: Partial<L7ListQuery>) {
  return planL7List({ refId: 'A', queryType: 'l7List', ...query }, asTyped);
}

/** Requests one second apart, each with its own latency. */
function requests(latencies: readonly number[]): readonly LogEntry[] {
  const [{ record, tsNs }] = traffic({ requestId: '0', atMs: 0, serverMs: 1 }, [TWO_HOSTS[0]]).l7;
  return latencies.map((latency_ms, i) => ({
    tsNs: tsNs + BigInt(i) * BigInt(500_000_000),
    line: JSON.stringify({ ...record, latency_ms, request_id: String(i) }),
    labels: { source: 'bpf_net_l7_log', host: 'node-a', flow_shard: '1' },
  }));
}

describe('a list of requests', () => {
  it('has the newest first and no more than asked for', async () => {
    const store = lineStore(requests([5, 6, 7]));
    const { rows, notes } = await readL7List(store, planOf({ limit: 2 }), { window: WINDOW, signal, fold: 'nic' });
    expect(rows.map(({ record }) => record.latency_ms)).toEqual([7, 6]);
    expect(notes).toEqual([]);
  });

  it('has the slowest first', async () => {
    const store = lineStore(requests([5, 9, 7]));
    const plan = planOf({ limit: 2, sort: 'slowest' });
    const { rows } = await readL7List(store, plan, { window: WINDOW, signal, fold: 'nic' });
    expect(rows.map(({ record }) => record.latency_ms)).toEqual([9, 7]);
  });

  it('has the slowest of the whole range, where that holds more lines than an answer may', async () => {
    // The slowest are the oldest, so the newest 5 000 lines do not hold them.
    const latencies = Array.from({ length: 7000 }, (_, i) => 7000 - i);
    const store = lineStore(requests(latencies));
    const plan = planOf({ limit: 3, sort: 'slowest' });
    const { rows, notes } = await readL7List(store, plan, { window: WINDOW, signal, fold: 'nic' });
    expect(rows.map(({ record }) => record.latency_ms)).toEqual([7000, 6999, 6998]);
    expect(notes).toEqual([]);
    expect(store.asked).toHaveLength(3);
  });

  it('says so where a store cannot find the slowest', async () => {
    const store = lineStore(requests(Array.from({ length: 5001 }, (_, i) => i)));
    const refusing = {
      ...store,
      instant: () => Promise.reject(new DataError({ kind: 'refused', reason: 'too many series', logql: '' })),
    };
    const plan = planOf({ limit: 3, sort: 'slowest' });
    const { notes } = await readL7List(refusing, plan, { window: WINDOW, signal, fold: 'nic' });
    expect(notes).toContainEqual({ kind: 'sorted-newest', sort: 'slowest' });
  });

  it('folded has one row a request, as its client saw it', async () => {
    const store = lineStore(
      linesOf(
        traffic({ requestId: 'aaaaaaaa', atMs: 1000, serverMs: 12 }, TWO_HOSTS),
        traffic({ requestId: 'bbbbbbbb', atMs: 2000, serverMs: 5 }, TWO_HOSTS.slice(0, 3))
      )
    );
    const { rows, nicsSeen } = await readL7List(store, planOf({}), { window: WINDOW, signal, fold: 'request' });
    expect(rows.map(({ record }) => [record.request_id, record.host, record.nic_name])).toEqual([
      ['bbbbbbbb', 'node-a', 'eth0'],
      ['aaaaaaaa', 'node-a', 'eth0'],
    ]);
    expect(nicsSeen).toEqual([3, 5]);
  });

  it('of one request has its NICs in path order, whatever the clocks of the hosts say', async () => {
    const store = lineStore(
      linesOf(
        traffic({ requestId: 'aaaaaaaa', atMs: 1000, serverMs: 12 }, TWO_HOSTS),
        traffic({ requestId: 'bbbbbbbb', atMs: 2000, serverMs: 5 }, TWO_HOSTS)
      )
    );
    const plan = planOf({ filters: { requestId: 'aaaaaaaa' }, sort: 'newest' });
    const { rows } = await readL7List(store, plan, { window: WINDOW, signal, fold: 'nic' });
    expect(rows.map(({ record }) => `${record.host} ${record.nic_name}`)).toEqual(
      TWO_HOSTS.map(({ host, nic }) => `${host} ${nic}`)
    );
    expect(new Set(rows.map(({ record }) => record.request_id))).toEqual(new Set(['aaaaaaaa']));
  });

  it('keeps to its filters', async () => {
    const store = lineStore([
      ...linesOf(traffic({ requestId: 'aaaaaaaa', atMs: 1000, serverMs: 12, resource: '/a' }, TWO_HOSTS)),
      ...linesOf(
        traffic({ requestId: 'bbbbbbbb', atMs: 2000, serverMs: 50, resource: '/b', status: '503' }, TWO_HOSTS)
      ),
      ...linesOf(traffic({ requestId: 'cccccccc', atMs: 3000 }, TWO_HOSTS)),
    ]);
    const ids = async (filters: L7ListQuery['filters']) => {
      const { rows } = await readL7List(store, planOf({ filters }), { window: WINDOW, signal, fold: 'request' });
      return rows.map(({ record }) => record.request_id[0]).join('');
    };
    expect(await ids({})).toBe('cba');
    expect(await ids({ resource: '/b' })).toBe('b');
    expect(await ids({ resourceRegex: '/[ab]$' })).toBe('ba');
    expect(await ids({ status: '503' })).toBe('b');
    expect(await ids({ outcome: ['ok', 'unanswered'] })).toBe('ca');
    expect(await ids({ minLatencyMs: 30 })).toBe('cb');
    expect(await ids({ host: 'node-b', pod: 'api-1' })).toBe('cba');
    expect(await ids({ pod: 'none' })).toBe('');
    expect(await ids({ port: '80' })).toBe('cba');
    expect(await ids({ port: '8' })).toBe('');
    expect(await ids({ text: '/API' })).toBe('c');
    expect(await ids({ address: '10.1.0.5', nic: 'uplink', op: 'GET', l7Proto: 'http' })).toBe('cba');
  });
});

describe('a list of connections', () => {
  it('finds those with retransmissions', async () => {
    const store = lineStore(
      linesOf(
        traffic({ requestId: 'aaaaaaaa', atMs: 1000, serverMs: 12, resendAfterMs: 4 }, TWO_HOSTS.slice(0, 1)),
        traffic({ requestId: 'bbbbbbbb', atMs: 2000, serverMs: 12 }, TWO_HOSTS.slice(0, 1))
      )
    );
    const count = async (minRetransmissions: number) => {
      const plan = planL4List({ refId: 'A', queryType: 'l4List', filters: { minRetransmissions } }, asTyped);
      return (await readL4List(store, plan, { window: WINDOW, signal })).rows.length;
    };
    expect([await count(0), await count(1), await count(2)]).toEqual([2, 1, 0]);
  });
});

describe('values of variables', () => {
  it('are those in the records', async () => {
    const store = lineStore(linesOf(traffic({ requestId: 'aaaaaaaa', atMs: 1000, serverMs: 12 }, TWO_HOSTS)));
    const values = (text: string) => {
      const field = recordFieldOf(text);
      return field && readValues(store, field, { window: WINDOW, signal });
    };
    expect(await values('host')).toEqual(['node-a', 'node-b']);
    expect(await values('k8s_pod_name')).toEqual(['api-1', 'web-1']);
    expect(await values('outcome')).toEqual(['ok']);
    expect(await values('password')).toBeUndefined();
  });
});
