/**
 * The application's trace, as a request's headers name it. Where several kinds are there, the first valid one of this order holds:
 *
 *   header                                      source      trace_id                          parent_id
 *   traceparent (W3C Trace Context, 3.2)        w3c         32 hex digits                     16 hex digits
 *   b3; X-B3-TraceId with X-B3-SpanId           b3          16 or 32 hex digits               16 hex digits
 *   uber-trace-id (Jaeger)                      jaeger      16 or 32 hex digits, zeros added  16 hex digits
 *   sw8 (SkyWalking, protocol v3)               skywalking  as its agent named it             segment id, "-", span number
 *   x-datadog-trace-id, x-datadog-parent-id     datadog     64 bit, decimal                   64 bit, decimal
 *   X-Amzn-Trace-Id (AWS X-Ray)                 xray        1-8 hex digits-24 hex digits      16 hex digits
 *
 * What is not exactly of its form is left out: whatever a client sends, only ids of bounded length and harmless letters pass.
 */
import { type TraceSource } from '@bpfnet/flow-model/words';

/** In lower case, as HTTP/2 has them. */
export const TRACE_HEADER_NAMES = [
  'traceparent',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'uber-trace-id',
  'sw8',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-amzn-trace-id',
] as const;

export type TraceHeader = (typeof TRACE_HEADER_NAMES)[number];

export type TraceHeaderValues = { [Name in TraceHeader]?: string };

interface TraceContext {
  readonly source: TraceSource;
  readonly traceId: string;
  readonly parentId: string | undefined;
}

export function readTraceContext(values: TraceHeaderValues): TraceContext | undefined {
  return (
    readW3c(values.traceparent) ??
    readB3(values.b3) ??
    readB3Pair(values['x-b3-traceid'], values['x-b3-spanid']) ??
    readJaeger(values['uber-trace-id']) ??
    readSkyWalking(values.sw8) ??
    readDatadog(values['x-datadog-trace-id'], values['x-datadog-parent-id']) ??
    readXRay(values['x-amzn-trace-id'])
  );
}

/** Version, trace id, parent id, flags. A later version may add to that, and ids of zeros only are invalid. */
function readW3c(value: string | undefined): TraceContext | undefined {
  const [, version, trace, parent, more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}($|-)/.exec(value ?? '') ?? [];
  if (trace === undefined || version === 'ff' || (version === '00' && more !== '') || isZero(trace) || isZero(parent)) {
    return undefined;
  }
  return { source: 'w3c', traceId: trace, parentId: parent };
}

/** Trace id, span id, and perhaps sampling state and parent span id. A sampling state alone names no trace. */
function readB3(value: string | undefined): TraceContext | undefined {
  const [, trace, span] =
    /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-[01d](?:-[0-9a-f]{16})?)?$/i.exec(value ?? '') ?? [];
  return trace === undefined ? undefined : readB3Pair(trace, span);
}

function readB3Pair(trace: string | undefined, span: string | undefined): TraceContext | undefined {
  if (trace === undefined || !/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(trace) || isZero(trace)) {
    return undefined;
  }
  const hasSpan = span !== undefined && /^[0-9a-f]{16}$/i.test(span) && !isZero(span);
  return { source: 'b3', traceId: trace.toLowerCase(), parentId: hasSpan ? span.toLowerCase() : undefined };
}

/** Trace id, span id, parent span id, flags; leading zeros may be missing, colons may be percent-encoded. */
function readJaeger(value: string | undefined): TraceContext | undefined {
  const [, trace, span] =
    /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):[0-9a-f]{1,16}:[0-9a-f]{1,4}$/i.exec((value ?? '').replace(/%3a/gi, ':')) ?? [];
  if (trace === undefined || isZero(trace) || isZero(span)) {
    return undefined;
  }
  return {
    source: 'jaeger',
    traceId: trace.toLowerCase().padStart(trace.length > 16 ? 32 : 16, '0'),
    parentId: span.toLowerCase().padStart(16, '0'),
  };
}

/** Sampling, trace id, segment id, span number, then four names that are not looked at; ids in base64. */
function readSkyWalking(value: string | undefined): TraceContext | undefined {
  const [sample, trace, segment, span, ...names] = (value ?? '').split('-', 8);
  if (names.length !== 4 || (sample !== '0' && sample !== '1') || !/^\d{1,9}$/.test(span)) {
    return undefined;
  }
  const traceId = skyWalkingId(trace);
  const segmentId = skyWalkingId(segment);
  return traceId === undefined || segmentId === undefined
    ? undefined
    : { source: 'skywalking', traceId, parentId: `${segmentId}-${span}` };
}

function skyWalkingId(base64: string): string | undefined {
  if (base64.length > 172 || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    return undefined;
  }
  const id = atob(base64);
  return /^[\w.:@/+~-]{1,128}$/.test(id) ? id : undefined;
}

function readDatadog(trace: string | undefined, parent: string | undefined): TraceContext | undefined {
  const traceId = unsigned64(trace);
  return traceId === undefined ? undefined : { source: 'datadog', traceId, parentId: unsigned64(parent) };
}

function unsigned64(value: string | undefined): string | undefined {
  const isOne = value !== undefined && /^\d{1,20}$/.test(value) && !isZero(value);
  return isOne && value.padStart(20, '0') <= '18446744073709551615' ? value : undefined;
}

/** `Root=…;Parent=…;Sampled=…` in any order, with blanks allowed. */
function readXRay(value: string | undefined): TraceContext | undefined {
  let traceId: string | undefined;
  let parentId: string | undefined;
  for (const part of (value ?? '').split(';', 8)) {
    const [, name, id] = /^\s*(Root|Parent)=([0-9a-f-]{1,35})\s*$/i.exec(part) ?? [];
    if (name?.toLowerCase() === 'root' && /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.test(id)) {
      traceId = id.toLowerCase();
    } else if (name?.toLowerCase() === 'parent' && /^[0-9a-f]{16}$/i.test(id)) {
      parentId = id.toLowerCase();
    }
  }
  return traceId === undefined ? undefined : { source: 'xray', traceId, parentId };
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}
