/** tshark as an independent witness: what it says of every TCP packet of a capture. */
import { execFile, execFileSync } from 'node:child_process';

/** A TCP packet as a witness saw it. Sequence numbers are absolute, `window` is scaled. */
export interface WitnessedPacket {
  readonly frame: number;
  /** Nanoseconds since the epoch. */
  readonly tsNs: bigint;
  readonly from: string;
  readonly to: string;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly length: number;
  readonly window: number;
}

const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.flags',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'tcp.len',
  'tcp.window_size',
];

export function tsharkIsInstalled(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Fields of every TCP packet; of nested headers the innermost count, and an absent field is an empty text. */
export async function tsharkFields(path: string, fields: readonly string[]): Promise<string[][]> {
  const args = ['-n', '-r', path, '-Y', 'tcp && !icmp && !icmpv6', '-T', 'fields', '-E', 'occurrence=l'];
  const text = await new Promise<string>((done, failed) =>
    execFile(
      'tshark',
      [...args, ...fields.flatMap((field) => ['-e', field])],
      { maxBuffer: 1 << 28 },
      (error, stdout) => (error === null ? done(stdout) : failed(error))
    )
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

/** @param path capture file */
export async function witnessedPackets(path: string): Promise<WitnessedPacket[]> {
  return (await tsharkFields(path, FIELDS)).map(packetOf);
}

function packetOf(cells: readonly string[]): WitnessedPacket {
  const [frame, time, src4, dst4, src6, dst6, srcPort, dstPort, flags, seq, ack, length, window] = cells;
  const [seconds, fraction = ''] = time.split('.');
  return {
    frame: Number(frame),
    tsNs: BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')),
    from: `${src6 || src4}:${srcPort}`,
    to: `${dst6 || dst4}:${dstPort}`,
    flags: Number(flags) & 0xff,
    seq: Number(seq),
    ack: Number(ack),
    length: Number(length),
    window: Number(window),
  };
}
