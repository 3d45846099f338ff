/** The path of one request over NICs. What its fields mean is in the contract. */
import { type HopEdgeRow, type HopNodeRow } from '@bpfnet/flow-model/frames';

export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** A NIC of the path, or an end that no NIC saw. */
export interface PathNode extends HopNodeRow {
  readonly client: Address;
  readonly server: Address;
}

/** Between `nodes[i]` and `nodes[i + 1]`. */
export type PathEdge = HopEdgeRow;

export interface NicPath {
  /** In path order from client to server; never empty. */
  readonly nodes: readonly PathNode[];
  /** One less than nodes. */
  readonly edges: readonly PathEdge[];
  readonly summary: string;
  readonly outcome: string;
  readonly latencyMs: number;
  readonly notes: readonly string[];
  /** The application's trace; '' where it is not known. */
  readonly traceId: string;
  /** The datasource's own link to it, not yet checked. */
  readonly traceHref: string | undefined;
}
