/**
 * Cuts a frame for a recording that is kept: all headers stay, of the payload only the heads of HTTP messages, whole DNS
 * messages and a few bytes of anything else. Bodies are omitted, so a recording is small.
 */
import { readSegment } from '../wire/wire-frame';

const DNS_PORT = 53;
const OTHER_PAYLOAD_BYTES = 8;
const MAX_HEAD_BYTES = 1024;
const HTTP_HEAD = /^(?:GET|POST) \/|^HTTP\/1\.1 /;
const END_OF_HEAD = '\r\n\r\n';

export function shorten(frame: Buffer): Buffer {
  const segment = readSegment(frame);
  if (segment === null) {
    return frame;
  }
  const { payloadOffset, srcPort, dstPort } = segment;
  if (srcPort === DNS_PORT || dstPort === DNS_PORT) {
    return frame;
  }
  const text = frame.toString('latin1', payloadOffset, payloadOffset + MAX_HEAD_BYTES);
  if (HTTP_HEAD.test(text)) {
    const end = text.indexOf(END_OF_HEAD);
    return frame.subarray(0, payloadOffset + (end < 0 ? MAX_HEAD_BYTES : end + END_OF_HEAD.length));
  }
  return frame.subarray(0, payloadOffset + OTHER_PAYLOAD_BYTES);
}
