/** The frames as a page, so that any other datasource can feed the panels; made from the tables of columns alone. */
import { type Column, type Columns } from '@bpfnet/flow-model/frame-columns';
import {
  CAVEAT_COLUMNS,
  EVENT_COLUMNS,
  FrameKind,
  HOP_EDGE_COLUMNS,
  HOP_NODE_COLUMNS,
  LIST_COLUMNS,
  LOG_COLUMNS,
  LOSS_COLUMNS,
  NIC_GRAPH_EDGE_COLUMNS,
  NIC_GRAPH_NODE_COLUMNS,
  NIC_SPAN_COLUMNS,
  PACKET_COLUMNS,
  RELATED_COUNT_COLUMNS,
  VERDICT_COLUMNS,
  VERDICT_PART_COLUMNS,
} from '@bpfnet/flow-model/frames';

interface FrameDocs {
  /** What one row is. */
  readonly row: string;
  readonly columns: Columns;
  /** What more there is to know. */
  readonly more?: string;
}

const RECORD_FIELDS =
  'Its other fields are those of the record, under their names in [record-schema.md](record-schema.md).';
const HOPS = 'Panel: NIC topology, which wants nodes and edges; standard node-graph fields as well.';

const DOCS: Readonly<Record<FrameKind, FrameDocs>> = {
  [FrameKind.L7List]: { row: 'one exchange at a NIC', columns: LIST_COLUMNS, more: RECORD_FIELDS },
  [FrameKind.L4List]: { row: 'one chunk of a flow', columns: LIST_COLUMNS, more: RECORD_FIELDS },
  [FrameKind.StoryRequests]: {
    row: 'one request that a search term names',
    columns: LIST_COLUMNS,
    more: RECORD_FIELDS,
  },
  [FrameKind.Packets]: {
    row: 'one packet at a NIC, in order of time',
    columns: PACKET_COLUMNS,
    more: 'Panel: packet sequence. `meta.custom` is `PacketsMeta` in `flow-model/src/frames/packets.ts`; without it flows have no names.',
  },
  [FrameKind.HopNodes]: {
    row: 'one NIC on the path of a request, or an end that no NIC saw',
    columns: HOP_NODE_COLUMNS,
    more: `${HOPS} \`meta.custom\` is \`HopsMeta\` in \`flow-model/src/frames/hops.ts\`.`,
  },
  [FrameKind.HopEdges]: {
    row: 'one hop, from a NIC to the next towards the server',
    columns: HOP_EDGE_COLUMNS,
    more: HOPS,
  },
  [FrameKind.NicGraphNodes]: {
    row: 'one NIC that requests crossed, or all that lies outside',
    columns: NIC_GRAPH_NODE_COLUMNS,
    more: HOPS,
  },
  [FrameKind.NicGraphEdges]: { row: 'one hop that requests crossed', columns: NIC_GRAPH_EDGE_COLUMNS, more: HOPS },
  [FrameKind.Verdict]: { row: 'the verdict; there is one row', columns: VERDICT_COLUMNS },
  [FrameKind.VerdictParts]: { row: 'one part of the time, or a cost within it', columns: VERDICT_PART_COLUMNS },
  [FrameKind.Losses]: { row: 'one retransmission', columns: LOSS_COLUMNS },
  [FrameKind.Caveats]: { row: 'one caveat', columns: CAVEAT_COLUMNS },
  [FrameKind.NicSpans]: { row: 'one request at a NIC as a span', columns: NIC_SPAN_COLUMNS },
  [FrameKind.Records]: { row: 'one record, newest first', columns: LOG_COLUMNS },
  [FrameKind.RelatedLogs]: {
    row: 'one related record, newest first',
    columns: LOG_COLUMNS,
    more: 'Panel: related logs, which wants one frame per dimension. `meta.custom` is `RelatedMeta` in `flow-model/src/frames/lists.ts`.',
  },
  [FrameKind.RelatedCounts]: { row: 'one kind of related records', columns: RELATED_COUNT_COLUMNS },
  [FrameKind.Events]: { row: 'one event, for annotations', columns: EVENT_COLUMNS },
};

/** The reference page, Markdown. */
export function framesPage(): string {
  const parts = [
    '# Frames',
    '',
    'Generated from `flow-model/src/frames/` by `npm run generate`; do not edit.',
    '',
    'A panel finds a frame by `meta.custom.kind` or by its name, which are those of the headings, else by its required fields. `?`: may be null.',
  ];
  for (const [kind, { row, columns, more }] of Object.entries(DOCS)) {
    parts.push(
      '',
      `## \`${kind}\``,
      '',
      `A row is ${row}.${more === undefined ? '' : ` ${more}`}`,
      '',
      '| field | title | type | unit | required | what it holds |',
      '| --- | --- | --- | --- | --- | --- |',
      ...Object.entries(columns).map(columnLine)
    );
  }
  return `${parts.join('\n')}\n`;
}

function columnLine([name, { title = '', type, of, unit = '', required, about }]: [string, Column]): string {
  const values = of?.map((value) => (value === '' ? "''" : `\`${value}\``)).join(' ');
  const cells = [`\`${name}\``, title, values ?? type, unit === 'none' ? '' : unit, required ? 'yes' : '', about];
  return `| ${cells.join(' | ')} |`;
}
