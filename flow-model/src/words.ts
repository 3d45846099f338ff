/** The values that enumerated fields of records may have. Free of zod, so that a browser bundle can afford them. */
export const DIRECTIONS = ['outgoing', 'incoming', 'unknown'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const L4_PROTOCOLS = ['tcp', 'udp'] as const;

export const TUNNELS = ['vxlan', 'geneve', 'gre', 'ipip'] as const;
export type Tunnel = (typeof TUNNELS)[number];

export const CONN_STATES = [
  'syn_sent',
  'syn_received',
  'established',
  'half_closed',
  'closed',
  'reset',
  'midstream',
  'stateless',
] as const;
export type ConnState = (typeof CONN_STATES)[number];

export const END_REASONS = [
  'closed',
  'reset_by_client',
  'reset_by_server',
  'reset',
  'refused',
  'no_answer',
  'timed_out',
  'evicted',
  'port_reused',
  'capture_ended',
] as const;
export type EndReason = (typeof END_REASONS)[number];

export const OUTCOMES = ['ok', 'client_error', 'server_error', 'unanswered', 'reset', 'parse_error', 'gap'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Whose header named the trace. */
export const TRACE_SOURCES = ['w3c', 'b3', 'jaeger', 'skywalking', 'datadog', 'xray'] as const;
export type TraceSource = (typeof TRACE_SOURCES)[number];
