/** NIC spans in the fields of Grafana's trace frames, so that its trace view shows them. */
import { type DataFrame } from '@grafana/data';
import { FrameKind, NIC_SPAN_COLUMNS, type NicSpanRow } from '@bpfnet/flow-model/frames';
import { type L7Record } from '@bpfnet/flow-model/records';
import { type NicSpan } from '../correlate/tables/nic-spans';
import { isAnswered, type ExchangeAtNic } from '../path/exchange-at-nic';
import { columnsFrame } from './columns-frame';
import { msOf, warnings } from './frame-parts';

interface TraceFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
}

export function traceFrame(
  spans: ReadonlyArray<NicSpan<ExchangeAtNic>>,
  { refId, notes }: TraceFrameOptions
): DataFrame {
  return columnsFrame(spans.map(rowOf), NIC_SPAN_COLUMNS, {
    name: FrameKind.NicSpans,
    refId,
    meta: { preferredVisualisationType: 'trace', notices: warnings(notes), custom: { traceFormat: 'otlp' } },
  });
}

/** OpenTelemetry's status codes. */
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;

function rowOf({ span, parent, startNs, durationMs, placed }: NicSpan<ExchangeAtNic>): NicSpanRow {
  const { record } = span;
  const failed = !isAnswered(record.outcome) || record.outcome === 'server_error';
  return {
    traceID: record.trace_id ?? record.request_id,
    spanID: record.inner_traceid,
    parentSpanID: parent ?? null,
    operationName: [record.l7_op, record.l7_resource].filter((word) => word !== undefined && word !== '').join(' '),
    serviceName:
      record.k8s_pod_name === undefined
        ? `${record.nic_name} on ${record.host}`
        : `${record.nic_name} of ${record.k8s_pod_name}`,
    serviceTags: pairs({
      'host.name': record.host,
      'nic.name': record.nic_name,
      'k8s.namespace.name': record.k8s_namespace,
      'k8s.pod.name': record.k8s_pod_name,
    }),
    startTime: msOf(startNs),
    duration: durationMs,
    statusCode: failed ? STATUS_ERROR : STATUS_UNSET,
    tags: pairs({
      outcome: record.outcome,
      status: record.l7_status,
      ...addressTags(record),
      retransmissions: (record.tx_retrans ?? 0) + (record.rx_retrans ?? 0) || undefined,
      'capture.drops': record.capture_drops || undefined,
      error: failed || undefined,
      'start.placed': placed ? 'clocks were not compared: centered within the round trip' : undefined,
    }),
  };
}

function addressTags(record: L7Record): Readonly<Record<string, string | number | undefined>> {
  return {
    'client.address': record.client_ip,
    'client.port': record.client_port,
    'server.address': record.server_ip,
    'server.port': record.server_port,
  };
}

function pairs(values: Readonly<Record<string, string | number | boolean | undefined>>): NicSpanRow['tags'] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}
