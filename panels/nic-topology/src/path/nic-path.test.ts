import { nicKind } from './model/node-text';
import { type DataFrame } from '@grafana/data';
import { expectGolden } from '../../../shared/test/golden';
import { type Box, layoutPath } from './layout/path-layout';
import { edgeText, timeLines } from './model/edge-text';
import { type NicPath } from './model/path';
import { readNicPath } from './model/read-path';
import { slowestHop } from './model/slowest-hop';
import { whereTimeWent } from './model/path-summary';
import { hopFrames, outside, sixNics } from './test/hop-frames';
import { layoutText, pathText } from './test/path-text';

function pathOf(frames: DataFrame[]): NicPath {
  const result = readNicPath(frames);
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problem));
  }
  return result.value;
}

describe('the path in words', () => {
  test('six NICs on two hosts', () => {
    const path = pathOf(sixNics());
    expectGolden('path-six-nics', pathText(path));
    expect(slowestHop(path.edges, path.latencyMs)).toEqual({ index: 2, matters: true });
    expect(whereTimeWent(path)).toBe('209.7 ms between the NICs, 202.9 ms beyond the last');
  });

  test('a request that got lost', () => {
    const unanswered = { outcome: 'unanswered', retransmissions: 3 } as const;
    const path = pathOf(
      hopFrames(
        [
          unanswered,
          { ...unanswered, nicName: 'eth1', virtual: false },
          { host: 'node-b', outcome: '' },
          outside('server'),
        ],
        [{ toServerMs: 0.1 }, { sameClock: false, lost: 'request' }, { sameClock: false }]
      )
    );
    expectGolden('path-request-lost', pathText(path));
    expect(whereTimeWent(path)).toBe('');
  });

  test('a request without a response, timed by clock comparison', () => {
    const unanswered = { outcome: 'unanswered' } as const;
    const edge = { sameClock: false, toServerEstimateMs: 1.3, estimateAtMostMs: 1.1 };
    const path = pathOf(hopFrames([unanswered, { ...unanswered, host: 'node-b' }], [edge]));
    const { toServer, toClient, sentence } = edgeText(path, 0);
    expect(timeLines(toServer.time)).toEqual(['≈ 1.3 ms', '± 1.1 ms']);
    expect(sentence).toBe('Hop: ≈ 1.3 ms ± 1.1 ms to server.');
    expect(toClient.arrow).toBe('none');
  });

  test('a response that got lost, and a client that nobody saw', () => {
    const path = pathOf(
      hopFrames(
        [outside('client'), { outcome: 'unanswered' }, { host: 'node-b', latencyMs: 12.5 }],
        [{ sameClock: false }, { sameClock: false, lost: 'response' }]
      )
    );
    expectGolden('path-response-lost', pathText(path));
  });

  test('segments of it that were lost and retransmitted, apart from what else its connection lost', () => {
    const edge = {
      sameClock: false,
      roundTripMs: 338,
      toServerEstimateMs: 1,
      toClientEstimateMs: 337,
      estimateAtMostMs: 1,
    };
    const losses = { sentSegments: 1024, lostSegments: 51, responseSegmentsLost: 1, responseRetransmittedAfterMs: 336 };
    const path = pathOf(
      hopFrames(
        [{ latencyMs: 412 }, { nicName: 'eth1', latencyMs: 411.8 }, { host: 'node-b', latencyMs: 73 }],
        [
          { toServerMs: 0.1, toClientMs: 0.1 },
          { ...edge, ...losses },
        ]
      )
    );
    expectGolden('path-segment-resent', pathText(path));
    expect(edgeText(path, 1).sentence).toBe(
      'Hop: 338.0 ms round trip, by clock comparison, ≈ 1.0 ms ± 1.0 ms to server, ≈ 337.0 ms ± 1.0 ms to client, ' +
        '1 segment of the response lost here, retransmitted after 336.0 ms, ' +
        'the whole connection lost 51 of 1\u202f024 packets here, slowest hop.'
    );
  });

  test('the slowest hop is pointed at, and only where it matters as part of what was slow', () => {
    const between = (ms: number) => ({ toServerMs: ms, toClientMs: 0 });
    const of = (ms: number) => {
      const nodes = [{ latencyMs: 400 }, { latencyMs: 399 }, { latencyMs: 300 }];
      const { edges, latencyMs } = pathOf(hopFrames(nodes, [between(0.1), between(ms)]));
      return slowestHop(edges, latencyMs);
    };
    expect(of(0.15)).toEqual({ index: -1, matters: false });
    expect(of(0.3)).toEqual({ index: -1, matters: false });
    expect(of(4)).toEqual({ index: 1, matters: false });
    expect(of(99)).toEqual({ index: 1, matters: true });
  });

  test('a NIC is neither virtual nor physical where the capture does not say', () => {
    const kinds = pathOf(hopFrames([{ virtual: true }, { virtual: false }, { virtual: null }], [{}, {}])).nodes.map(
      nicKind
    );
    expect(kinds).toEqual(['virtual', 'physical', '']);
  });

  test('nodes are in path order whatever the order of rows; edges go by their ends', () => {
    const path = pathOf(
      hopFrames(
        [
          { id: 'b', order: 1, nicName: 'second' },
          { id: 'a', order: 0, nicName: 'first' },
        ],
        [{ source: 'a', target: 'b', toServerMs: 7 }]
      )
    );
    expect(path.nodes.map((node) => node.nicName)).toEqual(['first', 'second']);
    expect(path.edges.map((edge) => edge.toServerMs)).toEqual([7]);
  });
});

describe('the layout', () => {
  const nodes = (count: number) =>
    Array.from({ length: count }, (_v, i) => ({ host: i < count / 2 ? 'node-a' : 'node-b', observed: true }));

  test.each([
    ['six NICs in one line', 6, 1256],
    ['ten NICs in two lines', 10, 1256],
    ['four NICs on a phone', 4, 366],
  ])('%s', (name, count, widthPx) => {
    const layout = layoutPath({ widthPx, nodes: nodes(count), lines: 6 });
    expectGolden(`layout-${name.replaceAll(' ', '-')}`, layoutText(layout));
  });

  test('nothing overlaps and nothing leaves the panel, at any width and number of NICs', () => {
    for (let widthPx = 240; widthPx <= 1900; widthPx += 83) {
      for (let count = 1; count <= 12; count++) {
        const layout = layoutPath({ widthPx, nodes: nodes(count), lines: 7 });
        const inside = ({ x, y, width, height }: Box) =>
          x >= 0 && y >= 0 && x + width <= widthPx && y + height <= layout.height;
        const apart = (a: Box, b: Box) =>
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect([widthPx, count, [...layout.nodes, ...layout.groups].every(inside)]).toEqual([widthPx, count, true]);
        expect(layout.nodes.every((a, i) => layout.nodes.slice(i + 1).every((b) => apart(a, b)))).toBe(true);
        const points = layout.edges.flatMap((edge) => [...edge.toServer, ...edge.toClient]);
        expect(points.every(([x, y]) => x >= 0 && x <= widthPx && y >= 0 && y <= layout.height)).toBe(true);
      }
    }
  });
});

test('labels never lie on lines, at any width', () => {
  for (let widthPx = 240; widthPx <= 1900; widthPx += 83) {
    const nodes = Array.from({ length: 10 }, (_v, i) => ({ host: i < 5 ? 'node-a' : 'node-b', observed: true }));
    const { edges } = layoutPath({ widthPx, nodes, lines: 7 });
    for (const { toServer, toClient, toServerLabel, toClientLabel, middleLabel } of edges) {
      const lines = [toServer, toClient].flatMap((way) => way.slice(1).map((to, i) => [way[i], to] as const));
      const crossed = [toServerLabel, toClientLabel, middleLabel].filter((box) =>
        lines.some(
          ([[x1, y1], [x2, y2]]) =>
            Math.max(x1, x2) > box.x &&
            Math.min(x1, x2) < box.x + box.width &&
            Math.max(y1, y2) > box.y &&
            Math.min(y1, y2) < box.y + box.height
        )
      );
      expect([widthPx, crossed]).toEqual([widthPx, []]);
    }
  }
});

describe('frames that cannot be drawn', () => {
  test.each([
    ['nothing', [], 'no-frames'],
    ['no NIC', hopFrames([], []), 'no-rows'],
    ['edges missing', sixNics().slice(0, 1), 'wrong-frame'],
  ])('%s', (_name, frames, kind) => {
    const result = readNicPath(frames);
    expect(result.ok ? 'ok' : result.problem.kind).toBe(kind);
  });

  test('the reason that the datasource gives is passed on', () => {
    const [nodes, edges] = hopFrames([], []);
    const notice = { severity: 'warning', text: 'No record of request r1.' } as const;
    expect(readNicPath([{ ...nodes, meta: { ...nodes.meta, notices: [notice] } }, edges])).toEqual({
      ok: false,
      problem: { kind: 'no-rows', what: 'records of this request', because: 'No record of request r1.' },
    });
  });

  test('a field missing is named', () => {
    const [nodes, edges] = sixNics();
    const fields = nodes.fields.filter((field) => field.name !== 'observed');
    const result = readNicPath([{ ...nodes, fields }, edges]);
    expect(result).toEqual({
      ok: false,
      problem: { kind: 'missing-field', frame: 'bpfnet-hop-nodes', field: 'observed' },
    });
  });
});
