/** TCP (RFC 9293) with the options that the analysis needs, and UDP (RFC 768). */
import { type Decoded, fail, Layer, MAX_SACK_BLOCKS, Stop } from './decoded';
import { word } from './words';

const TCP_HEADER = 20;
const UDP_HEADER = 8;
const SYN = 0x02;

const enum TcpOption {
  End = 0,
  NoOperation = 1,
  WindowScale = 3,
  Sack = 5,
  Timestamps = 8,
}

/** Largest shift that RFC 7323 section 2.3 allows; a larger one is to be taken as this. */
const MAX_WINDOW_SCALE = 14;

export function decodeTcp(d: Decoded, bytes: Uint8Array, at: number, end: number, packetEnd: number): void {
  if (at + TCP_HEADER > end) {
    fail(d, Stop.Truncated, Layer.Transport, TCP_HEADER, end - at);
    return;
  }
  const headerLength = (bytes[at + 12] >> 4) << 2;
  if (headerLength < TCP_HEADER || at + headerLength > packetEnd) {
    fail(d, Stop.Malformed, Layer.Transport, headerLength, packetEnd - at);
    return;
  }
  d.stop = Stop.Transport;
  d.srcPort = (bytes[at] << 8) | bytes[at + 1];
  d.dstPort = (bytes[at + 2] << 8) | bytes[at + 3];
  d.seq = word(bytes, at + 4);
  d.payloadSeq = (d.seq + ((bytes[at + 13] & SYN) >> 1)) | 0;
  d.ack = word(bytes, at + 8);
  d.flags = bytes[at + 13];
  d.window = (bytes[at + 14] << 8) | bytes[at + 15];
  d.checksum = (bytes[at + 16] << 8) | bytes[at + 17];
  d.windowScale = -1;
  d.hasTimestamps = false;
  d.tsValue = 0;
  d.tsEcho = 0;
  d.sackCount = 0;
  d.payloadOffset = at + headerLength;
  d.payloadLength = packetEnd - d.payloadOffset;
  d.payloadCaptured = Math.max(0, end - d.payloadOffset);
  if (headerLength > TCP_HEADER) {
    // Twelve bytes of options are a time stamp and two fillers in almost every packet.
    const optionsEnd = Math.min(at + headerLength, end);
    if (headerLength === 32 && at + 32 <= end && word(bytes, at + 20) === 0x0101080a) {
      d.hasTimestamps = true;
      d.tsValue = word(bytes, at + 24);
      d.tsEcho = word(bytes, at + 28);
    } else {
      tcpOptions(d, bytes, at + TCP_HEADER, optionsEnd);
    }
  }
}

function tcpOptions(d: Decoded, bytes: Uint8Array, from: number, end: number): void {
  let p = from;
  while (p < end) {
    const kind = bytes[p];
    if (kind === TcpOption.End) {
      return;
    }
    if (kind === TcpOption.NoOperation) {
      p++;
      continue;
    }
    const length = p + 1 < end ? bytes[p + 1] : 0;
    if (length < 2 || p + length > end) {
      return;
    }
    if (kind === TcpOption.WindowScale && length === 3 && (d.flags & SYN) !== 0) {
      d.windowScale = Math.min(bytes[p + 2], MAX_WINDOW_SCALE);
    } else if (kind === TcpOption.Timestamps && length === 10) {
      d.hasTimestamps = true;
      d.tsValue = word(bytes, p + 2);
      d.tsEcho = word(bytes, p + 6);
    } else if (kind === TcpOption.Sack) {
      d.sackCount = Math.min((length - 2) >> 3, MAX_SACK_BLOCKS);
      for (let i = 0; i < 2 * d.sackCount; i++) {
        d.sack[i] = word(bytes, p + 2 + 4 * i);
      }
    }
    p += length;
  }
}

export function decodeUdp(d: Decoded, bytes: Uint8Array, at: number, end: number, packetEnd: number): void {
  if (at + UDP_HEADER > end) {
    fail(d, Stop.Truncated, Layer.Transport, UDP_HEADER, end - at);
    return;
  }
  const length = (bytes[at + 4] << 8) | bytes[at + 5];
  // 0 is allowed for jumbograms and for segments that the NIC is to cut.
  const datagramEnd = length >= UDP_HEADER ? Math.min(at + length, packetEnd) : packetEnd;
  d.stop = Stop.Transport;
  d.srcPort = (bytes[at] << 8) | bytes[at + 1];
  d.dstPort = (bytes[at + 2] << 8) | bytes[at + 3];
  d.payloadOffset = at + UDP_HEADER;
  d.payloadLength = datagramEnd - d.payloadOffset;
  d.payloadCaptured = Math.max(0, Math.min(end, datagramEnd) - d.payloadOffset);
  d.seq = 0;
  d.payloadSeq = 0;
  d.ack = 0;
  d.flags = 0;
  d.window = 0;
  d.checksum = (bytes[at + 6] << 8) | bytes[at + 7];
  d.windowScale = -1;
  d.hasTimestamps = false;
  d.tsValue = 0;
  d.tsEcho = 0;
  d.sackCount = 0;
}
