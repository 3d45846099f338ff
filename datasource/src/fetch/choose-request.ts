/**
 * Which request a search term is about. A trace id, an address or a number may name many: the one with the worst outcome wins,
 * then the one with most retransmissions, then the slowest.
 */
import { type L7Record, type Outcome } from '@bpfnet/flow-model';
import { retransmissionsOf } from '../plan/filter-parts';
import { clientSeqOf } from '../plan/look-up-plan';
import { type LookUp } from '../query/look-up';
import { type LookUpResult, hasSyn } from './connection-records';
import { type StoredL4, type StoredL7 } from './record-reader';

/** Higher is worse. */
const SEVERITY: Readonly<Record<Outcome, number>> = {
  ok: 0,
  gap: 1,
  parse_error: 1,
  client_error: 2,
  server_error: 3,
  reset: 4,
  unanswered: 5,
};

export function compareWorstFirst(a: L7Record, b: L7Record): number {
  return (
    SEVERITY[b.outcome] - SEVERITY[a.outcome] ||
    retransmissionsOf(b) - retransmissionsOf(a) ||
    b.latency_ms - a.latency_ms
  );
}

/** The request at every NIC that saw it; empty where the look-up names a connection. Sequence numbers may be those of two; the newest is meant. */
export function chosenRequest(lookUp: LookUp, exchanges: readonly StoredL7[]): readonly StoredL7[] {
  const named = exchanges.filter(({ record }) => namesRequest(lookUp, record));
  if (named.length === 0) {
    return [];
  }
  const one = isSearchTerm(lookUp) ? [...named].sort((a, b) => compareWorstFirst(a.record, b.record))[0] : named[0];
  return named.filter(({ record }) => record.request_id === one.record.request_id);
}

/** Whether a look-up may name more than one request or connection. */
export function isSearchTerm({ by }: LookUp): boolean {
  return by !== 'request' && by !== 'l7Trace' && by !== 'connection' && by !== 'inner';
}

/** Of the chunks that a search term found, those of the newest one's connection, at every NIC. */
export function chosenConnection(lookUp: LookUp, chunks: readonly StoredL4[]): readonly StoredL4[] {
  if (chunks.length === 0 || !isSearchTerm(lookUp)) {
    return chunks;
  }
  const { record } = chunks[0];
  return chunks.filter((chunk) =>
    hasSyn(record)
      ? clientSeqOf(chunk.record.nic_traceid ?? '') === clientSeqOf(record.nic_traceid ?? '')
      : chunk.record.inner_traceid === record.inner_traceid
  );
}

/** Whether a span was found as a request, not as one of a connection that the look-up names. */
function namesRequest(lookUp: LookUp, record: L7Record): boolean {
  switch (lookUp.by) {
    case 'request':
    case 'l7Trace':
    case 'requestOrTrace':
    case 'trace':
    case 'endpoint':
    case 'seq':
      return true;
    case 'connection':
    case 'inner':
      return false;
    case 'traceOrInner':
      return record.trace_id === lookUp.id;
    case 'numbers':
      return clientSeqOf(record.l7_traceid ?? '') === clientSeqOf(lookUp.id);
  }
}

/** The request that a reading is about: the requested one; of a connection, its worst. Empty where it carried none. */
export function chosenOf({ focus, exchanges }: Pick<LookUpResult, 'focus' | 'exchanges'>): readonly StoredL7[] {
  if (focus.length > 0 || exchanges.length === 0) {
    return focus;
  }
  const [worst] = [...exchanges].sort((a, b) => compareWorstFirst(a.record, b.record));
  return exchanges.filter(({ record }) => record.request_id === worst.record.request_id);
}
