/** What costs are worked out from. */
import { type NicObservations } from '../losses/nic-observations';
import { type Retransmission } from '../losses/retransmissions';
import { type Timeline } from './timeline';
import { type Part, type PartName } from './verdict';

export interface CostInput {
  readonly observations: NicObservations;
  readonly timeline: Timeline;
  readonly parts: readonly Part[];
  readonly retransmissions: readonly Retransmission[];
}

/** A retransmission that the request waited for. */
export interface AwaitedRetransmission {
  readonly part: PartName;
  readonly one: Retransmission;
  /** On the clock of its own NIC, ms since the base. */
  readonly fromMs: number;
  readonly toMs: number;
}
