/** @jest-environment jsdom */
import { createTheme } from '@grafana/data';
import { expectGolden } from '../../shared/test/golden';
import { drawPicture, pictureSize } from './export/picture';
import { SvgContext } from './export/svg-context';
import { layoutColumns } from './layout/columns';
import { layoutLines } from './layout/lines';
import { buildStrip } from './layout/strips';
import { rowShape } from './layout/zoom';
import { ackedSegments } from './model/acked-segments';
import { buildLadder } from './model/build-ladder';
import { findBursts } from './model/bursts';
import { captureMarks } from './model/capture-marks';
import { laneCount } from './model/ladder';
import { readPackets } from './model/packets';
import { requestRows } from './model/request-rows';
import { timeDeltas } from './model/time-delta';
import { type StripKind, type ViewMode } from './options';
import { HANDSHAKE, packetFrames, type ScriptOptions } from './test/script';
import { ladderPalette } from './draw/palette';

const FOUR_NICS: ScriptOptions = {
  lanes: [
    { host: 'node-a', nicName: 'eth0', podName: 'cart' },
    { host: 'node-a', nicName: 'eth0' },
    { host: 'node-b', nicName: 'eth0', clockMs: 3412 },
    {
      host: 'node-b',
      nicName: 'eth0',
      podName: 'orders',
      clockMs: 3412,
      captureDrops: 7,
      captureGapMs: [3700, 3830],
    },
  ],
};

interface PictureCase {
  readonly script: string;
  readonly scripted?: ScriptOptions;
  readonly theme?: 'dark' | 'light';
  readonly widthPx?: number;
  readonly view?: ViewMode;
  readonly strips?: readonly StripKind[];
}

function picture({
  script,
  scripted,
  theme = 'dark',
  widthPx = 900,
  view = 'ladder',
  strips = [],
}: PictureCase): string {
  const read = readPackets(packetFrames(script, scripted));
  if (!read.ok) {
    throw new Error(read.problem.kind);
  }
  const ladder = buildLadder(read.value, 'auto', 0);
  const acked = ackedSegments(ladder);
  const palette = ladderPalette(createTheme({ colors: { mode: theme } }));
  const svg = new SvgContext((text) => text.length * 6);
  const input = {
    palette,
    time: 'relative' as const,
    timeZone: 'utc',
    deltas: timeDeltas(ladder, 'previous', () => acked),
    scene: {
      ladder,
      lines: layoutLines({ tNs: ladder.rows.tNs, silenceNs: 100e6, bursts: findBursts(ladder, 100e6) }),
      columns: layoutColumns({
        widthPx,
        lanes: laneCount(ladder),
        time: 'relative',
        hasTags: read.value.tags.length > 0,
        view,
        strips,
      }),
      shape: rowShape(34),
      strips: strips.map((kind) => buildStrip(kind, ladder, acked)),
      captureMarks: captureMarks(ladder),
      request: requestRows(ladder, 'r1'),
      seq: 'relative' as const,
      window: { first: 0, end: 0 },
      topPx: 0,
      heightPx: 0,
      shadeOf: () => 'none' as const,
    },
  };
  drawPicture(svg, input);
  const { widthPx: width, heightPx } = pictureSize(input.scene);
  return svg.svg(width, heightPx, palette.background);
}

const EXCHANGE = `${HANDSHAKE}
  4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders"
  209 server > PSH,ACK seq=1 ack=213 len=1448 response=200`;

const LOSS = `${EXCHANGE}
  215 server > ACK seq=1449 ack=213 len=1448 at=L3,L2
  411 server > ACK seq=1449 ack=213 len=1448 ana=Retransmission
  413 client > ACK seq=213 ack=2897`;

const BULK = `${HANDSHAKE}
  ${Array.from({ length: 9 }, (_v, i) =>
    i % 3 === 2
      ? `${5 + i} client > ACK seq=1 ack=${1 + i * 1448} win=${30000 - i * 1448}`
      : `${5 + i} server > ACK seq=${1 + i * 1448} ack=1 len=1448`
  ).join('\n')}`;

const CASES: Readonly<Record<string, PictureCase>> = {
  handshake: { script: EXCHANGE },
  'handshake-light': { script: EXCHANGE, theme: 'light' },
  'handshake-320px': { script: EXCHANGE, widthPx: 320 },
  'handshake-2560px': { script: EXCHANGE, widthPx: 2560 },
  retransmission: {
    script: `
      0  server > ACK seq=1 ack=1 len=1448
      1  client > ACK seq=1 ack=1449 ana=DuplicateAck
      50 server > ACK seq=1 ack=1 len=1448 ana=FastRetransmission
      60 server > ACK seq=1 ack=1 len=1448 ana=SpuriousRetransmission
      61 server > ACK seq=2897 ack=1 len=1448 ana=OutOfOrder
      62 server > ACK seq=9000 ack=1 len=1448 ana=PreviousUnseen`,
  },
  'zero-window': {
    script: `
      0 server > ACK seq=1 ack=1 len=1448 ana=WindowFull
      1 client > ACK seq=1 ack=1449 win=0 ana=ZeroWindow
      9 server > RST,ACK seq=1449 ack=1`,
  },
  unanswered: {
    script: `
      0    client > PSH,ACK seq=1 ack=1 len=80 request="GET /slow"
      0.5  server > ACK seq=1 ack=81
      5000 client > FIN,ACK seq=81 ack=1`,
  },
  'four-nics-with-loss': { script: LOSS, scripted: FOUR_NICS },
  'four-nics-with-loss-light': { script: LOSS, scripted: FOUR_NICS, theme: 'light', widthPx: 1280 },
  wrap: {
    script: `
      0 client > PSH,ACK seq=1 ack=1 len=1448
      1 client > PSH,ACK seq=1449 ack=1 len=1448
      2 client > PSH,ACK seq=2897 ack=1 len=1448
      5 server > ACK seq=1 ack=4345`,
    scripted: { clientIsn: 0xffffffff - 2000 },
  },
  strips: { script: BULK, widthPx: 1280, view: 'both', strips: ['flight', 'seq', 'rtt'] },
};

test.each(Object.keys(CASES))('%s', (name) => {
  expectGolden(`picture-${name}`, picture(CASES[name]).trimEnd(), 'svg');
});
