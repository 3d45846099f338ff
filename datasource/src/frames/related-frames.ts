/** Related records as log lines, one frame per dimension, and their counts. */
import { type DataFrame } from '@grafana/data';
import {
  FrameKind,
  RELATED_COUNT_COLUMNS,
  RELATED_DIMENSIONS,
  type RelatedCountRow,
  type RelatedDimension,
  type RelatedMeta,
} from '@bpfnet/flow-model/frames';
import { countRelated, type Related } from '../fetch/related';
import { columnsFrame } from './columns-frame';
import { warnings } from './frame-parts';
import { recordsFrame } from './records-frame';

interface RelatedFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
  readonly dimension: RelatedDimension | undefined;
  /** `RelatedMeta.path` */
  readonly path: readonly string[];
}

/** What Explore shows them with, where it is installed. */
const PANEL = 'bpfnet-relatedlogs-panel';

/** Lines first, so that a panel which shows one frame shows these. */
export function relatedFrames(related: Related, { refId, notes, dimension, path }: RelatedFrameOptions): DataFrame[] {
  const dimensions = dimension === undefined ? RELATED_DIMENSIONS : [dimension];
  const lines = dimensions.map((one) => {
    const records = related[one];
    const meta: RelatedMeta = { kind: FrameKind.RelatedLogs, dimension: one, count: records.length, path };
    const frame = recordsFrame(records, { refId, notes });
    return {
      ...frame,
      name: `${FrameKind.RelatedLogs} ${one}`,
      meta: { ...frame.meta, preferredVisualisationPluginId: PANEL, custom: { ...meta } },
    };
  });
  const counts = RELATED_DIMENSIONS.flatMap((one) =>
    countRelated(related[one]).map((count): RelatedCountRow => ({ dimension: one, ...count }))
  );
  return [
    ...lines,
    columnsFrame(counts, RELATED_COUNT_COLUMNS, {
      name: FrameKind.RelatedCounts,
      refId,
      meta: {
        preferredVisualisationType: 'table',
        preferredVisualisationPluginId: PANEL,
        notices: warnings(notes),
        custom: { kind: FrameKind.RelatedCounts },
      },
    }),
  ];
}
