import { DataHoverClearEvent, DataHoverEvent, type EventBus } from '@grafana/data';
import { useCallback, useEffect, useState } from 'react';
import { type PacketTable } from '../model/packets';

const NS_PER_MS = BigInt(1_000_000);

/**
 * The dashboard's shared crosshair: what other panels point at, ns as the packets' `tNs`, and a way to point for them.
 * Undefined where nobody points.
 */
export function useSharedCursor(eventBus: EventBus, packets: PacketTable) {
  const [pointedNs, setPointedNs] = useState<number>();
  useEffect(() => {
    const hover = eventBus.getStream(DataHoverEvent).subscribe((event) => {
      const ms: unknown = event.payload.point?.time;
      if (event.origin !== eventBus && typeof ms === 'number' && Number.isFinite(ms)) {
        const baseMs = Number(packets.baseNs / NS_PER_MS);
        setPointedNs((ms - baseMs) * 1e6 - Number(packets.baseNs % NS_PER_MS));
      }
    });
    const clear = eventBus.getStream(DataHoverClearEvent).subscribe((event) => {
      if (event.origin !== eventBus) {
        setPointedNs(undefined);
      }
    });
    return () => {
      hover.unsubscribe();
      clear.unsubscribe();
    };
  }, [eventBus, packets]);
  const pointAt = useCallback(
    (tNs: number | undefined) => {
      if (tNs === undefined) {
        eventBus.publish(new DataHoverClearEvent());
        return;
      }
      const time = Number((packets.baseNs + BigInt(Math.round(tNs))) / BigInt(1000)) / 1000;
      eventBus.publish(new DataHoverEvent({ point: { time } }));
    },
    [eventBus, packets]
  );
  return { pointedNs, pointAt };
}
