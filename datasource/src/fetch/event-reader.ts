/** Bursts: steps of the range whose count of a kind makes an event; neighbouring steps are one event. */
import { type EventKind } from '../query/flow-query';
import { type EventPlan } from '../plan/events-plan';
import { type Note } from '../plan/note-text';
import { stepSecondsOf, type TimeWindow, windowSeconds } from '../plan/time-window';
import { type LokiClient, type Series } from '../loki/loki-client';

export interface FlowEvent {
  readonly kind: EventKind;
  readonly host: string;
  /** ms since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

export interface EventsRead {
  readonly events: readonly FlowEvent[];
  readonly notes: readonly Note[];
}

/** Marks are for the eye: finer than this they run together. */
const MAX_STEPS = 120;
const MAX_EVENTS = 200;

export async function readEvents(
  client: LokiClient,
  plans: readonly EventPlan[],
  { window, signal }: { readonly window: TimeWindow; readonly signal: AbortSignal }
): Promise<EventsRead> {
  const stepSeconds = stepSecondsOf(windowSeconds(window), MAX_STEPS);
  const answers = await Promise.all(
    plans.map((plan) => client.series({ logql: plan.logql(stepSeconds), window, stepSeconds }, signal))
  );
  const events = plans
    .flatMap((plan, i) =>
      answers[i].flatMap((series) =>
        burstsOf(plan, series, { stepMs: stepSeconds * 1000, steps: Math.ceil(windowSeconds(window) / stepSeconds) })
      )
    )
    .sort((a, b) => b.count - a.count);
  const notes: readonly Note[] =
    events.length > MAX_EVENTS ? [{ kind: 'largest-events', shown: MAX_EVENTS, of: events.length }] : [];
  return { events: events.slice(0, MAX_EVENTS).sort((a, b) => a.fromMs - b.fromMs), notes };
}

interface Steps {
  readonly stepMs: number;
  /** In the range. */
  readonly steps: number;
}

function burstsOf(plan: EventPlan, { labels, points }: Series, { stepMs, steps }: Steps): readonly FlowEvent[] {
  const from = plan.aboveUsual ? Math.max(plan.atLeast, clearlyMoreThanUsual(points, steps)) : plan.atLeast;
  const events: FlowEvent[] = [];
  for (const { timeMs, value } of points.filter((point) => point.value >= from)) {
    const last = events[events.length - 1];
    // A step counts the time before it.
    if (last?.toMs === timeMs - stepMs) {
      events[events.length - 1] = { ...last, toMs: timeMs, count: last.count + value };
    } else {
      events.push({ kind: plan.kind, host: labels.host ?? '', fromMs: timeMs - stepMs, toMs: timeMs, count: value });
    }
  }
  return events;
}

/**
 * Above the mean of all steps by more than three times what chance makes of a steady rate (the deviation of a Poisson count is the root of
 * its mean).
 */
function clearlyMoreThanUsual(points: Series['points'], steps: number): number {
  const mean = points.reduce((sum, { value }) => sum + value, 0) / steps;
  return mean + 3 * Math.sqrt(mean);
}
