/** Events in the fields that Grafana's annotations read. */
import { type DataFrame } from '@grafana/data';
import { FrameKind } from '@bpfnet/flow-model';
import { type EventsRead, type FlowEvent } from '../fetch/event-reader';
import { noteTexts } from '../plan/note-text';
import { assertUnreachable, type EventKind } from '../query/flow-query';
import { type Columns, columnsFrame, NUMBER, TEXT, TIME, WHOLE } from './columns-frame';
import { warnings } from './frame-parts';

interface EventRow {
  readonly time: number;
  readonly timeEnd: number;
  readonly title: string;
  readonly text: string;
  /** With commas between, as annotations take them. */
  readonly tags: string;
  readonly host: string;
  readonly count: number;
}

/** Without other names: annotations go by the name that is shown. */
const COLUMNS: Columns<EventRow> = {
  time: TIME(),
  timeEnd: TIME(),
  title: TEXT(),
  text: TEXT(),
  tags: TEXT(),
  host: TEXT('Host'),
  count: NUMBER('Count', WHOLE),
};

export function eventsFrame({ events, notes }: EventsRead, refId: string): DataFrame {
  return columnsFrame(events.map(rowOf), COLUMNS, {
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
      return 'Connections reset';
    case 'captureLoss':
      return 'Packets lost by the capture';
    case 'unanswered':
      return 'Requests unanswered';
    default:
      return assertUnreachable(kind);
  }
}

function textOf(kind: EventKind, count: number): string {
  switch (kind) {
    case 'resets':
      return `${count} connections reset or refused`;
    case 'captureLoss':
      return `${count} packets not captured: figures of this time are too low`;
    case 'unanswered':
      return `${count} requests without an answer`;
    default:
      return assertUnreachable(kind);
  }
}
