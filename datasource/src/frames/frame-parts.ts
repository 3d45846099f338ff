import {
  type Field,
  type FieldConfig,
  FieldType,
  type QueryResultMetaNotice,
  type QueryResultMetaStat,
} from '@grafana/data';
import { type LookUpResult } from '../fetch/connection-records';

const NS_PER_MICROSECOND = BigInt(1000);
const NS_PER_MS = BigInt(1_000_000);

/** A field from values. */
export function field<T>(name: string, type: FieldType, values: T[], config: FieldConfig = {}): Field<T> {
  return { name, type, values, config };
}

/** ms since the Unix epoch, with microseconds as fraction. */
export function msOf(tsNs: bigint): number {
  return Number(tsNs / NS_PER_MICROSECOND) / 1000;
}

/** A time field that keeps nanoseconds: whole milliseconds and what is beyond them. */
export function timeField(name: string, times: readonly bigint[], config: FieldConfig = {}): Field<number> {
  return {
    ...field(
      name,
      FieldType.time,
      times.map((tsNs) => Number(tsNs / NS_PER_MS)),
      config
    ),
    nanos: times.map((tsNs) => Number(tsNs % NS_PER_MS)),
  };
}

export function warnings(texts: readonly string[]): QueryResultMetaNotice[] {
  return [...new Set(texts)].map((text) => ({ severity: 'warning', text }));
}

/** What an answer cost, for the inspector of a panel. */
export function costStats(cost: LookUpResult['cost'] | undefined): QueryResultMetaStat[] | undefined {
  return cost === undefined
    ? undefined
    : [
        { displayName: 'Queries', value: cost.queries },
        { displayName: 'Round trips', value: cost.roundTrips },
        { displayName: 'Lines read', value: cost.lines },
        { displayName: 'Bytes of lines read', value: cost.bytes, unit: 'decbytes' },
      ];
}
