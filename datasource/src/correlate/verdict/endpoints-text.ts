/** Who talks to whom: by pods where these are known, else by address, as the NIC saw it. */
import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { ownsClient, ownsServer } from '../../path/path-ends';
import { type CapturedConnection } from '../losses/captured-connection';

export interface EndpointTexts {
  readonly client: string;
  readonly server: string;
}

export function endpointTexts({ flows }: CapturedConnection, record: L4Record | L7Record): EndpointTexts {
  const podOf = (owns: typeof ownsClient): string =>
    flows.find(({ records: { facts } }) => facts !== undefined && owns(facts))?.place.podName ?? '';
  const { client, server } = addressesOf(record);
  return { client: podOf(ownsClient) || client, server: podOf(ownsServer) || server };
}

/** Without the client's port, which means nothing to a person. */
function addressesOf(record: L4Record | L7Record): EndpointTexts {
  const { direction, src_ip, src_port, dst_ip, dst_port } = record;
  const [client, serverIp, serverPort] =
    direction === 'incoming' ? [dst_ip, src_ip, src_port] : [src_ip, dst_ip, dst_port];
  const server = `${record.server_ip ?? serverIp}:${record.server_port ?? serverPort}`;
  return { client: record.client_ip ?? client, server };
}
