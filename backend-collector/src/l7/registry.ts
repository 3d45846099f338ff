/** The application protocols that the collector reads, the surest probe first. */
import { http1 } from './http1/http1';
import { type DatagramProtocol } from './datagram-protocol';
import { dns, llmnr, mdns } from './dns/datagrams';
import { type L7Protocol } from './protocol';

export const protocols: readonly L7Protocol[] = [http1];

/** Those in datagrams; the ones that are known by their port first. */
export const datagramProtocols: readonly DatagramProtocol[] = [mdns, llmnr, dns];
