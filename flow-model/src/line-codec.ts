/**
 * A record as one log line and back: compact JSON, absent values left out. The only border at which lines from a
 * store are validated.
 */
import { type RecordSource } from './labels';
import { type FlowRecord, type L4PacketsRecord, type L4Record, type L7Record, recordSchemas } from './records';

export function encodeLine(record: L4Record | L4PacketsRecord | L7Record): string {
  return JSON.stringify(record);
}

export type LineProblem =
  { readonly kind: 'not-json'; readonly message: string } | { readonly kind: 'not-a-record'; readonly message: string };

export type DecodedLine =
  { readonly ok: true; readonly value: FlowRecord } | { readonly ok: false; readonly problem: LineProblem };

/** Reads a line of the stream `source`. A line that is no record of that kind says which field is wrong. */
export function decodeLine(source: RecordSource, line: string): DecodedLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return {
      ok: false,
      problem: { kind: 'not-json', message: error instanceof Error ? error.message : String(error) },
    };
  }
  const parsed = recordSchemas[source].safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      ok: false,
      problem: { kind: 'not-a-record', message: `${issue.path.join('.') || 'record'}: ${issue.message}` },
    };
  }
  return { ok: true, value: { source, record: parsed.data } as FlowRecord };
}
