/** Which handler answers which query, and how failures end. */
import { createDataFrame, type DataFrame } from '@grafana/data';
import { DataError, isLimit } from '../data-error';
import { type LokiClient } from '../loki/loki-client';
import { type ConnectionCache } from '../fetch/connection-cache';
import { warnings } from '../frames/frame-parts';
import { type RecordLinks } from '../frames/record-links';
import { type RecordLine } from '../frames/records-frame';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type FlowQuery } from '../query/flow-query';
import { type QueryContext } from './query-context';
import { ListAnswers } from './list-answers';
import { LookUpAnswers } from './look-up-answers';
import { StoryAnswers } from './story-answers';
import { type TailedQuery } from './tail';

export class Answers {
  private readonly lists: ListAnswers;
  private readonly lookUps: LookUpAnswers;
  private readonly story: StoryAnswers;

  constructor(client: LokiClient, connections: ConnectionCache, links: RecordLinks) {
    this.lists = new ListAnswers(client, links);
    this.lookUps = new LookUpAnswers(connections);
    this.story = new StoryAnswers(connections, links);
  }

  /** A limit that was reached becomes advice on an empty frame; all other failures reject. */
  async answer(query: FlowQuery, context: QueryContext): Promise<DataFrame[]> {
    try {
      return await this.dispatch(query, context);
    } catch (error) {
      if (error instanceof DataError && isLimit(error.problem)) {
        return [createDataFrame({ refId: query.refId, meta: { notices: warnings([error.message]) }, fields: [] })];
      }
      throw error;
    }
  }

  /** The newest records of a list. */
  newest(query: TailedQuery, context: QueryContext): Promise<readonly RecordLine[]> {
    return this.lists.newest(query, context);
  }

  private dispatch(query: FlowQuery, context: QueryContext): Promise<DataFrame[]> {
    switch (query.queryType) {
      case 'l7List':
        return this.lists.l7List(query, context);
      case 'l4List':
        return this.lists.l4List(query, context);
      case 'nicGraph':
        return this.lists.nicGraph(query, context);
      case 'metrics':
        return this.lists.metrics(query, context);
      case 'events':
        return this.lists.events(query, context);
      case 'packets':
        return this.lookUps.packets(query, context);
      case 'hops':
        return this.lookUps.hops(query, context);
      case 'trace':
        return this.lookUps.trace(query, context);
      case 'related':
        return this.lookUps.related(query, context);
      case 'records':
        return this.lookUps.records(query, context);
      case 'story':
        return this.story.story(query, context);
      default:
        return assertUnreachable(query);
    }
  }
}
