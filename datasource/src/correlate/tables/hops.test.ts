import fc from 'fast-check';
import { type Exchange, traffic, TWO_HOSTS, type Watcher } from '../../test/traffic-script';
import { connectionStory } from '../connection-story';
import { type Hops, hopsOf } from './hops';

const REQUEST: Exchange = { requestId: '00112233445566ff', atMs: 1000, serverMs: 12 };

function hops(exchange: Exchange, watchers: readonly Watcher[]): Hops {
  const { l7, l4 } = traffic(exchange, watchers);
  return hopsOf([...l7].reverse(), l4);
}

/** The picture as text, one line a node or edge. */
function drawn({ nodes, edges }: Hops): string[] {
  return nodes.flatMap((node) => {
    const edge = edges.find(({ source }) => source === node.id);
    const line = node.observed
      ? `${node.host} ${node.nicName}${node.podName && ` (${node.podName})`}: ${node.mainstat}, ${node.secondarystat}`
      : `${node.title} ${node.subtitle}`;
    return edge === undefined
      ? [line]
      : [
          line,
          `  ↓ ${edge.mainstat}${edge.nat && ` [${edge.nat}]`}${edge.lost && ` lost ${edge.lost}`}${
            edge.nat === edge.secondarystat ? '' : ` {${edge.secondarystat}}`
          }`,
        ];
  });
}

describe('the path of a request', () => {
  it('goes over two hosts whose clocks differ, with NAT and VXLAN', () => {
    const path = hops(REQUEST, TWO_HOSTS);
    expect(drawn(path)).toEqual([
      'node-a eth0 (web-1): 13.5 ms, 200',
      '  ↓ 20 µs to server, 30 µs to client',
      'node-a veth1: 13.5 ms, 200',
      '  ↓ 80 µs to server, 90 µs to client [10.96.0.80:80 → 10.2.1.7:8080]',
      'node-a uplink: 13.3 ms, 200',
      '  ↓ 1.1 ms round trip',
      'node-b uplink: 12.3 ms, 200',
      '  ↓ 100 µs to server, 150 µs to client',
      'node-b eth0 (api-1): 12.0 ms, 200',
    ]);
    expect(path.nodes.map(({ vniId, tunnel }) => [vniId, tunnel])).toEqual([
      [null, ''],
      [null, ''],
      [42, 'vxlan'],
      [42, 'vxlan'],
      [null, ''],
    ]);
    expect(path.edges[2]).toMatchObject({ sameClock: false, toServerMs: null, toClientMs: null });
    expect(path.edges[2].roundTripMs).toBeCloseTo(1.08, 6);
    expect(path.summary).toBe('GET /api/orders → 200');
    expect(path.latencyMs).toBeCloseTo(13.55, 6);
    expect(path.notes).toEqual([
      'Clocks of different hosts were not compared: between hosts only the round trip is shown.',
    ]);
  });

  it('gives each way between hosts with its bars where the packets were read', () => {
    const { l7, l4, packets } = traffic(REQUEST, TWO_HOSTS);
    const flows = l4.map(({ record }, i) => ({
      flowId: record.inner_traceid,
      packets: [packets[i].record],
      chunks: [record],
      exchanges: [l7[i]],
    }));
    const story = connectionStory({ flows, requestId: REQUEST.requestId });
    const path = hopsOf(l7, l4, story);
    expect(path.edges[2]).toMatchObject({
      mainstat: '1.1 ms round trip',
      secondarystat:
        'to server 0.54 ms, ± 0.55 if symmetric, at most ± 0.55; to client 0.54 ms, ± 0.55 if symmetric, at most ± 0.55',
      sameClock: false,
      toServerMs: null,
      toServerEstimateMs: expect.closeTo(0.54, 2),
      toClientEstimateMs: expect.closeTo(0.54, 2),
      estimateAtMostMs: expect.closeTo(0.54, 2),
      lostSegments: 0,
      sentSegments: 5,
    });
    expect(path.edges[0]).toMatchObject({ toServerMs: expect.closeTo(0.02, 6), toServerEstimateMs: null });
    expect(path.notes).toEqual([]);
  });

  it('shows what lies outside of what was observed', () => {
    expect(drawn(hops(REQUEST, [TWO_HOSTS[2]]))).toEqual([
      '10.1.0.5:40000 client, not observed',
      '  ↓ unknown',
      'node-a uplink: 12.0 ms, 200',
      '  ↓ unknown {12.0 ms from here to the response}',
      '10.2.1.7:8080 server, not observed',
    ]);
  });

  it('ends where an unanswered request was last seen, without guessing further', () => {
    const path = hops({ ...REQUEST, serverMs: undefined }, TWO_HOSTS.slice(0, 3));
    expect(drawn(path)).toEqual([
      'node-a eth0 (web-1): no response, unanswered',
      '  ↓ 20 µs to server',
      'node-a veth1: no response, unanswered',
      '  ↓ 80 µs to server [10.96.0.80:80 → 10.2.1.7:8080]',
      'node-a uplink: no response, unanswered',
      '  ↓ unknown {last seen at uplink on node-a}',
      '10.2.1.7:8080 server, not observed',
    ]);
    expect(path.outcome).toBe('unanswered');
    expect(path.notes).toContain(
      'The request was last seen at uplink on node-a; whether it reached the server is unknown.'
    );
  });

  it('names the hop that lost a request, where a NIC beyond watched the connection', () => {
    const watchers = TWO_HOSTS.map((watcher) =>
      watcher.host === 'node-b' ? { ...watcher, misses: 'request' as const } : watcher
    );
    const path = hops({ ...REQUEST, serverMs: undefined }, watchers);
    expect(drawn(path).slice(4)).toEqual([
      'node-a uplink: no response, unanswered',
      '  ↓ request lost lost request',
      'node-b uplink: not seen, request not seen here',
      '  ↓ ',
      'node-b eth0 (api-1): not seen, request not seen here',
    ]);
  });

  it('claims no loss where a capture lost packets or the connection goes on', () => {
    const watchers = TWO_HOSTS.map((watcher) =>
      watcher.host === 'node-b' ? { ...watcher, misses: 'request' as const, captureDrops: 3 } : watcher
    );
    expect(hops({ ...REQUEST, serverMs: undefined }, watchers).edges.map(({ lost }) => lost)).not.toContain('request');

    const { l7, l4 } = traffic(
      { ...REQUEST, serverMs: undefined },
      TWO_HOSTS.map((watcher) => (watcher.host === 'node-b' ? { ...watcher, misses: 'request' } : watcher))
    );
    const open = l4.map((seen) => ({ ...seen, record: { ...seen.record, end_reason: undefined } }));
    expect(hopsOf(l7, open).edges.map(({ lost }) => lost)).not.toContain('request');
  });

  it('names the hop that lost a response', () => {
    const watchers = TWO_HOSTS.map((watcher) =>
      watcher.host === 'node-a' ? { ...watcher, misses: 'response' as const } : watcher
    );
    const path = hops(REQUEST, watchers);
    expect(path.nodes.map(({ host, outcome }) => `${host} ${outcome}`)).toEqual([
      'node-a unanswered',
      'node-a unanswered',
      'node-a unanswered',
      'node-b ok',
      'node-b ok',
    ]);
    expect(path.edges.map(({ lost }) => lost)).toEqual(['', '', 'response', '']);
  });

  it('puts the client host first for an unanswered request, whatever the clocks say', () => {
    const path = hops({ ...REQUEST, serverMs: undefined }, TWO_HOSTS);
    expect(path.nodes.map(({ host }) => host)).toEqual(['node-a', 'node-a', 'node-a', 'node-b', 'node-b']);
    expect(path.edges.every(({ toClientMs, roundTripMs }) => toClientMs === null && roundTripMs === null)).toBe(true);
    expect(path.notes).toContain('The request reached eth0 on node-b, where the server is, but got no response.');
  });

  it('says so where only clocks tell the order of hosts', () => {
    const bare = ['r1', 'r2'].map((host, i): Watcher => ({
      host,
      nic: 'eth0',
      thereMs: i,
      backMs: i,
      direction: 'incoming',
    }));
    const { notes } = hops({ ...REQUEST, serverMs: undefined }, bare);
    expect(notes[0]).toMatch(/clocks, which were not compared: it may be wrong/);
  });

  it('counts retransmissions and capture drops', () => {
    const path = hops({ ...REQUEST, resendAfterMs: 5 }, [{ ...TWO_HOSTS[0], captureDrops: 2 }]);
    expect(path.nodes[0]).toMatchObject({ retransmissions: 1, secondarystat: '200, 1 retransmission' });
    expect(path.notes[0]).toMatch(/^The capture dropped 2 packets at eth0 on node-a/);
  });

  it('lets the round trips decide where a kernel gave two NICs one receive time', () => {
    const { l7 } = traffic(REQUEST, TWO_HOSTS.slice(0, 2));
    const [near, far] = l7;
    const names = (spans: typeof l7) =>
      hopsOf(spans, [])
        .nodes.filter(({ observed }) => observed)
        .map(({ nicName }) => nicName);
    const moved = [{ ...near, tsNs: far.tsNs + 1n }, far];
    expect(names(moved)).toEqual([near.record.nic_name, far.record.nic_name]);
  });

  it('gives no time below zero', () => {
    const { l7 } = traffic(REQUEST, TWO_HOSTS.slice(0, 2));
    const [near, far] = l7;
    const odd = [near, { ...far, record: { ...far.record, latency_ms: near.record.latency_ms + 1 } }];
    const { edges, notes } = hopsOf(odd, []);
    expect(edges.find(({ source }) => source === near.record.inner_traceid)).toMatchObject({
      toClientMs: null,
      roundTripMs: null,
    });
    expect(notes).toContain(
      'The time to the client between eth0 on node-a and veth1 on node-a came out negative and is not shown.'
    );
  });

  it('finds the order of any path, whatever each host’s clock says', () => {
    const paths = fc
      .array(
        fc.record({
          host: fc.integer({ min: 0, max: 3 }),
          there: fc.integer({ min: 1, max: 900 }),
          back: fc.integer({ min: 1, max: 900 }),
        }),
        {
          minLength: 1,
          maxLength: 10,
        }
      )
      .chain((steps) =>
        fc.tuple(fc.constant(steps), fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 4, maxLength: 4 }))
      );
    fc.assert(
      fc.property(paths, fc.integer({ min: 0, max: 50 }), ([steps, clocks], serverMs) => {
        let thereMs = 0;
        let backMs = 0;
        const watchers = steps.map(({ host, there, back }, i): Watcher => {
          thereMs += there / 1000;
          backMs += back / 1000;
          return { host: `h${host}`, nic: `n${i}`, thereMs, backMs, direction: 'incoming', clockAheadMs: clocks[host] };
        });
        const { nodes, edges } = hops({ ...REQUEST, serverMs }, watchers);
        expect(nodes.filter(({ observed }) => observed).map(({ nicName }) => nicName)).toEqual(
          watchers.map(({ nic }) => nic)
        );
        for (const edge of edges) {
          expect(Math.min(edge.toServerMs ?? 0, edge.toClientMs ?? 0, edge.roundTripMs ?? 0)).toBeGreaterThanOrEqual(0);
        }
      })
    );
  });
});
