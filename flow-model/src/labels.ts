/**
 * Stream labels: the few words by which Loki files a record. Nothing that grows with traffic is a label.
 */
export const SERVICE_NAME = 'bpfnet';

/** The three kinds of log line, by their `source` label. */
export const RECORD_SOURCES = ['bpf_net_l4_log', 'bpf_net_l4_packets', 'bpf_net_l7_log'] as const;
export type RecordSource = (typeof RECORD_SOURCES)[number];

interface StreamLabels {
  readonly source: RecordSource;
  readonly host: string;
  /** Decimal, 0 … shard count - 1. */
  readonly flow_shard: string;
  readonly service_name: typeof SERVICE_NAME;
}

/** The labels of a record, with what is configured to stand on every line (`cluster`, …) first, so that it cannot replace ours. */
export function streamLabels(
  source: RecordSource,
  host: string,
  flowShard: number,
  configured: Readonly<Record<string, string>> = {}
): StreamLabels & Readonly<Record<string, string>> {
  return { ...configured, source, host, flow_shard: String(flowShard), service_name: SERVICE_NAME };
}
