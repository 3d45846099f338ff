import { type ColumnChoice } from './model/columns';

export interface RelatedLogsOptions {
  /** The request that the page is about, usually a dashboard variable. */
  readonly requestId: string;
  /** The flow that the page shows, if it shows one. */
  readonly innerTraceId: string;
  /** Link of a request's row. */
  readonly requestUrl: string;
  /** Link of a row of the transport layer. */
  readonly connectionUrl: string;
  /** Shown columns in their order; empty for the defaults. */
  readonly columns: readonly ColumnChoice[];
}

export const defaultOptions: RelatedLogsOptions = {
  requestId: '${request_id}',
  innerTraceId: '${inner_traceid}',
  requestUrl:
    '/d/bpfnet-connection?var-inner_traceid=${__data.fields.inner_traceid}&var-request_id=${__data.fields.request_id}&from=${__from}&to=${__to}',
  connectionUrl: '/d/bpfnet-connection?var-inner_traceid=${__data.fields.inner_traceid}&from=${__from}&to=${__to}',
  columns: [],
};
