/** A ladder as text: what the layout would draw, one line per row, for golden tests. */
import { layoutArrows } from '../layout/arrows';
import { layoutColumns } from '../layout/columns';
import { LINE_HEIGHT_PX, layoutLines } from '../layout/lines';
import { rowShape } from '../layout/zoom';
import { ackedSegments } from '../model/acked-segments';
import { type Ladder, laneCount } from '../model/ladder';
import { deltaText, rowTimeText } from '../draw/time-text';
import { timeDeltas } from '../model/time-delta';

const PX_PER_CHAR = 9;

export function ladderText(ladder: Ladder, widthPx = 900): string {
  const hasTags = ladder.packets.tags.length > 0;
  const columns = layoutColumns({ widthPx, lanes: laneCount(ladder), time: 'relative', hasTags });
  const lines = layoutLines({ tNs: ladder.rows.tNs, silenceNs: 100e6 });
  const deltas = timeDeltas(ladder, 'previous', () => ackedSegments(ladder));
  const origin = columns.laneXs[0] - 22;
  const place = (x: number) => Math.round((x - origin) / PX_PER_CHAR);
  return [...lines.content]
    .map((row) => {
      if (row < 0) {
        return '          ~ silence ~';
      }
      const canvas: string[] = [];
      columns.laneXs.forEach((x) => put(canvas, place(x), '|'));
      const { strokes, label } = layoutArrows(ladder, row, {
        columns,
        shape: rowShape(LINE_HEIGHT_PX),
        labels: { seq: 'relative', wordsOnly: false },
        measure: (text) => text.length * 6,
      });
      for (const { x1, x2, look } of strokes) {
        const [from, to] = [place(Math.min(x1, x2)), place(Math.max(x1, x2))];
        for (let i = from + 1; i < to; i++) {
          put(canvas, i, look.dash.length > 0 ? (i % 2 === 0 ? '-' : ' ') : look.widthPx > 2 ? '=' : '-');
        }
        const head = {
          filled: x2 > x1 ? '>' : '<',
          open: x2 > x1 ? ')' : '(',
          double: x2 > x1 ? '»' : '«',
          bar: '!',
          cross: 'x',
        };
        put(canvas, place(x2), head[look.head]);
      }
      const tag = ladder.packets.tags[ladder.packets.tag[ladder.rows.packet[row]]];
      const times = `${rowTimeText(ladder, row, 'relative', 'utc').padStart(10)} ${deltaText(deltas[row]).padStart(9)}`;
      const drawn = Array.from(canvas, (char) => char ?? ' ').join('');
      return `${times} ${drawn.padEnd(place(columns.tagX))} ${label?.text ?? ''}${tag ? ` [${tag.label}]` : ''}`.replace(
        /\u202f/g,
        ' '
      );
    })
    .join('\n');
}

function put(canvas: string[], at: number, char: string): void {
  canvas[Math.max(0, at)] = char;
}
