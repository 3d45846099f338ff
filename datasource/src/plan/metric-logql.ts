/**
 * Metric queries over records. Numbers that lines lack count as nothing: a line that cannot be unwrapped is left out.
 */
import { SERVICE_NAME, type RecordSource } from '@bpfnet/flow-model';
import { hasField } from './line-filters';
import { logql, type Logql, type LogqlParts } from './logql';
import { decimal, quote } from './logql-text';

const range = (seconds: number): string => `[${Math.max(1, Math.round(seconds))}s]`;

const by = (fields: readonly string[]): string => (fields.length === 0 ? '' : ` by (${fields.join(', ')})`);

/** Fields that are labels of the stream need no parser. */
const inLine = (fields: readonly string[]): readonly string[] =>
  fields.filter((field) => field !== 'host' && field !== 'flow_shard' && field !== 'source');

/** Records per value of a label over the last `seconds`. */
export function countByLabel(label: 'host' | 'flow_shard', seconds: number): Logql {
  return `sum by (${label}) (count_over_time({service_name=${quote(SERVICE_NAME)}}${range(seconds)}))` as Logql;
}

/** Records per kind over the last `seconds`. */
export function countBySource(seconds: number): Logql {
  return `sum by (source) (count_over_time({service_name=${quote(SERVICE_NAME)}}${range(seconds)}))` as Logql;
}

/** Records per value of a field over the last `seconds`. */
export function countByField(source: RecordSource, field: string, seconds: number): Logql {
  return sumCount({ source, lineFilters: [hasField(field)] }, [field], seconds);
}

/** How many records fit, per value of some fields, over the last `seconds`. */
export function sumCount(parts: LogqlParts, fields: readonly string[], seconds: number): Logql {
  return `sum${by(fields)} (count_over_time(${logql(parts, inLine(fields))} ${range(seconds)}))` as Logql;
}

/**
 * The same, where a request is written once a NIC and shall count once: the count at the NIC that saw the most of each
 * group.
 */
export function countAtBusiestNic(parts: LogqlParts, fields: readonly string[], seconds: number): Logql {
  const perNic = [...new Set([...fields, 'host', 'netns', 'nic_name'])];
  return `max${by(fields)} (${sumCount(parts, perNic, seconds)})` as Logql;
}

/** A number field added up, per value of some fields, over the last `seconds`. */
export function sumOf(
  parts: LogqlParts,
  field: string,
  options: { readonly by: readonly string[]; readonly seconds: number }
): Logql {
  const over = unwrapped(parts, field, options.by);
  return `sum${by(options.by)} (sum_over_time(${over} ${range(options.seconds)}))` as Logql;
}

/** The value below which a share of a number field lies over the last `seconds`. */
export function quantileOf(
  parts: LogqlParts,
  field: string,
  options: { readonly share: number; readonly seconds: number; readonly by?: readonly string[] }
): Logql {
  const { share, seconds, by: fields = [] } = options;
  return `quantile_over_time(${decimal(share)}, ${unwrapped(parts, field, fields)} ${range(seconds)}) by (${fields.join(', ')})` as Logql;
}

function unwrapped(parts: LogqlParts, field: string, fields: readonly string[]): string {
  const { conditions = [] } = parts;
  const withField: LogqlParts = {
    ...parts,
    lineFilters: [...parts.lineFilters, hasField(field)],
    conditions: [{ kind: 'atLeast', anyOf: [field], value: 0 }, ...conditions],
  };
  return `${logql(withField, inLine(fields))} | unwrap ${field} | __error__=""`;
}
