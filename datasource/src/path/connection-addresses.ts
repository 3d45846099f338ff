/** Client and server of a connection as one NIC saw them, and what NAT made of them between two NICs. */
import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { addressText } from '@bpfnet/flow-model/quantity-text';
import { clientIsSrc } from './exchange-at-nic';

interface Address {
  readonly ip: string;
  readonly port: number;
}

/** Client and server as a NIC saw them; where neither is known, the NIC's own side is taken for the client. */
export function endpointsOf(record: L7Record | L4Record): { readonly client: Address; readonly server: Address } {
  const src = { ip: record.src_ip, port: record.src_port };
  const dst = { ip: record.dst_ip, port: record.dst_port };
  return clientIsSrc(record) === false ? { client: dst, server: src } : { client: src, server: dst };
}

export function natText(source: L7Record | L4Record, target: L7Record | L4Record): string {
  const before = endpointsOf(source);
  const after = endpointsOf(target);
  const changed = (a: Address, b: Address) =>
    a.ip === b.ip && a.port === b.port ? [] : [`${addressText(a.ip, a.port)} → ${addressText(b.ip, b.port)}`];
  return [...changed(before.client, after.client), ...changed(before.server, after.server)].join(', ');
}
