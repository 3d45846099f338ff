/**
 * What the analysis says of each TCP packet against tshark's `tcp.analysis.*`, in real captures and in connections written as scripts. Every packet
 * that differs is named with its reason.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Analysis } from '@bpfnet/flow-model/analysis';
import { temporaryFolder } from './build/command';
import { pcap } from './build/pcap';
import { columnsOf, replayFiles } from './build/replay';
import { scriptedConnections } from './build/scripted-connections';
import { tsharkFields, tsharkIsInstalled } from './build/tshark';

const FLAGS: Readonly<Record<string, number>> = {
  retransmission: Analysis.Retransmission,
  fast_retransmission: Analysis.FastRetransmission,
  spurious_retransmission: Analysis.SpuriousRetransmission,
  out_of_order: Analysis.OutOfOrder,
  duplicate_ack: Analysis.DuplicateAck,
  zero_window: Analysis.ZeroWindow,
  zero_window_probe: Analysis.ZeroWindowProbe,
  window_full: Analysis.WindowFull,
  keep_alive: Analysis.KeepAlive,
  keep_alive_ack: Analysis.KeepAliveAck,
  window_update: Analysis.WindowUpdate,
  lost_segment: Analysis.PreviousUnseen,
  ack_lost_segment: Analysis.AckedUnseen,
};

function names(bits: number): string {
  return Object.keys(FLAGS)
    .filter((name) => (bits & FLAGS[name]) !== 0)
    .join(' ');
}

function key(tsNs: bigint, seq: number, length: number, flags: number): string {
  return `${tsNs} ${seq} ${length} ${flags}`;
}

/** By packet, in the order of the capture; equal packets at the same time in turn. */
async function ours(file: Uint8Array): Promise<Map<string, number[]>> {
  const { packets, report } = await replayFiles([file]);
  expect(report.problem).toBeUndefined();
  const found = new Map<string, number[]>();
  for (const record of packets) {
    const c = columnsOf(record);
    for (let i = 0; i < record.packets; i++) {
      const name = key(BigInt(record.time_pos) + BigInt(c.tNs[i]), c.seq[i] >>> 0, c.len[i], c.flags[i]);
      found.set(name, [...(found.get(name) ?? []), c.ana[i]]);
    }
  }
  return found;
}

/** `frame: ours | theirs` of each packet that differs. */
async function differences(path: string): Promise<string[]> {
  const base = ['frame.number', 'frame.time_epoch', 'tcp.seq_raw', 'tcp.len', 'tcp.flags'];
  const rows = await tsharkFields(path, [...base, ...Object.keys(FLAGS).map((name) => `tcp.analysis.${name}`)]);
  const bitsOf = await ours(readFileSync(path));
  return rows.flatMap(([frame, time, seq, length, flags, ...cells]) => {
    const [seconds, fraction = ''] = time.split('.');
    const tsNs = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
    const bits = bitsOf.get(key(tsNs, Number(seq), Number(length), Number(flags) & 0xff))?.shift();
    const theirs = Object.keys(FLAGS)
      .filter((_, i) => cells[i] !== '')
      .join(' ');
    if (bits === undefined) {
      return [`${frame}: absent | ${theirs}`];
    }
    const mine = (bits & Analysis.CapturedTwice) !== 0 ? 'captured twice' : names(bits);
    return mine === theirs ? [] : [`${frame}: ${mine || '-'} | ${theirs || '-'}`];
  });
}

interface Known {
  readonly why: string;
  readonly packets: RegExp;
}

const NOTED_ONCE: Known = {
  why: 'the unseen bytes that this ACK covers were noted with an earlier one, or were seen late: nothing new is unseen',
  packets: /: (- \| ack_lost_segment|retransmission \| retransmission fast_retransmission ack_lost_segment)$/,
};
const TRULY_UNSEEN: Known = {
  why: 'this ACK covers bytes that no packet before it carried',
  packets: /: ack_lost_segment \| -$/,
};
const NO_DUPLICATE_ACKS: Known = {
  why: 'a FIN sent again, without duplicate ACKs before it, is no fast retransmission (RFC 5681, 3.2)',
  packets: /^(8|10|12): retransmission( ack_lost_segment)? \| retransmission fast_retransmission/,
};
const CAPTURED_TWICE: Known = {
  why: 'the packet is a copy made by the capture: same IP identification, within 500 µs',
  packets: /: captured twice \| /,
};

const KNOWN: Readonly<Record<string, readonly Known[]>> = {
  'deepflow-handshake-retrans.pcap': [CAPTURED_TWICE],
  'deepflow-server-no-response.pcap': [CAPTURED_TWICE],
  'tcp-ssh-dups.pcap': [CAPTURED_TWICE, { why: 'follows from the copies: tshark counts them', packets: /: - \| / }],
  'http-1000-requests-one-dropped-response.pcap.gz': [NOTED_ONCE],
  'http-206_example_b.pcap': [
    NOTED_ONCE,
    {
      why: 'these bytes were seen before: sent again, not reordered',
      packets: /: retransmission( spurious_retransmission)? \| out_of_order$/,
    },
  ],
  'http-zero-length-bodies-with-drops.pcap': [NOTED_ONCE],
  'ipv6-http-atomic-frag.pcap': [
    {
      why: 'frame 8 is the first to carry its bytes; its time is before that of frame 6',
      packets: /^8: - \| retransmission spurious_retransmission$/,
    },
  ],
  'tcp-reassembly.pcap': [NO_DUPLICATE_ACKS, NOTED_ONCE, TRULY_UNSEEN],
  'tcp-syn-then-stuff-then-rst.pcap': [
    { why: 'the first segment of a side updates no window: there was none', packets: /^2: - \| window_update$/ },
  ],
  'vlan-collisions.pcap': [{ why: 'tshark takes three connections on three VLANs for one', packets: /: - \| / }],
};

const folder = resolve(__dirname, '../../../shared/captures');
const captures = existsSync(folder) ? readdirSync(folder).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name)) : [];
const hasTshark = tsharkIsInstalled();

if (!hasTshark) {
  console.log('No tshark on PATH: the comparison of the analysis packet by packet is left out.');
}
jest.setTimeout(60_000);

function unexplained(name: string, found: readonly string[]): string[] {
  return found.filter((line) => !(KNOWN[name] ?? []).some(({ packets }) => packets.test(line)));
}

(hasTshark && captures.length > 0 ? describe : describe.skip)('the analysis of a real capture', () => {
  it.each(captures)('%s', async (name) => {
    expect(unexplained(name, await differences(join(folder, name)))).toEqual([]);
  });
});

(hasTshark ? describe : describe.skip)('the analysis of a scripted connection', () => {
  it.each(Object.keys(scriptedConnections))('%s', async (name) => {
    const temporary = temporaryFolder();
    try {
      const path = join(temporary.path, 'scripted.pcap');
      writeFileSync(path, pcap(scriptedConnections[name](), { nanoseconds: true }));
      expect(unexplained(name, await differences(path))).toEqual([]);
    } finally {
      temporary.remove();
    }
  });
});
