import { type LokiData, metricFrames, seriesName, streamFrame } from './loki-frames';
import { logFields, logRows } from './log-rows';

const CONTEXT = { refId: 'A', expr: 'rate({a="b"}[1m])' };

describe('streamFrame', () => {
  const frame = streamFrame(
    [
      {
        stream: { host: 'a' },
        values: [
          ['1700000000000000002', 'two'],
          ['1700000000000000001', 'one'],
        ],
      },
      { stream: { host: 'b' }, values: [['1700000000000000010', 'ten']] },
    ],
    CONTEXT
  );

  it("has the shape of Grafana's Loki datasource, nanoseconds beside the time, newest first over all streams", () => {
    expect(frame.fields.map(({ name }) => name)).toEqual(['labels', 'Time', 'Line', 'tsNs', 'id']);
    expect(frame.fields[2].values).toEqual(['ten', 'two', 'one']);
    expect(frame.fields[3].values).toEqual(['1700000000000000010', '1700000000000000002', '1700000000000000001']);
    expect(frame.fields[0].values[0]).toEqual({ host: 'b' });
    expect(frame.fields[1].values[0]).toBeCloseTo(1700000000000, 3);
    expect(new Set(frame.fields[4].values).size).toBe(3);
  });

  it('becomes log rows in either order, exact to the nanosecond', () => {
    expect(logRows([frame]).map(({ line }) => line)).toEqual(['ten', 'two', 'one']);
    expect(logRows([frame], 'Ascending').map(({ line, labels }) => `${line} ${labels.host}`)).toEqual([
      'one a',
      'two a',
      'ten b',
    ]);
  });
});

describe('metricFrames', () => {
  it('makes a series of each result of a matrix', () => {
    const data: LokiData = {
      resultType: 'matrix',
      result: [
        {
          metric: { host: 'a' },
          values: [
            [1700000000, '1.5'],
            [1700000030, '2'],
          ],
        },
        { metric: { host: 'b' }, values: [[1700000000, 'NaN']] },
      ],
    };
    const [a, b] = metricFrames(data, { ...CONTEXT, legendFormat: 'on {{host}}' });
    expect(a.fields[0].values).toEqual([1700000000000, 1700000030000]);
    expect(a.fields[1].values).toEqual([1.5, 2]);
    expect(a.fields[1]).toMatchObject({ labels: { host: 'a' }, config: { displayNameFromDS: 'on a' } });
    expect(b.fields[1].values).toEqual([NaN]);
  });

  it('makes a row of each result of a vector, and of a scalar', () => {
    const vector: LokiData = { resultType: 'vector', result: [{ metric: { x: 'y' }, value: [1, '3'] }] };
    expect(metricFrames(vector, CONTEXT)[0].fields[1]).toMatchObject({ values: [3], labels: { x: 'y' } });
    expect(metricFrames({ resultType: 'scalar', result: [1, '4'] }, CONTEXT)[0].fields[1].values).toEqual([4]);
  });

  it('names a series by format, labels or expression', () => {
    expect(seriesName({ a: '1' }, '{{ a }}/{{none}}', 'e')).toBe('1/');
    expect(seriesName({ a: '1', b: '2' }, undefined, 'e')).toBe('{a="1", b="2"}');
    expect(seriesName({}, '', 'e')).toBe('e');
  });
});

describe('logFields', () => {
  it('takes JSON objects apart and leaves other lines alone', () => {
    expect(logFields('{"a":"x","n":1,"list":[1,2]}')).toEqual([
      ['a', 'x'],
      ['n', '1'],
      ['list', '[1,2]'],
    ]);
    expect(logFields('plain <b>text</b>')).toEqual([]);
    expect(logFields('[1]')).toEqual([]);
  });
});
