import { type LaneMode } from './model/ladder';
import { type DeltaMode } from './model/time-delta';

export type TimeMode = 'relative' | 'absolute';

export interface PacketSequenceOptions {
  /** `auto`: one lane a NIC where several NICs saw the connection and there is room, else client and server. */
  readonly lanes: LaneMode;
  readonly time: TimeMode;
  readonly delta: DeltaMode;
  /** Silence longer than this gets a line of its own, ms; 0 for none. */
  readonly silenceMs: number;
  /** Where a request's tag leads. */
  readonly requestUrl: string;
  /** The request to show first; a dashboard variable as a rule. */
  readonly requestId: string;
}

export const defaultOptions: PacketSequenceOptions = {
  lanes: 'auto',
  time: 'relative',
  delta: 'previous',
  silenceMs: 100,
  requestUrl: '/d/bpfnet-request?var-request_id=${__data.fields.l7RequestId}&from=${__from}&to=${__to}',
  requestId: '${request_id}',
};
