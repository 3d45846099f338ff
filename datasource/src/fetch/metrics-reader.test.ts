import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { planEvents } from '../plan/events-plan';
import { planMetrics } from '../plan/metrics-plan';
import { type EventsQuery, type MetricsQuery } from '../query/flow-query';
import { lineStore } from '../test/line-store';
import { EPOCH_NS, traffic, TWO_HOSTS } from '../test/traffic-script';
import { readEvents } from './event-reader';
import { type LogEntry, type LokiClient } from '../loki/loki-client';
import { readMetrics } from './metrics-reader';

const SECOND = 1_000_000_000n;
const WINDOW = { fromNs: EPOCH_NS, toNs: EPOCH_NS + 60n * SECOND + 1n };
const signal = new AbortController().signal;
const asTyped = (text: string) => text;

const [{ record: REQUEST }] = traffic({ requestId: 'a', atMs: 0, serverMs: 1 }, [TWO_HOSTS[0]]).l7;
const [{ record: CHUNK }] = traffic({ requestId: 'a', atMs: 0, serverMs: 1 }, [TWO_HOSTS[0]]).l4;

function request(atSecond: number, fields: Partial<L7Record>): LogEntry {
  const record = { ...REQUEST, ...fields };
  return { tsNs: at(atSecond), line: JSON.stringify(record), labels: { source: 'bpf_net_l7_log', host: record.host } };
}

function chunk(atSecond: number, fields: Partial<L4Record>): LogEntry {
  const record = { ...CHUNK, ...fields };
  return { tsNs: at(atSecond), line: JSON.stringify(record), labels: { source: 'bpf_net_l4_log', host: record.host } };
}

function at(second: number): bigint {
  return EPOCH_NS + BigInt(Math.round(second * 1e9));
}

/** Steps of 10 s. */
async function metric(entries: readonly LogEntry[], query: Partial<MetricsQuery>) {
  const plan = planMetrics({ refId: 'A', queryType: 'metrics', ...query }, asTyped);
  const { series } = await readMetrics(lineStore(entries), plan, { window: WINDOW, maxPoints: 7, signal });
  return Object.fromEntries(
    series.map(({ name, labels, points }) => [
      [...Object.values(labels), name].filter((word) => word !== '').join(' '),
      points.map(({ timeMs, value }) => `${timeMs / 1000 - Number(EPOCH_NS / SECOND)}s ${Number(value.toFixed(3))}`),
    ])
  );
}

describe('a metric', () => {
  it('of requests is their rate at the NIC that saw the most', async () => {
    const entries = [
      ...[1, 2, 3].map((second) => request(second, { nic_name: 'eth0' })),
      ...[1, 2].map((second) => request(second, { nic_name: 'uplink' })),
      request(15, { nic_name: 'eth0' }),
    ];
    expect(await metric(entries, { metric: 'rate' })).toEqual({ requests: ['10s 0.3', '20s 0.1'] });
  });

  it('of failures is a share, 0 where nothing failed', async () => {
    const entries = [
      request(1, { outcome: 'ok', l7_proto: 'http' }),
      request(2, { outcome: 'unanswered', l7_proto: 'http' }),
      request(2, { outcome: 'ok', l7_proto: 'dns' }),
    ];
    expect(await metric(entries, { metric: 'errorRatio', by: 'l7_proto' })).toEqual({
      http: ['10s 0.5'],
      dns: ['10s 0'],
    });
  });

  it('of latency leaves out what has none', async () => {
    const entries = [5, 6, 40].map((latency_ms) => request(3, { latency_ms }));
    const waited = request(3, { latency_ms: 30_000, outcome: 'unanswered' });
    expect(await metric([...entries, waited], { metric: 'latency', quantiles: [50] })).toEqual({ p50: ['10s 6'] });
  });

  it('of retransmissions adds both directions, also where one is never written', async () => {
    const entries = [
      chunk(1, { tx_packets: 60, rx_packets: 40, tx_retrans: 3, rx_retrans: undefined }),
      chunk(2, { tx_packets: 60, rx_packets: 40, tx_retrans: undefined, rx_retrans: 1 }),
    ];
    expect(await metric(entries, { metric: 'retransmissionRatio', by: 'host' })).toEqual({ 'node-a': ['10s 0.02'] });
  });

  it('of loss leaves out chunks in which the capture itself lost packets', async () => {
    const entries = [
      chunk(1, { tx_packets: 50, rx_packets: 50, rx_unseen_segments: 2, capture_drops: undefined }),
      chunk(1, { tx_packets: 50, rx_packets: 50, rx_unseen_segments: 40, capture_drops: 7 }),
    ];
    expect(await metric(entries, { metric: 'lossRatio' })).toEqual({ '': ['10s 0.02'] });
  });

  it('of connections counts those that failed', async () => {
    const entries = [chunk(1, { end_reason: 'refused' }), chunk(2, { end_reason: 'closed' })];
    expect(await metric(entries, { metric: 'connectFailures' })).toEqual({
      'connections refused or not answered': ['10s 0.1'],
    });
  });

  it('says so where the store reached its limit of series', async () => {
    const series = Array.from({ length: 500 }, (_, i) => ({ labels: { host: `h${i}` }, points: [] }));
    const full = { series: async () => series } as unknown as LokiClient;
    const plan = planMetrics({ refId: 'A', queryType: 'metrics', by: 'host' }, asTyped);
    const { notes } = await readMetrics(full, plan, {
      window: WINDOW,
      maxPoints: 7,
      signal,
    });
    expect(notes).toEqual([{ kind: 'series-limit', series: 500 }]);
  });
});

describe('events', () => {
  async function events(entries: readonly LogEntry[], query: Partial<EventsQuery> = {}) {
    const plan = planEvents({ refId: 'A', queryType: 'events', ...query }, asTyped);
    const read = await readEvents(lineStore(entries), plan, { window: WINDOW, signal });
    return read.events.map(({ kind, host, fromMs, toMs, count }) => `${kind} ${host} ${toMs - fromMs} ms: ${count}`);
  }

  const resets = (second: number, n: number) => Array.from({ length: n }, () => chunk(second, { end_reason: 'reset' }));

  it('are bursts, and neighbouring steps are one', async () => {
    expect(await events([...resets(10.5, 6), ...resets(11.5, 5), ...resets(30.5, 4)])).toEqual([
      'resets node-a 2000 ms: 11',
    ]);
  });

  it('are more than usual: what goes on all the time is none', async () => {
    const steady = Array.from({ length: 50 }, (_, i) => resets(5.5 + i, 6)).flat();
    expect(await events(steady)).toEqual([]);
    expect(await events([...steady, ...resets(30.5, 20)])).toEqual(['resets node-a 1000 ms: 26']);
    // What began only now is more than usual.
    expect(await events([...resets(57.5, 6), ...resets(58.5, 6)])).toEqual(['resets node-a 2000 ms: 12']);
    expect(await events(steady, { atLeast: 6 })).toEqual(['resets node-a 50000 ms: 300']);
  });

  it('are of the chosen kinds, from the chosen count on', async () => {
    const lost = chunk(20.5, { capture_drops: 3 });
    expect(await events([...resets(10.5, 2), lost])).toEqual(['captureLoss node-a 1000 ms: 3']);
    expect(await events([...resets(10.5, 2), lost], { kinds: ['resets'], atLeast: 2 })).toEqual([
      'resets node-a 1000 ms: 2',
    ]);
  });
});
