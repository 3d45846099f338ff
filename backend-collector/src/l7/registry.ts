/** The application protocols that the collector reads, the surest probe first. */
import { http1 } from './http1/parser';
import { type DatagramProtocol } from './datagram-protocol';
import { dns, llmnr, mdns } from './dns/datagrams';
import { dnsOverTcp } from './dns/parser';
import { ftp } from './ftp/parser';
import { http2 } from './http2/parser';
import { mysql } from './mysql/parser';
import { postgresql } from './postgresql/parser';
import { type L7Protocol } from './protocol';
import { redis } from './redis/parser';
import { tls } from './tls/parser';

export const PROTOCOLS: readonly L7Protocol[] = [tls, http2, http1, redis, mysql, postgresql, ftp, dnsOverTcp];

/** Those in datagrams; the ones that are known by their port first. */
export const DATAGRAM_PROTOCOLS: readonly DatagramProtocol[] = [mdns, llmnr, dns];
