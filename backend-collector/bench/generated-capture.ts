/**
 * Captures for the bench, written straight into a file: the same connection over and over with other ports and sequence numbers,
 * several at a time, so that the flow table has something to find.
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

interface Template {
  readonly record: Buffer;
  readonly fromClient: boolean;
  /** Sequence and acknowledgement number relative to the sender's and the other side's initial one. */
  readonly seq: number;
  readonly ack: number;
}

const SYN = 2;
const ACK = 0x10;
const PSH_ACK = 0x18;
const FIN_ACK = 0x11;
const MSS = 1448;
/** A time stamp option as almost every segment carries it. */
const TIMESTAMP = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1);

const RECORD = 16;
const IP = RECORD + 14;
const TCP = IP + 20;

function conversation(shape: Shape): Template[] {
  const templates: Template[] = [];
  let client = 0;
  let server = 0;
  const add = (fromClient: boolean, flags: number, payload: Uint8Array) => {
    const packet = ethernet(
      ipv4(
        tcp(payload, {
          srcPort: fromClient ? 1 : 80,
          dstPort: fromClient ? 80 : 1,
          seq: 0,
          flags,
          window: 500,
          options: TIMESTAMP,
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
    templates.push({ record, fromClient, seq: fromClient ? client : server, ack: fromClient ? server : client });
    const span = payload.length + (flags === SYN || flags === (SYN | ACK) || flags === FIN_ACK ? 1 : 0);
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

/** Writes about `shape.packets` packets; returns how many. */
export function writeCapture(path: string, shape: Shape): number {
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
        patch(out, used, { template, number, ns, ipId: round * templates.length + step });
        used += template.record.length;
        packets++;
        ns += 2000;
      }
    });
  }
  writeSync(fd, out, 0, used);
  closeSync(fd);
  return packets;
}

interface Patch {
  readonly template: Template;
  readonly number: number;
  readonly ns: number;
  readonly ipId: number;
}

function patch(out: Buffer, at: number, { template, number, ns, ipId }: Patch): void {
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
  out.writeUInt32BE((other + template.ack) >>> 0, at + TCP + 8);
}
