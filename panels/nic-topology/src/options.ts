import { type Level } from './graph/model/fold-graph';
import { type ColourMetric } from './graph/model/graph';

export interface NicTopologyOptions {
  /** One request: link of a NIC. */
  readonly recordUrl: string;
  /** One request: link to its trace, for frames whose field `traceId` has no link. */
  readonly traceUrl: string;
  /** Many requests: what nodes are at first. */
  readonly level: Level;
  readonly colourBy: ColourMetric;
  /** So many of the busiest nodes are shown individually, the rest as one. */
  readonly busiest: number;
  /** Many requests: link of an edge. */
  readonly edgeUrl: string;
}

export const defaultOptions: NicTopologyOptions = {
  recordUrl:
    '/d/bpfnet-connection?var-inner_traceid=${__data.fields.id}&var-request_id=${__data.fields.requestId}&from=${__from}&to=${__to}',
  traceUrl: '',
  level: 'nic',
  colourBy: 'p95Ms',
  busiest: 500,
  edgeUrl: '/d/bpfnet-requests?var-host=${__data.fields.host}&var-text=${__data.fields.name}&from=${__from}&to=${__to}',
};
