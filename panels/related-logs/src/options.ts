import { type ColumnChoice } from './model/columns';

export interface RelatedLogsOptions {
  /** The request that the page is about, usually a dashboard variable. */
  readonly requestId: string;
  /** The NIC that it is looked at from, where the page knows it. */
  readonly innerTraceId: string;
  /** Where a request's row leads. */
  readonly requestUrl: string;
  /** Where a row of the transport layer leads. */
  readonly connectionUrl: string;
  /** Shown columns in their order; empty for those that the panel comes with. */
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
