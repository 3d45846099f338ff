/** Look-ups: what belongs to one request or connection. All panels of a page are answered from one reading. */
import { type DataFrame } from '@grafana/data';
import { hopsOf } from '../correlate/tables/hops';
import { nicSpans } from '../correlate/tables/nic-spans';
import { packetTable } from '../correlate/tables/packet-table';
import { requestPart } from '../path/request-part';
import { problemText } from '../data-error';
import { chosenOf } from '../fetch/choose-request';
import { type LookUpResult } from '../fetch/connection-records';
import { pathOf, relatedRecords } from '../fetch/related';
import { type ConnectionCache } from '../fetch/connection-cache';
import { emptyHopsFrames, hopsFrames } from '../frames/hops-frames';
import { packetsFrame } from '../frames/packets-frame';
import { recordsFrame } from '../frames/records-frame';
import { relatedFrames } from '../frames/related-frames';
import { traceFrame } from '../frames/trace-frame';
import { noteTexts } from '../plan/note-text';
import {
  type HopsQuery,
  type LookUpQuery,
  type PacketsQuery,
  type RecordsQuery,
  type RelatedQuery,
  type TraceQuery,
} from '../query/flow-query';
import { lookUpOf } from '../query/look-up';
import { type QueryContext } from './query-context';
import { flowsOf, storyOf } from './story-cache';

export class LookUpAnswers {
  constructor(private readonly connections: ConnectionCache) {}

  async packets(query: PacketsQuery, context: QueryContext): Promise<DataFrame[]> {
    const { refId, nics = 'all' } = query;
    const read = await this.read(query, context, nics);
    if (!read.ok) {
      return [packetsFrame({ rows: [], flows: [], notes: [] }, { refId, notes: [problemText(read.problem)] })];
    }
    const { value } = read;
    const table = packetTable({
      flows: flowsOf(value),
      requestId: value.focus[0]?.record.request_id,
      story: storyOf(value),
    });
    const notes = table.rows.length > 0 ? [] : ['The records of this connection hold no packets in this time range.'];
    return [
      packetsFrame(table, {
        refId,
        notes: [...notes, ...noteTexts(value.notes)],
        cost: value.cost,
        part: requestPart(recordsOf(value)),
      }),
    ];
  }

  async hops(query: HopsQuery, context: QueryContext): Promise<DataFrame[]> {
    const { refId } = query;
    const read = await this.read(query, context);
    if (!read.ok) {
      return emptyHopsFrames(refId, problemText(read.problem));
    }
    const { chunks, notes, cost } = read.value;
    const spans = chosenOf(read.value);
    if (spans.length === 0) {
      return emptyHopsFrames(refId, NO_REQUEST);
    }
    return hopsFrames(hopsOf(spans, chunks, storyOf(read.value)), {
      refId,
      requestId: spans[0].record.request_id,
      notes: noteTexts(notes),
      cost,
    });
  }

  async trace(query: TraceQuery, context: QueryContext): Promise<DataFrame[]> {
    const { refId } = query;
    const read = await this.read(query, context);
    if (!read.ok) {
      return [traceFrame([], { refId, notes: [problemText(read.problem)] })];
    }
    const spans = nicSpans(chosenOf(read.value), storyOf(read.value).shiftNs);
    return [
      traceFrame(spans, {
        refId,
        notes: [...(spans.length === 0 ? [NO_REQUEST] : []), ...noteTexts(read.value.notes)],
      }),
    ];
  }

  async related(query: RelatedQuery, context: QueryContext): Promise<DataFrame[]> {
    const { refId, dimension } = query;
    const read = await this.read(query, context);
    const related = read.ok
      ? relatedRecords(read.value, lookUpOf(query, context.replace).innerTraceId)
      : { connection: [], request: [], transport: [] };
    const notes = read.ok ? noteTexts(read.value.notes) : [problemText(read.problem)];
    return relatedFrames(related, { refId, notes, dimension, path: read.ok ? pathOf(read.value) : [] });
  }

  async records(query: RecordsQuery, context: QueryContext): Promise<DataFrame[]> {
    const { refId, nics = 'all' } = query;
    const read = await this.read(query, context, nics);
    if (!read.ok) {
      return [recordsFrame([], { refId, notes: [problemText(read.problem)] })];
    }
    const { focus, exchanges: spans, chunks, notes } = read.value;
    const lines = [
      ...(focus.length > 0 ? focus : spans).map((one) => ({ source: 'bpf_net_l7_log' as const, ...one })),
      ...chunks.map((one) => ({ source: 'bpf_net_l4_log' as const, ...one })),
    ];
    return [recordsFrame(lines, { refId, notes: noteTexts(notes) })];
  }

  private read(query: LookUpQuery, { replace, window, signal }: QueryContext, nics: 'all' | 'one' = 'all') {
    return this.connections.read(lookUpOf(query, replace), { window, signal, nics });
  }
}

const recordsOf = ({ focus, chunks }: LookUpResult) => ({
  focus: focus.map(({ record }) => record),
  chunks: chunks.map(({ record }) => record),
});

export const NO_REQUEST = 'No request was found on this connection: its packets and its records are all there is.';
