import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';
import { spreadApart } from './layout/spread-apart';
import { edgeCurves, middleOf } from './layout/edge-curve';
import { findAt } from './layout/find-at';
import { layoutGraph } from './layout/graph-layout';
import { hostBoxes } from './layout/host-boxes';
import { layersOf } from './layout/layers';
import { edgeColours } from './model/edge-colours';
import { edgeLinkFields } from './model/edge-link-fields';
import { foldGraph, keepBusiest, type Level } from './model/fold-graph';
import { type Graph } from './model/graph';
import { edgeFacts, edgeLines, nodeLines, rateText } from './model/graph-text';
import { readGraph } from './model/read-graph';
import { searchNodes, stepFrom } from './model/walk-graph';
import { nicGraphFrames, syntheticNicGraph } from './test/synthetic-graph';

function graphOf(frames: DataFrame[]): Graph {
  const result = readGraph(frames);
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problem));
  }
  return result.value;
}

const nic = (host: string, nicName: string, rest: object = {}) => ({
  id: `${host}/${nicName}`,
  title: nicName,
  host,
  nicName,
  podName: '',
  k8sNamespace: '',
  observed: true,
  requests: 100,
  requestsPerSecond: 10,
  failed: 0,
  p95Ms: 5,
  ...rest,
});

const edge = (source: string, target: string, rest: object = {}) => ({
  id: `${source} ${target}`,
  source,
  target,
  requests: 100,
  requestsPerSecond: 10,
  failed: 0,
  p95Ms: 1,
  lost: 0,
  ...rest,
});

/** A pod on each of two hosts, its veth, and the wire between. */
const twoHosts = () =>
  graphOf(
    nicGraphFrames(
      [
        nic('a', 'eth0', { podName: 'cart', k8sNamespace: 'shop', title: 'cart' }),
        nic('a', 'veth1'),
        nic('b', 'veth2'),
        nic('b', 'eth0', { podName: 'orders', k8sNamespace: 'shop', title: 'orders', requests: 140 }),
      ],
      [
        edge('a/eth0', 'a/veth1', { p95Ms: 0.1 }),
        edge('a/veth1', 'b/veth2', { p95Ms: 40, failed: 5, lost: 2 }),
        edge('a/eth0', 'b/veth2', { p95Ms: 7, requests: 40, requestsPerSecond: 4 }),
        edge('b/veth2', 'b/eth0', { p95Ms: 0.2 }),
      ]
    )
  );

const textOf = ({ nodes, edges }: Graph) => [
  ...nodes.map((node) => `${node.title} [${node.subtitle}] ${node.requests}`),
  ...edges.map(
    (one) => `${nodes[one.source].title} → ${nodes[one.target].title}: ${one.requests}, ${edgeLines(one)[0] ?? ''}`
  ),
];

describe('reading', () => {
  test('the order of rows does not count', () => {
    const [nodes, edges] = syntheticNicGraph(60);
    const reversed = createDataFrame({
      ...nodes,
      fields: nodes.fields.map((field) => ({ ...field, values: [...field.values].reverse() })),
    });
    expect(graphOf([reversed, edges]).nodes.map(({ id }) => id)).toEqual(
      graphOf([nodes, edges]).nodes.map(({ id }) => id)
    );
  });

  test("any frames of Grafana's node graph, in its spelling, also edges without nodes", () => {
    const text = (name: string, values: string[]) => ({ name, type: FieldType.string, values });
    const nodes = createDataFrame({
      fields: [text('id', ['x', 'y']), text('mainStat', ['7 ops', '']), text('title', ['X', 'Y'])],
    });
    const edges = createDataFrame({
      fields: [
        text('id', ['1', '2']),
        text('source', ['x', 'z']),
        text('target', ['y', 'x']),
        text('mainstat', ['3 ms', '']),
      ],
    });
    const graph = graphOf([edges, nodes]);
    expect(graph.hasLayers).toBe(false);
    expect(graph.nodes.map((node) => `${node.title} ${nodeLines(node)[0]}`)).toEqual(['X 7 ops', 'Y ', 'z ']);
    expect(graph.edges.map((edge) => edgeLines(edge)[0])).toEqual(['3 ms', undefined]);
    expect(graphOf([edges]).nodes).toHaveLength(3);
  });

  test.each([
    ['nothing', [], 'no-frames'],
    ['logs', [createDataFrame({ name: 'logs', fields: [{ name: 'body', values: ['x'] }] })], 'wrong-frame'],
    [
      'no nodes',
      nicGraphFrames([], []).map((frame, i) => ({
        ...frame,
        fields: [{ name: i === 0 ? 'id' : 'x', type: FieldType.string, config: {}, values: [] }],
      })),
      'no-rows',
    ],
  ])('%s', (_name, frames, kind) => {
    const result = readGraph(frames);
    expect(result.ok ? 'ok' : result.problem.kind).toBe(kind);
  });
});

describe('folding', () => {
  const folded = (level: Level, ...flipped: string[]) =>
    textOf(foldGraph(twoHosts(), { level, flipped: new Set(flipped) }));

  test('into hosts: what crosses their border is added up, the greatest p95 is an upper end', () => {
    expect(folded('host')).toEqual(['a [2 NICs] 140', 'b [2 NICs] 140', 'a → b: 140, ≤ 40.0 ms · 2 lost']);
  });

  test('into namespaces: what has none is together', () => {
    expect(folded('namespace').slice(0, 2)).toEqual(['no namespace [2 NICs] 140', 'shop [2 NICs] 140']);
  });

  test('one host unfolded, the other not', () => {
    expect(folded('host', 'host a')).toEqual([
      'veth1 [] 100',
      'cart [] 100',
      'b [2 NICs] 140',
      'cart → veth1: 100, 100 µs',
      'veth1 → b: 100, 40.0 ms · 2 lost',
      'cart → b: 40, 7.0 ms',
    ]);
  });

  test('one host folded among NICs', () => {
    expect(folded('nic', 'host b').slice(0, 3)).toEqual(['veth1 [] 100', 'cart [] 100', 'b [2 NICs] 140']);
  });

  test('all but the busiest: no request of theirs is dropped', () => {
    const graph = keepBusiest(twoHosts(), 2);
    expect(textOf(graph)).toEqual([
      '2 more [collapsed, fewer requests] 140',
      'cart [] 100',
      'orders [] 140',
      'cart → 2 more: 140, ≤ 7.0 ms',
      '2 more → orders: 100, 200 µs',
    ]);
    expect(keepBusiest(twoHosts(), 4).nodes).toHaveLength(4);
  });

  test('rates over the border of what is folded stay the same at any number', () => {
    const graph = graphOf(syntheticNicGraph(200));
    for (const count of [5, 40, 150]) {
      const { nodes, edges } = keepBusiest(graph, count);
      expect(nodes).toHaveLength(count + 1);
      expect(nodes.flatMap(({ members }) => members)).toHaveLength(graph.nodes.length);
      const kept = new Set(nodes.filter((node) => node.folded === 'no').map(({ id }) => id));
      const crossing = graph.edges.filter(
        ({ source, target }) => kept.has(graph.nodes[source].id) || kept.has(graph.nodes[target].id)
      );
      const sum = (all: Graph['edges']) => all.reduce((total, one) => total + (one.requests ?? 0), 0);
      expect(sum(edges)).toBe(sum(crossing));
    }
  });
});

describe('layers', () => {
  const layers = (count: number, edges: ReadonlyArray<readonly [number, number]>, order?: number[]) =>
    [
      ...layersOf(
        count,
        edges.map(([source, target]) => ({ source, target })),
        order
      ),
    ].join(' ');

  test('a path goes from left to right', () => {
    expect(
      layers(4, [
        [2, 0],
        [0, 3],
        [3, 1],
      ])
    ).toBe('1 3 0 2');
  });

  test('places on the path count where they are known', () => {
    expect(
      layers(
        3,
        [
          [0, 1],
          [1, 2],
        ],
        [0, 4, 5]
      )
    ).toBe('0 1 2');
  });

  test('traffic both ways over one wire puts the wire in the middle', () => {
    // Clients 0 and 1 and servers 2 and 3 on both sides of the wire 4 – 5.
    expect(
      layers(6, [
        [0, 4],
        [4, 5],
        [5, 3],
        [1, 5],
        [5, 4],
        [4, 2],
      ])
    ).toBe('0 0 2 2 1 1');
  });

  test('circles and lone nodes have a layer', () => {
    expect(
      layers(4, [
        [0, 1],
        [1, 2],
        [2, 0],
      ])
    ).toMatch(/^\d \d \d \d$/);
  });
});

test.each([
  [[5, 5, 5], 10, [-5, 5, 15]],
  [[0, 100], 10, [0, 100]],
  [[10, 0], 4, [3, 7]],
  [[], 4, []],
])('places apart: %j by %d', (wishes, gap, places) => {
  expect([...spreadApart(wishes, gap)]).toEqual(places);
});

/** NICs one after another, the first half on one host, the rest on another. */
function chainOf(count: number): Graph {
  const ids = Array.from({ length: count }, (_v, i) => `n${String(i).padStart(2, '0')}`);
  return graphOf(
    nicGraphFrames(
      ids.map((id, i) => ({ id, title: id, observed: true, host: i < count / 2 ? 'node-a' : 'node-b' })),
      ids.slice(1).map((target, i) => ({ id: target, source: ids[i], target, requests: 5 }))
    )
  );
}

describe('the whole layout', () => {
  test.each([10, 100, 500, 1500])('%d NICs: nothing covers anything, all lie inside', (size) => {
    const graph = graphOf(syntheticNicGraph(size));
    const { x, y, width, height, card } = layoutGraph({ graph, aspect: 1.8, widthPx: 1260 });
    const byX = [...x.keys()].sort((a, b) => x[a] - x[b]);
    for (let i = 0; i < byX.length; i++) {
      const a = byX[i];
      expect(x[a] >= card.width / 2 && x[a] <= width - card.width / 2 + 0.01).toBe(true);
      expect(y[a] >= card.height / 2 && y[a] <= height - card.height / 2 + 0.01).toBe(true);
      for (let j = i + 1; j < byX.length && x[byX[j]] - x[a] < card.width; j++) {
        expect(Math.abs(y[byX[j]] - y[a])).toBeGreaterThanOrEqual(card.height);
      }
    }
  });

  test('a long thin graph is broken into bands between hosts, and its edges run between them', () => {
    const chain = chainOf(10);
    const layout = layoutGraph({ graph: chain, aspect: 2, widthPx: 1240 });
    expect([...layout.bands].map(String).sort().join('')).toBe('0000011111');
    expect(hostBoxes(chain, layout).map(({ host }) => host)).toEqual(['node-a', 'node-b']);
    const between = chain.edges.findIndex(
      ({ source, target }) => chain.nodes[source].host !== chain.nodes[target].host
    );
    expect([...layout.gutters.keys()]).toEqual([between]);
    const [, along] = edgeCurves(layout, chain.edges, between);
    const [a, b] = hostBoxes(chain, layout);
    expect(along[1]).toBeGreaterThan(a.bottom);
    expect(along[1]).toBeLessThan(b.top);
    const phone = layoutGraph({ graph: chain, aspect: 0.75, widthPx: 370 });
    // Two columns, and cards wide enough for words on the screen.
    expect(new Set(phone.x).size).toBe(2);
    const scale = Math.min(370 / phone.width, 370 / 0.75 / phone.height);
    expect(phone.card.width * scale).toBeGreaterThan(90);
  });

  test('a short one is not', () => {
    expect(new Set(layoutGraph({ graph: chainOf(4), aspect: 2, widthPx: 1240 }).bands).size).toBe(1);
  });

  test('host boxes that would hold other NICs are not drawn', () => {
    const graph = chainOf(10);
    const mixed = { ...graph, nodes: graph.nodes.map((node, i) => ({ ...node, host: i % 2 === 0 ? 'a' : 'b' })) };
    expect(hostBoxes(mixed, layoutGraph({ graph: mixed, aspect: 2, widthPx: 1240 }))).toEqual([]);
  });

  test('the same again, and other numbers on it change nothing', () => {
    const places = (frames: DataFrame[]) => [...layoutGraph({ graph: graphOf(frames), aspect: 1.6 }).y];
    const [nodes, edges] = syntheticNicGraph(120);
    const other = {
      ...edges,
      fields: edges.fields.map((field) =>
        field.name === 'requests' ? { ...field, values: field.values.map(() => 1) } : field
      ),
    };
    expect(places([nodes, other])).toEqual(places([nodes, edges]));
  });
});

test('what lies at a point', () => {
  const graph = twoHosts();
  const layout = layoutGraph({ graph, aspect: 2 });
  const at = (x: number, y: number) => findAt({ graph, layout }, [x, y], 5);
  expect(at(layout.x[2], layout.y[2])).toEqual({ kind: 'node', index: 2 });
  const [x, y] = middleOf(edgeCurves(layout, graph.edges, 1));
  expect(at(x, y)).toEqual({ kind: 'edge', index: 1 });
  expect(at(-500, -500)).toBeUndefined();
});

describe('walking and finding', () => {
  test('keys follow the busiest edge', () => {
    const graph = twoHosts();
    const layout = layoutGraph({ graph, aspect: 2 });
    const title = (from: number, step: 'next' | 'previous' | 'up') =>
      graph.nodes[stepFrom(graph, layout, { from, step })].title;
    const cart = graph.nodes.findIndex((node) => node.title === 'cart');
    expect([title(cart, 'next'), title(cart, 'previous'), title(cart, 'up')]).toEqual(['veth1', 'cart', 'cart']);
  });

  test('all words must be found, in whatever is folded too', () => {
    const graph = foldGraph(twoHosts(), { level: 'host', flipped: new Set() });
    expect(searchNodes(graph, 'b VETH2')).toEqual([1]);
    expect(searchNodes(graph, 'nobody')).toEqual([]);
  });
});

test('colours begin at the first threshold', () => {
  const [nodes, edges] = nicGraphFrames(
    [nic('a', 'x'), nic('b', 'y')],
    [edge('a/x', 'b/y', { p95Ms: 30 }), edge('b/y', 'a/x')]
  );
  const fields = edges.fields.map((field) =>
    field.name === 'p95Ms'
      ? {
          ...field,
          config: {
            thresholds: {
              mode: 'absolute' as never,
              steps: [
                { value: -Infinity, color: 'green' },
                { value: 20, color: 'red' },
              ],
            },
          },
          display: (value: unknown) => ({
            text: String(value),
            numeric: Number(value),
            suffix: ' ms',
            color: Number(value) >= 20 ? '#f00' : '#0f0',
          }),
        }
      : field
  );
  const colours = edgeColours([nodes, { ...edges, fields }], 'p95Ms');
  expect(graphOf([nodes, edges]).edges.map(colours.of)).toEqual(['#f00', undefined]);
  expect(colours.legend).toEqual([{ from: 20, colour: '#f00', text: '20 ms' }]);
});

test('an edge leads to the requests at its end towards the server', () => {
  const graph = twoHosts();
  expect(edgeLinkFields(graph, graph.edges[3])).toMatchObject({ host: 'b', name: 'orders', sourceNic: 'veth2' });
  const outside = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, observed: false })) };
  expect(edgeLinkFields(outside, graph.edges[0])).toBeUndefined();
});

test('figures with their units', () => {
  expect([0, 0.5, 12.34, 2500].map(rateText)).toEqual(['0 req/s', '30.0 req/min', '12.3 req/s', '2\u202f500 req/s']);
  expect(edgeFacts(twoHosts().edges[1])).toEqual([
    ['rate', '10.0 req/s'],
    ['requests', '100'],
    ['failed', '5 (5.0 %)'],
    ['round trip p95', '40.0 ms'],
    ['lost on this hop', '2 requests'],
  ]);
});
