/**
 * Captures for the bench, written straight into a file: the same connection over and over with other ports and sequence numbers,
 * several at a time, so that the flow table has something to find. Everything that an analysis may hold against a packet is in order: options as
 * Linux sends them, windows that the data fits into, time stamps that go on.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { ascii, ethernet, ipv4, tcp } from '../test/build/packet';

export interface Shape {
  readonly name: string;
  /** Requests (or, in bulk, downloads) per connection. */
  readonly requests: number;
  readonly responseBytes: number;
  /** Connections whose packets are interleaved. */
  readonly concurrent: number;
  readonly packets: number;
}

/** What a capture holds. */
export interface Contents {
  readonly packets: number;
  readonly connections: number;
  readonly requests: number;
}

interface Template {
  readonly record: Buffer;
  readonly fromClient: boolean;
  /** Where the packet's time stamp is, from the start of the record. */
  readonly timestampAt: number;
  /** How many packets of the connection before this one the other side's last one came; 0 where there was none. */
  readonly answers: number;
  /** Sequence and acknowledgement number relative to the sender's and the other side's initial one. */
  readonly seq: number;
  readonly ack: number;
}

const SYN = 2;
const ACK = 0x10;
const PSH_ACK = 0x18;
const FIN_ACK = 0x11;
const MSS = 1448;
/** The options of a segment that opens: MSS 1460, SACK, time stamp, windows in units of 128. */
const OPENING_OPTIONS = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7);
const OPTIONS = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0);
/** Unscaled where a connection opens, 64 128 bytes after. */
const OPENING_WINDOW = 64240;
const WINDOW = 501;

/** Between two packets. */
const PACKET_NS = 2000;

const RECORD = 16;
const IP = RECORD + 14;
const TCP = IP + 20;
const OPTIONS_AT = TCP + 20;

function conversation(shape: Shape): Template[] {
  const templates: Template[] = [];
  let client = 0;
  let server = 0;
  const add = (fromClient: boolean, flags: number, payload: Uint8Array) => {
    const opens = (flags & SYN) !== 0;
    const packet = ethernet(
      ipv4(
        tcp(payload, {
          srcPort: fromClient ? 1 : 80,
          dstPort: fromClient ? 80 : 1,
          seq: 0,
          flags,
          window: opens ? OPENING_WINDOW : WINDOW,
          options: opens ? OPENING_OPTIONS : OPTIONS,
        }),
        {
          src: fromClient ? '10.0.0.1' : '10.0.0.2',
          dst: fromClient ? '10.0.0.2' : '10.0.0.1',
          protocol: 6,
        }
      )
    );
    const record = Buffer.alloc(RECORD + packet.length);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    record.set(packet, RECORD);
    const [seq, ack] = fromClient ? [client, server] : [server, client];
    const heard = templates.findLastIndex((before) => before.fromClient !== fromClient);
    const answers = heard < 0 ? 0 : templates.length - heard;
    templates.push({ record, fromClient, timestampAt: OPTIONS_AT + (opens ? 8 : 4), answers, seq, ack });
    const span = payload.length + (opens || flags === FIN_ACK ? 1 : 0);
    if (fromClient) {
      client += span;
    } else {
      server += span;
    }
  };
  const nothing = new Uint8Array(0);
  add(true, SYN, nothing);
  add(false, SYN | ACK, nothing);
  add(true, ACK, nothing);
  for (let i = 0; i < shape.requests; i++) {
    add(
      true,
      PSH_ACK,
      ascii(`GET /api/items/${i}?page=2 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n\r\n`)
    );
    const head = ascii(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${shape.responseBytes}\r\n\r\n`
    );
    const response = new Uint8Array(head.length + shape.responseBytes).fill(120);
    response.set(head);
    for (let at = 0, n = 1; at < response.length; at += MSS, n++) {
      add(false, at + MSS >= response.length ? PSH_ACK : ACK, response.subarray(at, at + MSS));
      if (n % 2 === 0) {
        add(true, ACK, nothing);
      }
    }
    add(true, ACK, nothing);
  }
  add(true, FIN_ACK, nothing);
  add(false, FIN_ACK, nothing);
  add(true, ACK, nothing);
  return templates;
}

/** Writes about `shape.packets` packets. */
export function writeCapture(path: string, shape: Shape): Contents {
  const templates = conversation(shape);
  const rounds = Math.ceil(shape.packets / templates.length / shape.concurrent);
  const fd = openSync(path, 'w');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b23c4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(1, 20);
  writeSync(fd, header);
  const stepNs = shape.concurrent * PACKET_NS;
  const out = Buffer.alloc(4 << 20);
  let used = 0;
  let ns = 0;
  let packets = 0;
  for (let round = 0; round < rounds; round++) {
    templates.forEach((template, step) => {
      for (let c = 0; c < shape.concurrent; c++) {
        if (used + template.record.length > out.length) {
          writeSync(fd, out, 0, used);
          used = 0;
        }
        const number = round * shape.concurrent + c;
        template.record.copy(out, used);
        patch(out, used, { template, number, ns, ipId: round * templates.length + step, stepNs });
        used += template.record.length;
        packets++;
        ns += PACKET_NS;
      }
    });
  }
  writeSync(fd, out, 0, used);
  closeSync(fd);
  const connections = rounds * shape.concurrent;
  return { packets, connections, requests: connections * shape.requests };
}

/** The clock of the time stamps: milliseconds. */
function tick(ns: number): number {
  return 1000 + Math.floor(ns / 1e6);
}

interface Patch {
  readonly template: Template;
  readonly number: number;
  readonly ns: number;
  readonly ipId: number;
  /** Between two packets of a connection. */
  readonly stepNs: number;
}

function patch(out: Buffer, at: number, { template, number, ns, ipId, stepNs }: Patch): void {
  out.writeUInt32LE(1_700_000_000 + Math.floor(ns / 1e9), at);
  out.writeUInt32LE(ns % 1e9, at + 4);
  const clientIsn = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  const serverIsn = Math.imul(number + 1, 0x85ebca6b) >>> 0;
  const [own, other] = template.fromClient ? [clientIsn, serverIsn] : [serverIsn, clientIsn];
  out.writeUInt16BE(ipId & 0xffff, at + IP + 4);
  // The client's port, and what does not fit into it in its address.
  out.writeUInt16BE(1024 + (number % 60000), at + TCP + (template.fromClient ? 0 : 2));
  out[at + IP + (template.fromClient ? 14 : 18)] = Math.floor(number / 60000) & 255;
  out.writeUInt32BE((own + template.seq) >>> 0, at + TCP + 4);
  // A segment that opens acknowledges nothing, and has no time stamp to send back.
  if (template.answers > 0) {
    out.writeUInt32BE((other + template.ack) >>> 0, at + TCP + 8);
    out.writeUInt32BE(tick(ns - template.answers * stepNs), at + template.timestampAt + 4);
  }
  out.writeUInt32BE(tick(ns), at + template.timestampAt);
}
