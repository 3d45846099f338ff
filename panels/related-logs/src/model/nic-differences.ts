/**
 * What differs between the NICs that saw one request. NICs are compared in the order of their latency: the nearer to the
 * client, the longer.
 */
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type LogRow, numberAt, textAt } from './related-logs';

export interface Difference {
  /** For tooltips and screen readers. */
  readonly text: string;
  readonly tone: 'slow' | 'changed' | 'retransmitted';
}

/** By row key, then by field. */
export type Differences = ReadonlyMap<string, ReadonlyMap<string, Difference>>;

/** As for the path: a step stands out if it is twice as long as the next one, and longer than this share of the total. */
const STANDS_OUT = 2;
const SHARE_OF_TOTAL = 0.1;

const ADDRESSES = ['client_ip', 'client_port', 'server_ip', 'server_port'] as const;
const RETRANSMISSIONS = ['tx_retrans', 'rx_retrans'] as const;

export function nicDifferences(rows: readonly LogRow[]): Differences {
  const groups = new Map<string, LogRow[]>();
  for (const row of rows) {
    const requestId = textAt(row, 'request_id');
    if (requestId !== '') {
      groups.set(requestId, [...(groups.get(requestId) ?? []), row]);
    }
  }
  const found = new Map<string, Map<string, Difference>>();
  const add = (row: LogRow, field: string, difference: Difference) =>
    found.set(row.key, (found.get(row.key) ?? new Map<string, Difference>()).set(field, difference));
  for (const group of groups.values()) {
    const path = [...group].sort((a, b) => (numberAt(b, 'latency_ms') ?? 0) - (numberAt(a, 'latency_ms') ?? 0));
    compareLatency(path, add);
    compareAddresses(path, add);
    compareRetransmissions(path, add);
  }
  return found;
}

type Add = (row: LogRow, field: string, difference: Difference) => void;

function compareLatency(path: readonly LogRow[], add: Add): void {
  const times = path.map((row) => numberAt(row, 'latency_ms')).filter((ms) => ms !== null);
  const steps = times.slice(1).map((ms, i) => times[i] - ms);
  const [longest = 0, next = 0] = [...steps].sort((a, b) => b - a);
  if (steps.length < 2 || longest < STANDS_OUT * next || longest < SHARE_OF_TOTAL * times[0]) {
    return;
  }
  const at = steps.indexOf(longest);
  add(path[at], 'latency_ms', {
    text: `${durationText(longest)} longer than at the next NIC: the slowest hop starts here`,
    tone: 'slow',
  });
}

function compareAddresses(path: readonly LogRow[], add: Add): void {
  for (const field of ADDRESSES) {
    const seen = new Map<string, number>();
    path.forEach((row) => seen.set(shown(row, field), (seen.get(shown(row, field)) ?? 0) + 1));
    if (seen.size < 2) {
      continue;
    }
    const first = shown(path[0], field);
    path
      .filter((row) => shown(row, field) !== first)
      .forEach((row) =>
        add(row, field, { text: `translated (NAT): ${first} at the NIC nearest the client`, tone: 'changed' })
      );
  }
}

function compareRetransmissions(path: readonly LogRow[], add: Add): void {
  for (const field of RETRANSMISSIONS) {
    const counts = path.map((row) => numberAt(row, field) ?? 0);
    path.forEach((row, i) => {
      if (counts[i] === 0) {
        return;
      }
      const elsewhere = Math.min(...counts);
      add(row, field, {
        text: elsewhere === counts[i] ? 'retransmitted at every NIC' : `retransmitted; ${elsewhere} at another NIC`,
        tone: 'retransmitted',
      });
    });
  }
}

const shown = (row: LogRow, field: string) => String(row.values.get(field) ?? '');
