/** Whether the client or the server itself sits behind a NIC: a pod's own NIC, or loopback. */
import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { endpointRank } from './path-order';

type Connection = Pick<L4Record | L7Record, 'direction' | 'host_network' | 'src_ip' | 'dst_ip'>;

export function ownsClient(record: Connection): boolean {
  return rankOf(record) === -1 || isLoopback(record);
}

export function ownsServer(record: Connection): boolean {
  return rankOf(record) === 1 || isLoopback(record);
}

function rankOf({ host_network, direction }: Connection): -1 | 0 | 1 {
  return endpointRank({ hostNetwork: host_network, direction });
}

function isLoopback({ src_ip, dst_ip }: Connection): boolean {
  const local = (ip: string) => ip.startsWith('127.') || ip === '::1';
  return local(src_ip) && local(dst_ip);
}
