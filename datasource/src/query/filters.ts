/**
 * What lists, graphs and metrics may be narrowed by. Every text may hold template variables.
 */

/** A text with template variables, or several of them; a record passes where it fits any. */
export type FilterText = string | readonly string[];

/** Empty and absent filters let everything through; a variable's `All` too. */
export interface CommonFilters {
  /** Host that captured. */
  readonly host?: FilterText;
  /** NIC name. */
  readonly nic?: FilterText;
  /** Namespace of the NIC's owner, or of either side. */
  readonly k8sNamespace?: FilterText;
  /** Pod of the NIC's owner, or of either side. */
  readonly pod?: FilterText;
  /** Address of either side, whole. */
  readonly address?: FilterText;
  /** Port of either side. */
  readonly port?: FilterText;
  readonly l7Proto?: FilterText;
  /** Retransmissions of either direction: during the exchange (requests), in one chunk (connections). */
  readonly minRetransmissions?: number | string;
  /** Any text in the record, case-insensitive. */
  readonly text?: string;
  /** One connection at one NIC. Where it is given and empty, nothing is listed. */
  readonly innerTraceId?: string;
  /** Shard of the connection of `innerTraceId` or `requestId`, where a link knows it. */
  readonly flowShard?: number | string;
}

export interface L7Filters extends CommonFilters {
  /** One request, at every NIC that saw it. Where it is given and empty, nothing is listed. */
  readonly requestId?: string;
  /** The application's trace. */
  readonly traceId?: FilterText;
  /** `l7_op`: GET, A, RETR, … */
  readonly op?: FilterText;
  /** Part of `l7_resource`. */
  readonly resource?: string;
  /** Regular expression (RE2) found anywhere in `l7_resource`. Template variables in it are escaped. */
  readonly resourceRegex?: string;
  readonly status?: FilterText;
  readonly outcome?: FilterText;
  /** ms; a number or a text that becomes one. */
  readonly minLatencyMs?: number | string;
}

export interface L4Filters extends CommonFilters {
  readonly endReason?: FilterText;
  /** Mean round trip of a chunk, ms; a number or a text that becomes one. */
  readonly minRttMs?: number | string;
}
