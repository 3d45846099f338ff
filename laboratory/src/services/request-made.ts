/** A request as the client itself logged it, with its outcome: the ground truth for tests of the L7 records. */
export interface RequestMade {
  /** Start, nanoseconds since the Unix epoch in decimal (millisecond precision). */
  readonly tsNs: string;
  readonly durationMs: number;
  readonly kind: 'http' | 'dns' | 'refused' | 'black-hole';
  readonly outcome:
    | 'ok'
    /** The name does not exist (DNS). */
    | 'not-found'
    /** No answer before the client's timeout. */
    | 'gave-up'
    | 'refused'
    /** The connection broke. */
    | 'broken';
  /** The client's TCP port, where a connection was made for HTTP. */
  readonly clientPort?: number;
  readonly method?: string;
  /** Without the query string. */
  readonly path?: string;
  readonly via?: 'service' | 'direct';
  readonly status?: number;
  /** W3C trace id, where the request carried one. */
  readonly traceId?: string;
}
