/**
 * A connection as a capture file (pcapng, draft-ietf-opsawg-pcapng): one interface per NIC, headers rebuilt from the
 * records, comments with analysis flags and L7 labels.
 *
 * Payload is not recorded, so each packet is cut behind its headers; lengths on the wire are the real ones. Windows are written
 * with a window scale that a SYN announces, so the lowest bits may be gone. Checksums of TCP and UDP are 0, for they cover the payload.
 */
import { analysisWords, TcpFlag } from '@bpfnet/flow-model/analysis';
import { type Lane } from '../model/lane';
import { NO_TAG, type PacketTable } from '../model/packets';
import { ByteWriter } from './byte-writer';
import { ipHeader, tcpHeader, udpHeader } from './packet-headers';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const LINKTYPE_RAW = 101;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const NS = 9;

const Option = { End: 0, Comment: 1, Name: 2, Description: 3, Application: 4, Flags: 2, TimeResolution: 9 } as const;
const INBOUND = 1;
const OUTBOUND = 2;

/** @param packets which ones, in the order in which they are written */
export function toPcapng(table: PacketTable, packets: Uint32Array): Uint8Array {
  const out = new ByteWriter();
  const scales = table.lanes.map((_lane, lane) => windowScale(table, lane));
  block(out, SECTION_HEADER, () => {
    out.u32(BYTE_ORDER_MAGIC);
    out.u16(1);
    out.u16(0);
    out.u32(0xffffffff);
    out.u32(0xffffffff);
    textOption(out, Option.Application, 'bpfnet packet sequence');
    endOptions(out);
  });
  for (const lane of table.lanes) {
    block(out, INTERFACE_DESCRIPTION, () => {
      out.u16(LINKTYPE_RAW);
      out.u16(0);
      out.u32(0);
      textOption(out, Option.Name, lane.nicName);
      textOption(out, Option.Description, [lane.host, lane.podName].filter((t) => t !== '').join(' '));
      option(out, Option.TimeResolution, Uint8Array.of(NS));
      endOptions(out);
    });
  }
  for (const packet of packets) {
    writePacket(out, table, packet, scales[table.lane[packet]]);
  }
  return out.bytes();
}

function writePacket(out: ByteWriter, table: PacketTable, packet: number, scale: number): void {
  const lane = table.lanes[table.lane[packet]];
  const header = headersOf(table, packet, lane, scale);
  const ns = table.baseNs + BigInt(table.tNs[packet]);
  block(out, ENHANCED_PACKET, () => {
    out.u32(table.lane[packet]);
    out.u32(Number(ns >> BigInt(32)));
    out.u32(Number(ns & BigInt(0xffffffff)));
    out.u32(header.length);
    out.u32(header.length + table.len[packet]);
    out.raw(header);
    out.pad();
    const comment = commentOf(table, packet);
    if (comment !== '') {
      textOption(out, Option.Comment, comment);
    }
    const ours = (table.fromFar[packet] === 1) === (lane.ownSide === 'far');
    option(out, Option.Flags, Uint8Array.of(ours ? OUTBOUND : INBOUND, 0, 0, 0));
    endOptions(out);
  });
}

function headersOf(table: PacketTable, packet: number, lane: Lane, scale: number): Uint8Array {
  const fromFar = table.fromFar[packet] === 1;
  const [from, to] = fromFar ? [lane.far, lane.near] : [lane.near, lane.far];
  const ports = { from: from.port, to: to.port };
  const flags = table.flags[packet];
  const syn = (flags & TcpFlag.Syn) !== 0;
  const transport = lane.tcp
    ? tcpHeader(ports, {
        seq: table.seq[packet],
        ack: table.ack[packet],
        flags,
        window: Math.min(0xffff, syn ? table.win[packet] : table.win[packet] >>> scale),
        windowScale: syn ? scale : undefined,
      })
    : udpHeader(ports, table.len[packet]);
  const ip = ipHeader({
    from: from.ip,
    to: to.ip,
    protocol: lane.tcp ? 6 : 17,
    payload: transport.length + table.len[packet],
  });
  const whole = new Uint8Array(ip.length + transport.length);
  whole.set(ip);
  whole.set(transport, ip.length);
  return whole;
}

/** RFC 7323: the smallest shift that lets every window of the lane fit 16 bits; at most 14. */
function windowScale(table: PacketTable, lane: number): number {
  let largest = 0;
  for (let i = 0; i < table.length; i++) {
    largest = table.lane[i] === lane ? Math.max(largest, table.win[i]) : largest;
  }
  let scale = 0;
  while (scale < 14 && largest >>> scale > 0xffff) {
    scale++;
  }
  return scale;
}

function commentOf(table: PacketTable, packet: number): string {
  const tag = table.tag[packet] === NO_TAG ? undefined : table.tags[table.tag[packet]];
  return [...analysisWords(table.ana[packet]), tag ? `${tag.kind} ${tag.label}` : '']
    .filter((t) => t !== '')
    .join(', ');
}

function block(out: ByteWriter, type: number, body: () => void): void {
  const start = out.length;
  out.u32(type);
  out.u32(0);
  body();
  const length = out.length - start + 4;
  out.u32(length);
  out.setU32(start + 4, length);
}

function option(out: ByteWriter, code: number, value: Uint8Array): void {
  out.u16(code);
  out.u16(value.length);
  out.raw(value);
  out.pad();
}

const MAX_OPTION_BYTES = 0xffff;

function textOption(out: ByteWriter, code: number, text: string): void {
  option(out, code, new TextEncoder().encode(text).slice(0, MAX_OPTION_BYTES));
}

const endOptions = (out: ByteWriter): void => out.u32(Option.End);
