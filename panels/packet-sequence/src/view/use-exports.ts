import { type TimeZone } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { useEffect, useMemo, useRef } from 'react';
import { saveFile } from '../../../shared/download';
import { bpfFilter, tsharkFilter } from '../export/packet-filters';
import { packetsCsv } from '../export/packet-record';
import { toPcapng } from '../export/pcapng';
import { drawPicture, type PictureInput, pictureSize } from '../export/picture';
import { toPlainText } from '../export/plain-text';
import { SvgContext } from '../export/svg-context';
import { type Ladder } from '../model/ladder';
import { type PacketSequenceOptions } from '../options';
import { ladderPalette } from '../draw/palette';
import { copyText } from './copy-text';
import { type SceneInput } from '../draw/scene';
import { type ExportActions } from './toolbar-menus';
import { type ToolbarState } from './use-toolbar-state';

interface Input {
  readonly ladder: Ladder;
  readonly scene: SceneInput;
  readonly deltas: Float64Array;
  readonly state: ToolbarState;
  readonly timeZone: TimeZone;
  /** -1 where none is. */
  readonly selected: number;
  readonly colours: PacketSequenceOptions['colours'];
}

/** The same object as long as nothing changes that a menu shows. */
export function useExports(input: Input): ExportActions {
  const theme = useTheme2();
  const latest = useRef(input);
  useEffect(() => {
    latest.current = input;
  });
  const hasSelection = input.selected >= 0;
  return useMemo((): ExportActions => {
    const now = () => latest.current;
    const selectedPacket = () => now().ladder.rows.packet[Math.max(0, now().selected)];
    const picture = (): PictureInput => {
      const { scene, deltas, state, timeZone, colours } = now();
      return { scene, deltas, time: state.time, timeZone, palette: ladderPalette(theme, colours) };
    };
    return {
      hasSelection,
      copyText: () => {
        const { ladder, selected, state } = now();
        const rows = selected >= 0 ? [selected] : ladder.rows.packet.keys();
        copyText(toPlainText(ladder, rows, state.seq));
      },
      copyTsharkFilter: () => copyText(tsharkFilter(now().ladder.packets, selectedPacket())),
      copyBpfFilter: () => {
        const { packets } = now().ladder;
        copyText(bpfFilter(packets.lanes[packets.lane[selectedPacket()]]));
      },
      savePcapng: () => {
        const { packets } = now().ladder;
        saveFile('packets.pcapng', new Blob([toPcapng(packets, everyPacket(now().ladder)).buffer as ArrayBuffer]));
      },
      saveCsv: () => {
        const { ladder } = now();
        saveFile('packets.csv', new Blob([packetsCsv(ladder.packets, everyPacket(ladder))], { type: 'text/csv' }));
      },
      savePng: () => savePng(picture()),
      saveSvg: () => saveSvg(picture()),
    };
  }, [hasSelection, theme]);
}

/** At all NICs, in the order of the frame. */
function everyPacket({ packets }: Ladder): Uint32Array {
  return Uint32Array.from({ length: packets.length }, (_v, packet) => packet);
}

function savePng(input: PictureInput): void {
  const size = pictureSize(input.scene);
  const canvas = document.createElement('canvas');
  canvas.width = size.widthPx;
  canvas.height = size.heightPx;
  const ctx = canvas.getContext('2d');
  if (!ctx) {
    return;
  }
  drawPicture(ctx, input);
  ctx.globalCompositeOperation = 'destination-over';
  ctx.fillStyle = input.palette.background;
  ctx.fillRect(0, 0, size.widthPx, size.heightPx);
  canvas.toBlob((blob) => blob && saveFile('packets.png', blob), 'image/png');
}

function saveSvg(input: PictureInput): void {
  const size = pictureSize(input.scene);
  const ruler = document.createElement('canvas').getContext('2d');
  if (ruler) {
    ruler.font = input.palette.font;
  }
  const svg = new SvgContext((text) => ruler?.measureText(text).width ?? text.length * 6);
  drawPicture(svg, input);
  const text = svg.svg(size.widthPx, size.heightPx, input.palette.background);
  saveFile('packets.svg', new Blob([text], { type: 'image/svg+xml' }));
}
