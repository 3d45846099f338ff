/**
 * Recorded dialogues as a bad network and a bad sender make them: bytes changed, segments lost, repeated, exchanged, cut in two, captured in part.
 * Each comes from another host, so that it is a connection of its own. The same seed gives the same packets.
 */
import { type Random } from '@bpfnet/laboratory/seeded-random';
import { type CapturedPacket } from './pcap';
import { recordedPackets, recordingNames, type RecordedPacket } from './protocol-recordings';

type Dialogue = readonly RecordedPacket[];

/** Of a longer dialogue only so much of each packet is captured. */
const LONG_DIALOGUE = 100_000;
const SHORTENED = 600;
const IP_ADDRESSES = 26;
/** Ethernet, IPv4 and TCP without options: where payload begins, or soon after. */
const PAYLOAD = 54;
const FAULT_RATES = [0, 0.02, 0.1, 0.3];

/** Each connection is one; what it announces (FTP's transfers) goes with it. */
export function recordedDialogues(): Dialogue[] {
  return recordingNames().flatMap((name) => dialoguesOf(recordedPackets(name)));
}

function dialoguesOf(packets: readonly RecordedPacket[]): Dialogue[] {
  const serverPort = portsOf(packets[0])[1];
  const byPort = new Map<number, RecordedPacket[]>();
  const all: RecordedPacket[][] = [];
  for (const packet of packets) {
    const [from, to] = portsOf(packet);
    const clientPort = to === serverPort ? from : from === serverPort ? to : undefined;
    let dialogue = clientPort === undefined ? all[all.length - 1] : byPort.get(clientPort);
    if (dialogue === undefined) {
      dialogue = [];
      all.push(dialogue);
      byPort.set(clientPort ?? 0, dialogue);
    }
    dialogue.push(packet);
  }
  return all.map(shortened);
}

function portsOf({ bytes }: RecordedPacket): readonly [number, number] {
  const transport = 14 + 4 * (bytes[14] & 15);
  return [bytes.readUInt16BE(transport), bytes.readUInt16BE(transport + 2)];
}

function shortened(dialogue: Dialogue): Dialogue {
  const size = dialogue.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return size <= LONG_DIALOGUE
    ? dialogue
    : dialogue.map((packet) => ({
        ...packet,
        bytes: packet.bytes.subarray(0, SHORTENED),
        wireLength: packet.bytes.length,
      }));
}

/** One dialogue of `dialogues` from `startNs` on. */
export function mutatedDialogue(dialogues: readonly Dialogue[], random: Random, startNs: bigint): CapturedPacket[] {
  const below = (n: number) => Math.floor(random() * n);
  const dialogue = dialogues[below(dialogues.length)];
  const rate = FAULT_RATES[below(FAULT_RATES.length)];
  const host = [below(256), below(256), below(256)];
  const out: CapturedPacket[] = [];
  const late: CapturedPacket[] = [];
  let leapNs = 0n;
  for (const packet of dialogue) {
    leapNs += random() < rate / 50 ? BigInt(below(50e9)) : 0n;
    const tsNs = startNs + leapNs + packet.tsNs - dialogue[0].tsNs;
    for (const piece of random() < rate ? inTwo(packet, below) : [packet]) {
      const bytes = Uint8Array.from(piece.bytes);
      // Both addresses are 127.0.0.1.
      bytes.set(host, IP_ADDRESSES + 1);
      bytes.set(host, IP_ADDRESSES + 5);
      const mutated = { ...changed(bytes, rate, random), tsNs };
      const fate = random();
      if (fate < rate / 4) {
        continue;
      } else if (fate < rate / 2) {
        late.push(mutated);
        continue;
      }
      out.push(mutated, ...late.splice(0).map((one) => ({ ...one, tsNs })));
      if (fate > 1 - rate / 4) {
        out.push(mutated);
      }
    }
  }
  return out;
}

function changed(bytes: Uint8Array, rate: number, random: Random): Omit<CapturedPacket, 'tsNs'> {
  const below = (n: number) => Math.floor(random() * n);
  while (random() < rate) {
    const from = random() < 0.9 ? Math.min(PAYLOAD, bytes.length - 1) : 0;
    bytes[from + below(bytes.length - from)] = random() < 0.3 ? [0, 10, 13, 32, 127, 128, 255][below(7)] : below(256);
  }
  return random() < rate / 4
    ? { bytes: bytes.subarray(0, below(bytes.length + 1)), wireLength: bytes.length }
    : { bytes };
}

/** A TCP segment as two. */
function inTwo(packet: RecordedPacket, below: (n: number) => number): readonly RecordedPacket[] {
  const { bytes, tcp } = packet;
  const start = tcp === undefined ? bytes.length : tcp + 4 * (bytes[tcp + 12] >> 4);
  const length = bytes.length - start;
  if (tcp === undefined || length < 2) {
    return [packet];
  }
  const cut = start + 1 + below(length - 1);
  const first = Buffer.from(bytes.subarray(0, cut));
  const second = Buffer.concat([bytes.subarray(0, start), bytes.subarray(cut)]);
  first.writeUInt16BE(first.length - 14, 16);
  second.writeUInt16BE(second.length - 14, 16);
  second.writeInt32BE((bytes.readInt32BE(tcp + 4) + cut - start) | 0, tcp + 4);
  return [first, second].map((half) => ({ ...packet, bytes: half, wireLength: undefined }));
}
