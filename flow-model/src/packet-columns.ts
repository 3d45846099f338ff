/**
 * The packets of a chunk as columns, and how they are packed into a `bpf_net_l4_packets` line.
 *
 * Each column is a base64 text of variable-length integers. A column holds what is left after a guess that both sides
 * make from what came before, so that an ordinary packet leaves zeros; equal neighbours are folded.
 *
 *   column  value packed                                                          folded in runs
 *   dir     as it is                                                              yes
 *   ts      ns since the previous packet, signed; the first counts from time_pos  no
 *   flags   as it is                                                              yes
 *   seq     signed distance from where the same sender's last packet ended        yes
 *   ack     signed distance from the same sender's last ack                       no
 *   len     as it is                                                              yes
 *   win     signed distance from the same sender's last window                    yes
 *   ana     as it is                                                              yes
 *
 * Integers: 7 bits a byte, lowest first, high bit = more follows (LEB128); signed ones zigzag before. A run is two
 * integers: value, repetitions - 1. Invariant: decode(encode(c)) equals c for every c that `PacketColumns` can hold.
 * Limits: 2^53 ns between two packets; on decoding `MAX_PACKETS` a record, so that a hostile line cannot fill the memory.
 */
import { Analysis, TcpFlag } from './analysis';
import { fromBase64, toBase64 } from './base64';
import { type L4PacketsRecord } from './records';
import { type Seq, seqAdd, toSeq } from './seq';

/** A chunk ends at 1 024 packets; a reader takes somewhat larger ones of a future writer. */
export const MAX_PACKETS = 65_536;

/** `dir` of a packet: who sent it. */
export const SENT_BY_SRC = 0;
export const SENT_BY_DST = 1;

/** Columns of equal length; entry i of each is packet i. */
export interface PacketColumns {
  readonly length: number;
  /** `SENT_BY_SRC` or `SENT_BY_DST`. */
  readonly dir: Uint8Array;
  /** Nanoseconds since `PacketPositions.timePosNs`, whole. */
  readonly tNs: Float64Array;
  /** TCP flag byte; 0 for UDP. */
  readonly flags: Uint8Array;
  /** Absolute sequence and acknowledgement numbers; 0 for UDP, `ack` 0 where the ACK flag is not set. */
  readonly seq: Uint32Array;
  readonly ack: Uint32Array;
  /** Payload bytes on the wire. */
  readonly len: Uint32Array;
  /** Receive window in bytes, scaled. */
  readonly win: Uint32Array;
  /** `Analysis` bits. */
  readonly ana: Uint32Array;
}

export interface PacketPositions {
  /** What `tNs` counts from, nanoseconds since the Unix epoch. */
  readonly timePosNs: bigint;
  /** Usually the initial sequence numbers, so that relative numbers are Wireshark's. */
  readonly txSeqPos: Seq;
  readonly rxSeqPos: Seq;
}

type PackedColumns = Pick<
  L4PacketsRecord,
  'packets' | 'time_pos' | 'tx_seq_pos' | 'rx_seq_pos' | 'dir' | 'ts' | 'flags' | 'seq' | 'ack' | 'len' | 'win' | 'ana'
>;

export function allocatePacketColumns(length: number): PacketColumns {
  return {
    length,
    dir: new Uint8Array(length),
    tNs: new Float64Array(length),
    flags: new Uint8Array(length),
    seq: new Uint32Array(length),
    ack: new Uint32Array(length),
    len: new Uint32Array(length),
    win: new Uint32Array(length),
    ana: new Uint32Array(length),
  };
}

/** Sequence space that a segment takes: its payload, and one each for SYN and FIN (RFC 9293 section 3.4). */
export function segmentSpan(flags: number, len: number): number {
  return len + ((flags & TcpFlag.Syn) !== 0 ? 1 : 0) + ((flags & TcpFlag.Fin) !== 0 ? 1 : 0);
}

/** Grows as needed and is used again for every column: encoding allocates nothing. */
class IntegerWriter {
  private bytes = new Uint8Array(8192);
  private length = 0;

  start(): void {
    this.length = 0;
  }

  unsigned(n: number): void {
    if (this.length + 8 > this.bytes.length) {
      this.grow();
    }
    const { bytes } = this;
    let at = this.length;
    let rest = n;
    while (rest >= 0x80000000) {
      bytes[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    let small = rest | 0;
    while (small >= 0x80) {
      bytes[at++] = (small & 0x7f) | 0x80;
      small >>>= 7;
    }
    bytes[at++] = small;
    this.length = at;
  }

  private grow(): void {
    const grown = new Uint8Array(this.bytes.length * 2);
    grown.set(this.bytes);
    this.bytes = grown;
  }

  signed(n: number): void {
    this.unsigned(zigzag(n));
  }

  /** The first `count` values, unsigned, in runs. */
  runs(values: UnsignedColumn, count: number): void {
    for (let i = 0; i < count;) {
      const value = values[i];
      const from = i++;
      while (i < count && values[i] === value) {
        i++;
      }
      const repetitions = i - from - 1;
      // Most runs are short ones of small numbers: a byte each.
      const { bytes, length } = this;
      if (value < 0x80 && repetitions < 0x80 && length + 2 <= bytes.length) {
        bytes[length] = value;
        bytes[length + 1] = repetitions;
        this.length = length + 2;
      } else {
        this.unsigned(value);
        this.unsigned(repetitions);
      }
    }
  }

  end(name: PacketColumnName, target: PackedColumnTarget): void {
    target.column(name, this.bytes, this.length);
  }
}

type UnsignedColumn = Uint8Array | Uint32Array | Float64Array;

/** Grows with the largest chunk: distances on their way into runs. */
let distances = new Float64Array(1024);

const writer = new IntegerWriter();

/** Takes the packed columns one by one, in the record's order. */
export interface PackedColumnTarget {
  /** `bytes[0 … length - 1]`, valid during the call only, are the column; the record holds them as base64. */
  column(name: PacketColumnName, bytes: Uint8Array, length: number): void;
}

export type PacketColumnName = 'dir' | 'ts' | 'flags' | 'seq' | 'ack' | 'len' | 'win' | 'ana';

/** Packs the first `count` packets without making a text or an object. */
export function packColumns(
  c: PacketColumns,
  count: number,
  positions: Pick<PacketPositions, 'txSeqPos' | 'rxSeqPos'>,
  target: PackedColumnTarget
): void {
  const w = writer;
  const { dir, tNs, flags, seq, ack, len, win, ana } = c;
  if (distances.length < count) {
    distances = new Float64Array(count);
  }
  const distance = distances;

  w.start();
  w.runs(dir, count);
  w.end('dir', target);

  w.start();
  for (let i = 0, previous = 0; i < count; i++) {
    w.signed(tNs[i] - previous);
    previous = tNs[i];
  }
  w.end('ts', target);

  w.start();
  w.runs(flags, count);
  w.end('flags', target);

  // The wrapped difference of two sequence numbers, and a sum modulo 2^32, are what `| 0` makes of them (seq.ts).
  let txNext = positions.txSeqPos | 0;
  let rxNext = positions.rxSeqPos | 0;
  for (let i = 0; i < count; i++) {
    const s = seq[i] | 0;
    const end = (s + segmentSpan(flags[i], len[i])) | 0;
    if (dir[i] === SENT_BY_SRC) {
      distance[i] = zigzag((s - txNext) | 0);
      txNext = end;
    } else {
      distance[i] = zigzag((s - rxNext) | 0);
      rxNext = end;
    }
  }
  w.start();
  w.runs(distance, count);
  w.end('seq', target);

  w.start();
  let txLast = positions.rxSeqPos | 0;
  let rxLast = positions.txSeqPos | 0;
  for (let i = 0; i < count; i++) {
    if ((flags[i] & TcpFlag.Ack) !== 0) {
      const a = ack[i] | 0;
      if (dir[i] === SENT_BY_SRC) {
        w.signed((a - txLast) | 0);
        txLast = a;
      } else {
        w.signed((a - rxLast) | 0);
        rxLast = a;
      }
    }
  }
  w.end('ack', target);

  w.start();
  w.runs(len, count);
  w.end('len', target);

  let txWin = 0;
  let rxWin = 0;
  for (let i = 0; i < count; i++) {
    const window = win[i];
    if (dir[i] === SENT_BY_SRC) {
      distance[i] = zigzag(window - txWin);
      txWin = window;
    } else {
      distance[i] = zigzag(window - rxWin);
      rxWin = window;
    }
  }
  w.start();
  w.runs(distance, count);
  w.end('win', target);

  w.start();
  w.runs(ana, count);
  w.end('ana', target);
}

/** Packs the first `count` packets. */
export function encodePacketColumns(
  c: PacketColumns,
  positions: PacketPositions,
  count: number = c.length
): PackedColumns {
  const texts = { dir: '', ts: '', flags: '', seq: '', ack: '', len: '', win: '', ana: '' };
  packColumns(c, count, positions, {
    column: (name, bytes, length) => {
      texts[name] = toBase64(bytes, length);
    },
  });
  return {
    packets: count,
    time_pos: positions.timePosNs.toString(),
    tx_seq_pos: positions.txSeqPos,
    rx_seq_pos: positions.rxSeqPos,
    ...texts,
  };
}

type DecodedColumns =
  | { readonly ok: true; readonly columns: PacketColumns; readonly positions: PacketPositions }
  | { readonly ok: false; readonly problem: string };

class BadColumn extends Error {}

class IntegerReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private runValue = 0;
  private runLeft = 0;

  constructor(
    private readonly name: string,
    text: string
  ) {
    const bytes = fromBase64(text);
    if (bytes === undefined) {
      throw new BadColumn(`column ${name} is not base64`);
    }
    this.bytes = bytes;
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.at >= this.bytes.length) {
        throw new BadColumn(`column ${this.name} is too short`);
      }
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) {
        break;
      }
      scale *= 128;
      if (scale > 2 ** 56) {
        throw new BadColumn(`column ${this.name} has a number that is too large`);
      }
    }
    if (value > Number.MAX_SAFE_INTEGER) {
      throw new BadColumn(`column ${this.name} has a number that is too large`);
    }
    return value;
  }

  signed(): number {
    return unzigzag(this.unsigned());
  }

  folded(): number {
    if (this.runLeft === 0) {
      this.runValue = this.unsigned();
      this.runLeft = this.unsigned() + 1;
    }
    this.runLeft--;
    return this.runValue;
  }

  foldedSigned(): number {
    return unzigzag(this.folded());
  }

  end(): void {
    if (this.at !== this.bytes.length || this.runLeft !== 0) {
      throw new BadColumn(`column ${this.name} is too long`);
    }
  }
}

function zigzag(n: number): number {
  return n < 0 ? -2 * n - 1 : 2 * n;
}

function unzigzag(n: number): number {
  return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
}

/** Unpacks a record's columns. A damaged record says which column is at fault. */
export function decodePacketColumns(record: PackedColumns): DecodedColumns {
  const count = record.packets;
  if (count > MAX_PACKETS) {
    return { ok: false, problem: `${count} packets are more than the ${MAX_PACKETS} that a record may hold` };
  }
  const positions: PacketPositions = {
    timePosNs: BigInt(record.time_pos),
    txSeqPos: toSeq(record.tx_seq_pos),
    rxSeqPos: toSeq(record.rx_seq_pos),
  };
  const c = allocatePacketColumns(count);
  try {
    read('dir', record.dir, (r, i) => {
      const d = r.folded();
      if (d > 1) {
        throw new BadColumn('column dir has a value other than 0 and 1');
      }
      c.dir[i] = d;
    });
    let t = 0;
    read('ts', record.ts, (r, i) => (c.tNs[i] = t += r.signed()));
    read('flags', record.flags, (r, i) => (c.flags[i] = r.folded()));
    read('len', record.len, (r, i) => (c.len[i] = r.folded()));
    const nextSeq: [Seq, Seq] = [positions.txSeqPos, positions.rxSeqPos];
    read('seq', record.seq, (r, i) => {
      const d = c.dir[i];
      const s = seqAdd(nextSeq[d], r.foldedSigned());
      c.seq[i] = s;
      nextSeq[d] = seqAdd(s, segmentSpan(c.flags[i], c.len[i]));
    });
    const lastAck: [Seq, Seq] = [positions.rxSeqPos, positions.txSeqPos];
    read('ack', record.ack, (r, i) => {
      if ((c.flags[i] & TcpFlag.Ack) !== 0) {
        const d = c.dir[i];
        c.ack[i] = lastAck[d] = seqAdd(lastAck[d], r.signed());
      }
    });
    const lastWin: [number, number] = [0, 0];
    read('win', record.win, (r, i) => (c.win[i] = lastWin[c.dir[i]] += r.foldedSigned()));
    read('ana', record.ana, (r, i) => (c.ana[i] = r.folded()));
  } catch (error) {
    if (error instanceof BadColumn) {
      return { ok: false, problem: error.message };
    }
    throw error;
  }
  return { ok: true, columns: c, positions };

  function read(name: string, text: string, each: (r: IntegerReader, i: number) => void): void {
    const r = new IntegerReader(name, text);
    for (let i = 0; i < count; i++) {
      each(r, i);
    }
    r.end();
  }
}

/** Payload was sent again, whatever made the sender do so. */
export function isRetransmission(ana: number): boolean {
  return (ana & (Analysis.Retransmission | Analysis.FastRetransmission | Analysis.SpuriousRetransmission)) !== 0;
}
