/**
 * Other connections between the same two ends at the same time. What they show of two hosts' clocks holds for the request's connection
 * too, and a short connection has few packets to compare: see docs/hop-times.md.
 */
import { clientSeqOf } from '../plan/look-up-plan';
import { type StoredL4, type StoredL7 } from './record-reader';

/** Three do: with eight the error is hardly smaller. */
const MAX_CONNECTIONS = 3;
/** Fewer compare nothing, more are long lines. */
const PACKETS_AT_A_NIC = { least: 4, most: 300 } as const;
/** A connection with so many packets at a NIC needs no other. */
const ENOUGH_PACKETS = 300;

/** Who talks to whom, as the NICs that saw the request have it; nothing where its clocks are one. */
export function endsOf(
  focus: readonly StoredL7[]
): { readonly clients: readonly string[]; readonly servers: readonly string[] } | undefined {
  const answered = focus.some(({ record }) => record.outcome !== 'unanswered');
  const hosts = new Set(focus.map(({ record }) => record.host));
  const clients = [...new Set(focus.flatMap(({ record }) => record.client_ip ?? []))];
  const servers = [...new Set(focus.flatMap(({ record }) => record.server_ip ?? []))];
  const isOneHost = answered && hosts.size < 2;
  const isTcp = focus[0]?.record.l4_proto === 'tcp';
  return isOneHost || !isTcp || clients.length === 0 || servers.length === 0 ? undefined : { clients, servers };
}

/** The first chunks of the connections to compare with, nearest in time first, each at all its NICs. */
export function comparable(found: readonly StoredL4[], own: readonly StoredL4[]): readonly StoredL4[] {
  const hosts = new Set(own.map(({ record }) => record.host));
  if (own.length === 0 || hosts.size < 2 || own.some(({ record }) => packetsOf(record) >= ENOUGH_PACKETS)) {
    return [];
  }
  const ownSyns = new Set(own.map(({ record }) => clientSeqOf(record.nic_traceid ?? '')));
  const bySyn = new Map<string, StoredL4[]>();
  for (const chunk of found) {
    const syn = clientSeqOf(chunk.record.nic_traceid ?? '');
    if (syn !== undefined && !ownSyns.has(syn) && chunk.record.chunk_id === 1) {
      bySyn.set(syn, [...(bySyn.get(syn) ?? []), chunk]);
    }
  }
  const distance = ([{ tsNs }]: readonly StoredL4[]) => Math.abs(Number(tsNs - own[0].tsNs));
  return [...bySyn.values()]
    .filter(
      (chunks) =>
        new Set(chunks.map(({ record }) => record.host).filter((host) => hosts.has(host))).size > 1 &&
        chunks.every(({ record }) => isHandy(packetsOf(record)))
    )
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, MAX_CONNECTIONS)
    .flat();
}

function packetsOf({ tx_packets, rx_packets }: StoredL4['record']): number {
  return tx_packets + rx_packets;
}

function isHandy(packets: number): boolean {
  return packets >= PACKETS_AT_A_NIC.least && packets <= PACKETS_AT_A_NIC.most;
}
