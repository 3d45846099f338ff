/**
 * The dashboard's shared crosshair: where other panels point, and a way to point for them.
 *
 * Any panel understands the time. Panels of this app say more: the NIC and its own clock's time, so that a packet and a record find each other though
 * clocks of hosts differ. All of it may come from a panel that is not ours, so it is checked here.
 */
import {
  DashboardCursorSync,
  DataHoverClearEvent,
  DataHoverEvent,
  type DataHoverPayload,
  type EventBus,
} from '@grafana/data';
import { usePanelContext } from '@grafana/ui';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isRecord, textOf } from './frame-fields';

export interface SharedPoint {
  /** ms since the epoch, on the clock that the panel's axis has. */
  readonly timeMs: number;
  /** ns since the epoch, decimal, on the NIC's own clock; '' where the other panel does not know. */
  readonly tsNs: string;
  /** The flow's id, '' likewise. */
  readonly innerTraceId: string;
  /** '' where the place belongs to no request, or to one that is not known. */
  readonly requestId: string;
}

/** Grafana's own events carry numbers alone in `point`. */
interface SharedHover extends DataHoverPayload {
  readonly record?: unknown;
}

export interface SharedCursor {
  /** Undefined where no other panel points, and where the dashboard shares no crosshair. */
  readonly pointed: SharedPoint | undefined;
  readonly pointAt: (point: SharedPoint | undefined) => void;
}

export function useSharedCursor(eventBus: EventBus): SharedCursor {
  const { sync } = usePanelContext();
  const isShared = useCallback(() => (sync?.() ?? DashboardCursorSync.Off) !== DashboardCursorSync.Off, [sync]);
  const [pointed, setPointed] = useState<SharedPoint>();
  const points = useRef(false);

  useEffect(() => {
    const hover = eventBus.getStream(DataHoverEvent).subscribe(({ origin, payload }) => {
      const point = origin === eventBus || !isShared() ? undefined : readPoint(payload);
      if (point) {
        setPointed(point);
      }
    });
    const clear = eventBus.getStream(DataHoverClearEvent).subscribe(({ origin }) => {
      if (origin !== eventBus) {
        setPointed(undefined);
      }
    });
    return () => {
      hover.unsubscribe();
      clear.unsubscribe();
    };
  }, [eventBus, isShared]);

  const pointAt = useCallback(
    (point: SharedPoint | undefined) => {
      if (point && isShared()) {
        points.current = true;
        // There is one crosshair: it is here now.
        setPointed(undefined);
        const { timeMs: time, ...record } = point;
        const payload: SharedHover = { point: { time }, record };
        eventBus.publish(new DataHoverEvent(payload));
      } else if (points.current) {
        points.current = false;
        eventBus.publish(new DataHoverClearEvent());
      }
    },
    [eventBus, isShared]
  );
  // A panel that goes points no more.
  useEffect(() => () => pointAt(undefined), [pointAt]);

  return { pointed: isShared() ? pointed : undefined, pointAt };
}

function readPoint(payload: SharedHover): SharedPoint | undefined {
  const time: unknown = payload.point?.time;
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    return undefined;
  }
  const record = isRecord(payload.record) ? payload.record : {};
  const tsNs = textOf(record, 'tsNs');
  return {
    timeMs: time,
    tsNs: /^\d{1,19}$/.test(tsNs) ? tsNs : '',
    innerTraceId: textOf(record, 'innerTraceId'),
    requestId: textOf(record, 'requestId'),
  };
}
