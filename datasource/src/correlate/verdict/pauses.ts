/**
 * Why a message that takes several packets did not flow: at the NIC of its sender, each pause of half a round trip or more that ends with
 * an ACK was spent waiting for permission to send (RFC 5681: slow start until something was lost, a cut congestion window after);
 * one that ends without an ACK was the sender's own. Pauses while something lost was waited for are part of that wait.
 */
import { Analysis } from '@bpfnet/flow-model';
import { type AwaitedRetransmission, type CostInput } from './cost-input';
import { leastRoundTripMs } from '../losses/round-trip';
import { type Instant } from '../losses/nic-observations';
import { type Cost, type PauseKind } from './verdict';

/** Of the round trip: a shorter pause is no wait for an ACK. */
const PAUSE_SHARE = 0.5;
/** An ACK that came this shortly before a packet let it go. */
const PROMPT_MS = 1;
/** Without a measured round trip, or with a shorter one, nothing is a pause below this. */
const PAUSE_AT_LEAST_MS = 1;

export function pauseCosts(
  { observations, timeline, parts }: CostInput,
  awaited: readonly AwaitedRetransmission[]
): readonly Cost[] {
  const sendings = [
    {
      sender: 0 as const,
      nic: timeline.client,
      part: 'sending' as const,
      from: timeline.sentFirst,
      to: timeline.sentLast,
    },
    {
      sender: 1 as const,
      nic: timeline.server,
      part: 'receiving' as const,
      from: timeline.answered,
      to: timeline.receivedLast,
    },
  ];
  return sendings.flatMap(({ sender, nic, part, from, to }) => {
    const toMs = to && observations.onClockOf(to, nic);
    const nearSender = sender === 0 || timeline.serverSeen;
    if (
      from === undefined ||
      toMs === undefined ||
      !nearSender ||
      !parts.some(({ name, ms }) => name === part && ms > 0)
    ) {
      return [];
    }
    const pauses = pausesOf({ sender, nic, from, toMs }).filter(
      ({ end, ms }) => !awaited.some((one) => one.fromMs < end.atMs && one.toMs > end.atMs - ms)
    );
    return PAUSE_KINDS.flatMap((kind): Cost[] => {
      const ofKind = pauses.filter((pause) => pause.kind === kind);
      const ms = ofKind.reduce((sum, pause) => sum + pause.ms, 0);
      const packets = ofKind.map(({ end }) => observations.ref(end));
      return ms > 0 ? [{ kind, part, ms, packets, side: sender === 0 ? 'client' : 'server' }] : [];
    });
  });

  function pausesOf({ sender, nic, from, toMs }: Sending): readonly Pause[] {
    const { fromServer, len, span, ana, ackedTo, start, tNs, length } = observations.connection.flows[nic];
    const leastMs = Math.max(
      PAUSE_AT_LEAST_MS,
      PAUSE_SHARE * (leastRoundTripMs(observations.connection.flows[nic], sender) ?? 0)
    );
    const pauses: Pause[] = [];
    let lossSeen = false;
    let last = from;
    let ackedMs = -Infinity;
    let acked = -Infinity;
    for (let packet = 0; packet < length && tNs[packet] / 1e6 <= toMs; packet++) {
      const atMs = tNs[packet] / 1e6;
      if (fromServer[packet] !== sender) {
        if (ackedTo[packet] > acked) {
          acked = ackedTo[packet];
          ackedMs = atMs;
        }
      } else if (len[packet] > 0 && span[packet] > 0) {
        lossSeen ||= (ana[packet] & (Analysis.Retransmission | Analysis.FastRetransmission)) !== 0;
        const isNew = (ana[packet] & Analysis.Retransmission) === 0;
        if (packet > from.packet && isNew && atMs - last.atMs >= leastMs) {
          const full = (ana[last.packet] & Analysis.WindowFull) !== 0;
          const wokenByAck = ackedMs > last.atMs && atMs - ackedMs <= PROMPT_MS;
          const idle = acked >= start[packet] && !wokenByAck;
          const kind: PauseKind =
            !wokenByAck || idle
              ? 'sender-paused'
              : full
                ? 'full-window'
                : lossSeen
                  ? 'congestion-window'
                  : 'slow-start';
          pauses.push({ kind, ms: atMs - last.atMs, end: observations.instant(nic, packet) });
        }
        if (packet >= from.packet) {
          last = observations.instant(nic, packet);
        }
      }
    }
    return pauses;
  }
}

interface Sending {
  readonly sender: 0 | 1;
  readonly nic: number;
  readonly from: Instant;
  readonly toMs: number;
}

interface Pause {
  readonly kind: PauseKind;
  readonly ms: number;
  /** The packet that ended it. */
  readonly end: Instant;
}

const PAUSE_KINDS: readonly PauseKind[] = ['slow-start', 'congestion-window', 'full-window', 'sender-paused'];
