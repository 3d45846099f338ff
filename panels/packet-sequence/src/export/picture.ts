/** The ladder as a picture: what is drawn, and the text beside it on the page. */
import { type TimeZone } from '@grafana/data';
import { laneName } from '../model/lane';
import { NO_TAG } from '../model/packets';
import { STRIP_TITLES } from '../layout/strips';
import { type TimeMode } from '../options';
import { drawLadder } from '../draw/draw-ladder';
import { type DrawingContext, type Palette } from '../draw/drawing';
import { FIELD_TITLES, fieldText, isTextColumn } from '../draw/field-text';
import { buildScene, type SceneInput } from '../draw/scene';
import { deltaText, rowTimeText } from '../draw/time-text';

export interface PictureInput {
  /** Its window, top and height are set here. */
  readonly scene: SceneInput;
  readonly palette: Palette;
  readonly time: TimeMode;
  readonly timeZone: TimeZone;
  readonly deltas: Float64Array;
}

const HEAD_PX = 40;
/** Canvases of browsers end at 16 384 or 32 767 px. */
const MAX_PICTURE_PX = 16_000;

interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Lines that the picture holds: all, or as many as fit. */
  readonly lines: number;
}

export function pictureSize({ columns, lines, shape }: SceneInput): PictureSize {
  const fitting = Math.min(lines.length, Math.floor((MAX_PICTURE_PX - HEAD_PX) / shape.lineHeightPx));
  return { widthPx: columns.contentWidth, heightPx: HEAD_PX + fitting * shape.lineHeightPx, lines: fitting };
}

export function drawPicture(ctx: DrawingContext, input: PictureInput): void {
  const { palette } = input;
  const size = pictureSize(input.scene);
  const scene: SceneInput = {
    ...input.scene,
    window: { first: 0, end: size.lines },
    topPx: -HEAD_PX,
    heightPx: size.heightPx,
    shadeOf: () => 'none',
  };
  drawLadder(
    ctx,
    buildScene(scene, (text) => ctx.measureText(text).width),
    palette
  );
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, 0, size.widthPx, HEAD_PX - 4);
  drawHeads(ctx, scene, palette);
  for (let line = 0; line < size.lines; line++) {
    const row = scene.lines.content[line];
    if (row >= 0 && line % scene.shape.textEvery === 0) {
      drawTexts(ctx, input, row, HEAD_PX + line * scene.shape.lineHeightPx + scene.shape.lineHeightPx / 2 + 5);
    }
  }
}

function drawHeads(ctx: DrawingContext, { ladder, columns }: SceneInput, palette: Palette): void {
  ctx.font = palette.font;
  ctx.fillStyle = palette.text.plain;
  ctx.textAlign = 'center';
  const lane = ladder.mode === 'ends' ? ladder.packets.lanes[ladder.lane] : undefined;
  const names = lane
    ? [`${lane.near.ip}:${lane.near.port}`, `${lane.far.ip}:${lane.far.port}`]
    : ladder.packets.lanes.map(laneName);
  columns.laneXs.forEach((x, i) => {
    const half = ctx.measureText(names[i] ?? '').width / 2 + 2;
    ctx.fillText(names[i] ?? '', Math.max(half, Math.min(columns.contentWidth - half, x)), HEAD_PX - 16);
  });
  ctx.fillStyle = palette.text.muted;
  columns.fields.forEach(({ key, x, width }) => ctx.fillText(FIELD_TITLES[key], x + width / 2, HEAD_PX - 16));
  ctx.textAlign = 'left';
  columns.strips.forEach(({ kind, x }) => ctx.fillText(STRIP_TITLES[kind], x, HEAD_PX - 16));
}

function drawTexts(ctx: DrawingContext, { scene, palette, ...input }: PictureInput, row: number, y: number): void {
  const { ladder, columns } = scene;
  ctx.fillStyle = palette.text.muted;
  ctx.textAlign = 'right';
  ctx.fillText(rowTimeText(ladder, row, input.time, input.timeZone), columns.timeX + columns.timeWidth - 12, y);
  if (columns.deltaWidth > 0) {
    ctx.fillText(deltaText(input.deltas[row]), columns.deltaX + columns.deltaWidth - 12, y);
  }
  for (const { key, x, width } of columns.fields) {
    ctx.textAlign = isTextColumn(key) ? 'left' : 'right';
    ctx.fillText(fieldText(key, ladder, row, scene.seq), isTextColumn(key) ? x : x + width - 10, y);
  }
  const tag = ladder.packets.tag[ladder.rows.packet[row]];
  if (tag !== NO_TAG) {
    // Where there is no gutter the tag takes the place of the arrow's label.
    const inGutter = columns.tagWidth > 0 || columns.laneXs.length === 0;
    ctx.textAlign = inGutter ? 'left' : 'center';
    ctx.fillStyle = palette.text.plain;
    ctx.fillText(
      ladder.packets.tags[tag].label,
      inGutter ? columns.tagX : (columns.laneXs[0] + columns.laneXs[1]) / 2,
      inGutter ? y : y - 9
    );
  }
}
