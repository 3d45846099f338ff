import { traffic, TWO_HOSTS, type Watcher } from '../../test/traffic-script';
import { nicGraph } from './nic-graph';

const REQUESTS = Array.from({ length: 20 }, (_, i) =>
  traffic(
    {
      requestId: `0011223344556${String(i).padStart(3, '0')}`,
      atMs: i * 100,
      serverMs: 10 + i,
      status: i % 4 === 0 ? '503' : '200',
      clientIsn: 100 + i,
    },
    TWO_HOSTS
  )
);

function graphOf(spans: ReturnType<typeof traffic>['l7'], scale = 1) {
  return nicGraph({ spans, seconds: 10, scale });
}

describe('the graph of many requests', () => {
  const graph = graphOf(REQUESTS.flatMap(({ l7 }) => l7));

  it('has a node a NIC, whichever connection crossed it', () => {
    expect(graph.nodes.map(({ title, subtitle }) => `${title} on ${subtitle}`)).toEqual([
      'web-1 eth0 on node-a',
      'veth1 on node-a',
      'uplink on node-a',
      'uplink on node-b',
      'api-1 eth0 on node-b',
    ]);
    expect(graph.requests).toBe(20);
  });

  it('says rate, failures and latency at each', () => {
    expect(graph.nodes[0]).toMatchObject({
      requests: 20,
      requestsPerSecond: 2,
      failed: 5,
      arc__failed: 0.25,
      mainstat: '2.0 req/s',
      secondarystat: '25 % failed',
    });
    expect(graph.nodes[0].p50Ms).toBeCloseTo(19 + 1.55, 6);
  });

  it('has an edge a hop with its time, which needs no common clock', () => {
    expect(graph.edges.map(({ p50Ms }) => Number(p50Ms?.toFixed(3)))).toEqual([0.05, 0.17, 1.08, 0.25]);
    const ids = new Set(graph.nodes.map(({ id }) => id));
    expect(graph.edges.every(({ source, target }) => ids.has(source) && ids.has(target))).toBe(true);
  });

  it('scales rates where a part was read, not counts', () => {
    const { nodes } = graphOf(REQUESTS[0].l7, 8);
    expect(nodes[0]).toMatchObject({ requests: 1, requestsPerSecond: 0.8 });
  });

  it('counts what a hop lost', () => {
    const watchers: readonly Watcher[] = TWO_HOSTS.map((one) =>
      one.host === 'node-a' ? { ...one, misses: 'response' as const } : one
    );
    const lost = traffic({ requestId: 'ffffffffffffffff', atMs: 5, serverMs: 1, clientIsn: 9 }, watchers);
    const { edges } = graphOf(lost.l7);
    expect(edges.map(({ lost: count }) => count)).toEqual([0, 0, 1, 0]);
  });

  it('folds what is not observed into one on the client’s side, and one an address on the server’s', () => {
    const uplinks = TWO_HOSTS.slice(2, 4);
    const two = [1, 2].flatMap(
      (i) =>
        traffic(
          { requestId: `000000000000000${i}`, atMs: i, serverMs: 1, clientIsn: i },
          uplinks.map((one) => ({ ...one, client: `10.9.9.${i}:1000` }))
        ).l7
    );
    const { nodes } = graphOf(two);
    expect(nodes.map(({ title, observed }) => [title, observed])).toEqual([
      ['clients outside', false],
      ['uplink', true],
      ['uplink', true],
      ['10.2.1.7:8080', false],
    ]);
  });
});
