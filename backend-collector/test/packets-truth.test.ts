/**
 * Every packet of every real capture, column by column, against what tshark says of it: time, direction, flags, sequence and acknowledgement
 * numbers, payload length and scaled window. tshark reads the file itself; nothing of ours is between.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { columnsOf, replayFiles, type Replayed } from './build/replay';
import { tsharkIsInstalled, witnessedPackets, type WitnessedPacket } from './build/tshark';

const folder = resolve(__dirname, '../../../shared/captures');
const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name)) : [];
const possible = names.length > 0 && tsharkIsInstalled();

if (!possible) {
  console.log(`No captures at ${folder}, or no tshark on PATH: the comparison packet by packet is left out.`);
}

type Packet = Omit<WitnessedPacket, 'frame'>;

function line(p: Packet): string {
  return `${p.tsNs} ${p.from} > ${p.to} flags ${p.flags} seq ${p.seq} ack ${p.ack} len ${p.length} win ${p.window}`;
}

/** The TCP packets of a replay, from its records alone. */
function ourPackets({ l4, packets }: Replayed): Packet[] {
  const chunks = new Map(l4.map((r) => [`${r.inner_traceid} ${r.chunk_id}`, r]));
  return packets.flatMap((record) => {
    const chunk = chunks.get(`${record.inner_traceid} ${record.chunk_id}`);
    if (chunk === undefined) {
      throw new Error(`packets of chunk ${record.chunk_id} without its counters`);
    }
    if (chunk.l4_proto !== 'tcp') {
      return [];
    }
    const c = columnsOf(record);
    const src = `${chunk.src_ip}:${chunk.src_port}`;
    const dst = `${chunk.dst_ip}:${chunk.dst_port}`;
    return Array.from({ length: record.packets }, (_, i) => ({
      tsNs: BigInt(record.time_pos) + BigInt(c.tNs[i]),
      from: c.dir[i] === 0 ? src : dst,
      to: c.dir[i] === 0 ? dst : src,
      flags: c.flags[i],
      seq: c.seq[i] >>> 0,
      ack: c.ack[i] >>> 0,
      length: c.len[i],
      window: c.win[i],
    }));
  });
}

/** Lines of one list that the other has not, each counted as often as it stands there. */
function missing(lines: readonly string[], from: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const text of from) {
    left.set(text, (left.get(text) ?? 0) + 1);
  }
  return lines.filter((text) => {
    const n = left.get(text) ?? 0;
    left.set(text, n - 1);
    return n <= 0;
  });
}

/** Frames that differ on purpose, and why. */
interface Difference {
  readonly why: string;
  readonly frames: readonly number[];
  /** What the witness should have said. */
  readonly corrected: (packet: WitnessedPacket) => WitnessedPacket;
}

const DIFFERS: Readonly<Record<string, readonly Difference[]>> = {
  'arkime-tcpseq_synthetic.pcap': [
    {
      why: 'a SYN without ACK: the acknowledgement field means nothing then (RFC 9293, 3.1), and our column holds 0',
      frames: [1],
      corrected: (packet) => ({ ...packet, ack: 0 }),
    },
  ],
};

jest.setTimeout(60_000);

(possible ? describe : describe.skip)('every packet of a real capture', () => {
  it.each(names)('%s', async (name) => {
    const path = join(folder, name);
    const asSeen = await witnessedPackets(path);
    const witnessed = asSeen.map((packet) => {
      const difference = DIFFERS[name]?.find((d) => d.frames.includes(packet.frame));
      return difference === undefined ? packet : difference.corrected(packet);
    });
    const theirs = witnessed.map(line);
    const ours = ourPackets(await replayFiles([readFileSync(path)])).map(line);
    const withFrame = witnessed.map((packet) => `frame ${packet.frame}: ${line(packet)}`);
    const lost = new Set(missing(theirs, ours));
    expect({
      'only the witness has': withFrame.filter((_, i) => lost.has(theirs[i])),
      'only we have': missing(ours, theirs),
    }).toEqual({ 'only the witness has': [], 'only we have': [] });
    expect(ours.length).toBe(witnessed.length);
  });
});
