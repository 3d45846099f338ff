/** HTTP/1.0 and HTTP/1.1 (RFC 9112). */
import { type L7Protocol } from '../protocol';
import { Http1Parser } from './parser';
import { probeHttp1 } from './probe';

export const http1: L7Protocol = {
  name: 'http',
  probe: probeHttp1,
  createParser: (events) => new Http1Parser(events),
};
