/** TLS handshakes (RFC 8446, RFC 5246). */
import { type L7Protocol } from '../protocol';
import { TlsParser } from './parser';
import { probeTls } from './probe';

export const tls: L7Protocol = {
  name: 'tls',
  probe: probeTls,
  createParser: (events) => new TlsParser(events),
};
