/** HTTP/2 in clear text (RFC 9113), gRPC over it included. Records say `http` with version 2, or `grpc`. */
import { type L7Protocol } from '../protocol';
import { Http2Parser } from './parser';
import { probeHttp2 } from './probe';

export const http2: L7Protocol = {
  name: 'http',
  probe: probeHttp2,
  createParser: (events) => new Http2Parser(events),
};
