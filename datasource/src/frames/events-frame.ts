/** Events in the fields that Grafana's annotations read. */
import { type DataFrame } from '@grafana/data';
import { pluralText } from '@bpfnet/flow-model/quantity-text';
import { EVENT_COLUMNS, type EventRow, FrameKind } from '@bpfnet/flow-model/frames';
import { type EventsRead, type FlowEvent } from '../fetch/event-reader';
import { noteTexts } from '../plan/note-text';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type EventKind } from '../query/flow-query';
import { columnsFrame } from './columns-frame';
import { warnings } from './frame-parts';

export function eventsFrame({ events, notes }: EventsRead, refId: string): DataFrame {
  return columnsFrame(events.map(rowOf), EVENT_COLUMNS, {
    name: FrameKind.Events,
    refId,
    meta: {
      preferredVisualisationType: 'table',
      notices: warnings(noteTexts(notes)),
      custom: { kind: FrameKind.Events },
    },
  });
}

function rowOf({ kind, host, fromMs, toMs, count }: FlowEvent): EventRow {
  return {
    time: fromMs,
    timeEnd: toMs,
    title: titleOf(kind),
    text: `${textOf(kind, Math.round(count))} on ${host}`,
    tags: [kind, host].join(','),
    host,
    count: Math.round(count),
  };
}

function titleOf(kind: EventKind): string {
  switch (kind) {
    case 'resets':
      return 'Connection resets';
    case 'captureLoss':
      return 'Capture drops';
    case 'unanswered':
      return 'Unanswered requests';
    default:
      return assertUnreachable(kind);
  }
}

function textOf(kind: EventKind, count: number): string {
  switch (kind) {
    case 'resets':
      return `${pluralText(count, 'connection')} reset or refused`;
    case 'captureLoss':
      return `${pluralText(count, 'packet')} dropped by the capture: figures for this period are too low`;
    case 'unanswered':
      return pluralText(count, 'unanswered request');
    default:
      return assertUnreachable(kind);
  }
}
