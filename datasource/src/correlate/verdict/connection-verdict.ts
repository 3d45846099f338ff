/** The verdict on a connection that failed: refused, or never answered. */
import { TcpFlag } from '@bpfnet/flow-model';
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type Caveat } from '../caveats/caveats';
import { type LossAttribution } from '../losses/loss-attribution';
import { type Retransmission } from '../losses/retransmissions';
import { lostWhere, nicText } from '../losses/fate-text';
import { connectStart } from './connection-setup';
import { type Instant, type NicObservations } from '../losses/nic-observations';
import { type Verdict } from './verdict';
import { endpointTexts } from './endpoints-text';

interface FailedConnection {
  readonly caveats: readonly Caveat[];
  readonly retransmissions: readonly Retransmission[];
  readonly attribution: LossAttribution;
}

/** Null where it was established, or where its first SYN was not seen. */
export function connectionVerdict(
  observations: NicObservations,
  { caveats, retransmissions, attribution }: FailedConnection
): Verdict | null {
  const [first] = observations.connection.flows;
  const facts = first?.records.facts;
  const syn = first === undefined ? undefined : connectStart(observations, 0);
  if (facts === undefined || syn === undefined || first.records.l4Proto !== 'tcp') {
    return null;
  }
  const { flags, fromServer, length } = first;
  const answer = observations.find(0, syn.packet, (packet) => fromServer[packet] === 1);
  const { client, server } = endpointTexts(observations.connection, facts);
  const subject = `The connection from ${client} to ${server}`;
  const end = answer ?? observations.instant(0, length - 1);
  const totalMs = end.atMs - syn.atMs;
  const verdict = {
    requestId: '',
    totalMs,
    parts: [
      {
        name: 'connect' as const,
        ms: totalMs,
        ifSymmetricMs: null,
        atMostMs: null,
        from: observations.ref(syn),
        to: observations.ref(end),
      },
    ],
    costs: [],
    caveats,
  };
  if (answer !== undefined) {
    return (flags[answer.packet] & TcpFlag.Rst) === 0
      ? null
      : {
          ...verdict,
          cause: 'refused',
          sentence: `${subject} was refused after ${durationText(totalMs)}: nothing is listening on that port, or a firewall is rejecting it.`,
        };
  }
  const syns = 1 + retransmissions.filter(({ what, sender }) => what === 'syn' && sender === 'client').length;
  const unanswered = syns === 1 ? '1 SYN' : `${syns} SYNs in ${durationText(totalMs)}`;
  return {
    ...verdict,
    cause: 'no-connection',
    sentence: `${subject} failed: ${unanswered} went unanswered; ${whereText(observations, syn, attribution)}.`,
  };
}

function whereText(observations: NicObservations, syn: Instant, attribution: LossAttribution): string {
  const { connection, sent } = observations;
  const nics = connection.flows.map(({ place }) => place);
  const segment = sent.sides[0].segments.find(({ transmissions }) =>
    transmissions.some(({ packets }) => packets[syn.nic] === syn.packet)
  );
  const last = segment?.transmissions[segment.transmissions.length - 1];
  if (segment === undefined || last === undefined) {
    return 'fate unknown';
  }
  const fate = attribution.fateOf(0, segment, segment.transmissions.length - 1);
  const answer = sent.sides[1].segments[0]?.transmissions[0];
  if (answer !== undefined) {
    return `a response got as far as ${nicText(nics[answer.last].flowId, nics)}`;
  }
  return fate.kind === 'lost'
    ? `the last SYN was ${lostWhere(fate, nics)}`
    : `the last SYN got as far as ${nicText(nics[last.last].flowId, nics)}`;
}
