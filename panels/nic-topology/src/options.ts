export interface NicTopologyOptions {
  /** Where a NIC's button leads. */
  readonly recordUrl: string;
}

/** The connection as that NIC saw it. */
export const defaultOptions: NicTopologyOptions = {
  recordUrl:
    '/d/bpfnet-connection?var-inner_traceid=${__data.fields.id}&var-request_id=${__data.fields.requestId}&from=${__from}&to=${__to}',
};
