/** A log line as a record. The only border at which lines from a store are validated. */
import { type RecordSource } from './labels';
import { type FlowRecord, recordSchemas } from './records';

type LineProblem =
  { readonly kind: 'not-json'; readonly message: string } | { readonly kind: 'not-a-record'; readonly message: string };

type DecodedLine =
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
