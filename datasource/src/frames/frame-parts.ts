import { type Field, type FieldConfig, FieldType, type QueryResultMetaNotice } from '@grafana/data';

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
