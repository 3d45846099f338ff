/** The verdict on a connection that came to nothing: refused, or never answered. */
import { TcpFlag } from '@bpfnet/flow-model';
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type Caveat } from '../caveats/caveats';
import { type Fates } from '../losses/loss-attribution';
import { type Retransmission } from '../losses/retransmissions';
import { lostWhere, nicText } from '../losses/fate-text';
import { connectStart } from './connection-setup';
import { type Instant, type NicObservations } from '../losses/nic-observations';
import { type Verdict } from './verdict';
import { whoOf } from './endpoints-text';

export interface FailedConnection {
  readonly caveats: readonly Caveat[];
  readonly retransmissions: readonly Retransmission[];
  readonly fates: Fates;
}

/** Null where it was established, or where its first SYN was not seen. */
export function connectionVerdict(
  sight: NicObservations,
  { caveats, retransmissions, fates }: FailedConnection
): Verdict | null {
  const [first] = sight.connection.flows;
  const facts = first?.lane.facts;
  const syn = first === undefined ? undefined : connectStart(sight, 0);
  if (facts === undefined || syn === undefined || first.lane.l4Proto !== 'tcp') {
    return null;
  }
  const { flags, fromServer, length } = first;
  const answer = sight.find(0, syn.packet, (packet) => fromServer[packet] === 1);
  const { client, server } = whoOf(sight.connection, facts);
  const subject = `The connection from ${client} to ${server}`;
  const end = answer ?? sight.instant(0, length - 1);
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
        from: sight.ref(syn),
        to: sight.ref(end),
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
          sentence: `${subject} was refused after ${durationText(totalMs)}: nothing listens there, or something rejects it.`,
        };
  }
  const syns = 1 + retransmissions.filter(({ what, sender }) => what === 'syn' && sender === 'client').length;
  const times = syns === 1 ? '1 SYN' : `${syns} SYNs in ${durationText(totalMs)}`;
  return {
    ...verdict,
    cause: 'no-connection',
    sentence: `${subject} came to nothing: ${times} got no answer; ${whereText(sight, syn, fates)}.`,
  };
}

function whereText(sight: NicObservations, syn: Instant, fates: Fates): string {
  const { connection: watched, journeys } = sight;
  const nics = watched.flows.map(({ place }) => place);
  const journey = journeys.ways[0].all.find(({ copies }) =>
    copies.some(({ packets }) => packets[syn.nic] === syn.packet)
  );
  const last = journey?.copies[journey.copies.length - 1];
  if (journey === undefined || last === undefined) {
    return 'where they went is not known';
  }
  const fate = fates.of(0, journey, journey.copies.length - 1);
  const answer = journeys.ways[1].all[0]?.copies[0];
  if (answer !== undefined) {
    return `an answer was seen as far as ${nicText(nics[answer.last].flowId, nics)}`;
  }
  return fate.kind === 'lost'
    ? `the last one was ${lostWhere(fate, nics)}`
    : `the last one was last seen at ${nicText(nics[last.last].flowId, nics)}`;
}
