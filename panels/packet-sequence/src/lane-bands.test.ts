import { layoutColumns } from './layout/columns';
import { bandBox, bandsOf, nameBox } from './layout/lane-bands';

const columns = (widthPx: number, lanes: number) => layoutColumns({ widthPx, lanes, time: 'relative', hasTags: true });

describe('what neighbouring lanes have in common', () => {
  test('is said once for each run', () => {
    expect(bandsOf(['a', 'a', 'b', 'a'])).toEqual([
      { first: 0, last: 1, text: 'a' },
      { first: 2, last: 2, text: 'b' },
      { first: 3, last: 3, text: 'a' },
    ]);
    expect(bandsOf([])).toEqual([]);
  });

  test.each([
    [1230, 10],
    [1230, 4],
    [340, 10],
    [340, 2],
  ])('has a box that overlaps no other, at %d px with %d lanes', (widthPx, lanes) => {
    const all = columns(widthPx, lanes);
    const boxes = all.laneXs.map((_x, lane) => bandBox(all, { first: lane, last: lane }));
    boxes.forEach(({ left, width }, lane) => {
      expect(left).toBeLessThan(all.laneXs[lane]);
      expect(left + width).toBeGreaterThan(all.laneXs[lane]);
      expect(left + width).toBeLessThanOrEqual(boxes[lane + 1]?.left ?? all.contentWidth);
    });
    expect(boxes[0].left).toBeGreaterThanOrEqual(all.deltaX + all.deltaWidth);
    const whole = bandBox(all, { first: 0, last: lanes - 1 });
    expect(whole.left + whole.width).toBeLessThanOrEqual(all.contentWidth);
  });

  test('names are centred over their lanes and inside of the chart', () => {
    const all = columns(1230, 10);
    all.laneXs.forEach((x, lane) => {
      const { left, width } = nameBox(all, lane);
      expect(left + width / 2).toBeCloseTo(x);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(all.contentWidth);
    });
  });

  test('labels keep to what can be seen without scrolling sideways', () => {
    const narrow = columns(340, 10);
    expect(narrow.contentWidth).toBeGreaterThan(340);
    expect(narrow.labelsRight).toBeLessThanOrEqual(340);
    expect(columns(1230, 10).labelsRight).toBe(columns(1230, 10).laneXs[9] + 14);
  });
});

test.each([900, 1280, 1900])(
  'curves stand beside the ladder only where there is room for both, at %d px',
  (widthPx) => {
    const strips = ['flight', 'seq', 'rtt'] as const;
    const all = layoutColumns({ widthPx, lanes: 2, time: 'relative', hasTags: true, view: 'both', strips });
    expect(all.contentWidth).toBe(widthPx);
    expect(all.laneXs[1] - all.laneXs[0]).toBeGreaterThanOrEqual(92);
    all.strips.forEach(({ x, width }) => expect(x + width).toBeLessThanOrEqual(widthPx));
  }
);
