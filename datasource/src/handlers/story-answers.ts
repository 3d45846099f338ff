/** The story of a request: the verdict, where its time went, what was lost, and what to know about all this. */
import { type DataFrame } from '@grafana/data';
import { hopsOf } from '../correlate/tables/hops';
import { foldRequests } from '../path/fold-requests';
import { problemText } from '../data-error';
import { chosenOf, compareWorstFirst } from '../fetch/choose-request';
import { type LookUpResult } from '../fetch/connection-records';
import { alongPath } from '../fetch/list-reader';
import { type StoredL7 } from '../fetch/record-reader';
import { type ConnectionCache } from '../fetch/connection-cache';
import { emptyHopsFrames, hopsFrames } from '../frames/hops-frames';
import { l7ListFrame } from '../frames/list-frame';
import { type RecordLinks } from '../frames/record-links';
import { caveatsFrame, emptyStoryFrame, lossesFrame, partsFrame, verdictFrame } from '../frames/story-frames';
import { FrameKind } from '@bpfnet/flow-model';
import { noteTexts } from '../plan/note-text';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { STORY_PARTS, type StoryPart, type StoryQuery } from '../query/flow-query';
import { lookUpOf } from '../query/look-up';
import { type QueryContext } from './query-context';
import { NO_REQUEST } from './look-up-answers';
import { storyOf } from './story-cache';

export class StoryAnswers {
  constructor(
    private readonly connections: ConnectionCache,
    private readonly links: RecordLinks
  ) {}

  async story(query: StoryQuery, { replace, window, signal }: QueryContext): Promise<DataFrame[]> {
    const { refId, part } = query;
    const parts = part === undefined ? STORY_PARTS : [part];
    const read = await this.connections.read(lookUpOf(query, replace), { window, signal, nics: 'all' });
    return parts.flatMap((one) =>
      read.ok ? this.framesOf(one, read.value, refId) : this.emptyOf(one, refId, problemText(read.problem))
    );
  }

  private emptyOf(part: StoryPart, refId: string, notice: string): DataFrame[] {
    switch (part) {
      case 'hops':
        return emptyHopsFrames(refId, notice);
      case 'nics':
      case 'requests':
        return [l7ListFrame([], { refId, notes: [notice] })];
      default:
        return [emptyStoryFrame(part, { refId, notice })];
    }
  }

  private framesOf(part: StoryPart, value: LookUpResult, refId: string): DataFrame[] {
    const { cost, chunks } = value;
    const notes = noteTexts(value.notes);
    const story = storyOf(value);
    const spans = chosenOf(value);
    switch (part) {
      case 'verdict':
        return story.verdict === null
          ? this.emptyOf(part, refId, NO_REQUEST)
          : [verdictFrame(story, story.verdict, { refId, notes: [...story.notes, ...notes], cost, spans })];
      case 'parts':
        return story.verdict === null ? this.emptyOf(part, refId, NO_REQUEST) : [partsFrame(story, refId)];
      case 'hops':
        return spans.length === 0
          ? this.emptyOf(part, refId, NO_REQUEST)
          : hopsFrames(hopsOf(spans, chunks, story), { refId, requestId: spans[0].record.request_id, notes, cost });
      case 'losses':
        return [lossesFrame(story, refId)];
      case 'caveats':
        return [caveatsFrame(story, refId)];
      case 'nics':
        return [l7ListFrame(alongPath(spans), { refId, notes, links: this.links })];
      case 'requests':
        return [this.candidates(value, refId)];
      default:
        return assertUnreachable(part);
    }
  }

  /** What else the search term names, one row per request. */
  private candidates({ candidates, exchanges: spans }: LookUpResult, refId: string): DataFrame {
    const folded = foldRequests<StoredL7>(candidates.length > 0 ? candidates : spans);
    const rows = [...folded].sort((a, b) => compareWorstFirst(a.span.record, b.span.record));
    return l7ListFrame(
      rows.map(({ span }) => span),
      { refId, notes: [], nicsSeen: rows.map(({ nics }) => nics), links: this.links, kind: FrameKind.StoryRequests }
    );
  }
}
