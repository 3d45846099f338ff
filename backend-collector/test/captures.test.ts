/**
 * Every real capture against what a reference says of it. Packets and payload bytes per TCP stream must be equal in all of
 * them; TCP analysis counts are printed, and held where they are equal.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeLine } from '@bpfnet/flow-model/line-codec';
import { decodePacketColumns } from '@bpfnet/flow-model/packet-columns';
import { buildCommand, parseRecords, type Command, type OutputRecord } from './build/command';

const folder = resolve(__dirname, '../../../shared/captures');
const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name)) : [];

if (names.length === 0) {
  console.log(`No captures at ${folder}: the comparison with the reference is left out.`);
}

interface TruthStream {
  readonly a: string;
  readonly b: string;
  readonly packets_a_to_b: number;
  readonly packets_b_to_a: number;
  readonly payload_a_to_b: number;
  readonly payload_b_to_a: number;
  readonly syn: number;
  readonly initial_rtt_s: number | null;
  readonly analysis: Readonly<Record<string, number>>;
}

interface Truth {
  readonly packets: number;
  readonly tcp_streams: readonly TruthStream[];
  readonly udp_streams: number;
  readonly http?: ReadonlyArray<Readonly<Record<string, string>>>;
}

type L4 = Extract<OutputRecord, { readonly source: 'bpf_net_l4_log' }>;

/** A connection at one NIC: its chunks added up, from the point of view of endpoint `a`. */
interface Stream {
  readonly a: string;
  readonly b: string;
  packetsFromA: number;
  packetsFromB: number;
  bytesFromA: number;
  bytesFromB: number;
  readonly analysis: Record<string, number>;
}

function endpoint(ip: string, port: number): string {
  return `${ip}:${port}`;
}

function streamsOf(records: readonly OutputRecord[], proto: 'tcp' | 'udp'): Stream[] {
  const streams = new Map<string, Stream>();
  for (const r of records) {
    if (r.source !== 'bpf_net_l4_log' || r.l4_proto !== proto) {
      continue;
    }
    const stream = streams.get(r.inner_traceid) ?? {
      a: endpoint(r.src_ip, r.src_port),
      b: endpoint(r.dst_ip, r.dst_port),
      packetsFromA: 0,
      packetsFromB: 0,
      bytesFromA: 0,
      bytesFromB: 0,
      analysis: {},
    };
    streams.set(r.inner_traceid, stream);
    stream.packetsFromA += r.tx_packets;
    stream.packetsFromB += r.rx_packets;
    stream.bytesFromA += r.tx_bytes;
    stream.bytesFromB += r.rx_bytes;
    addAnalysis(stream.analysis, r);
  }
  return [...streams.values()];
}

function addAnalysis(into: Record<string, number>, r: L4): void {
  const add = (name: string, ...counts: Array<number | undefined>) => {
    const sum = counts.reduce<number>((all, n) => all + (n ?? 0), 0);
    if (sum > 0) {
      into[name] = (into[name] ?? 0) + sum;
    }
  };
  add('retransmission', r.tx_retrans, r.rx_retrans);
  add('fast_retransmission', r.tx_fast_retrans, r.rx_fast_retrans);
  add('out_of_order', r.tx_out_of_order, r.rx_out_of_order);
  add('duplicate_ack', r.tx_dup_ack, r.rx_dup_ack);
  add('zero_window', r.tx_zero_window, r.rx_zero_window);
  add('lost_segment', r.tx_unseen_segments, r.rx_unseen_segments);
}

const ANALYSES = [
  'retransmission',
  'fast_retransmission',
  'out_of_order',
  'duplicate_ack',
  'zero_window',
  'lost_segment',
];

/** One line per stream, endpoints in a fixed order, so that two lists compare as text. */
function streamLine(
  a: string,
  b: string,
  packets: readonly [number, number],
  bytes: readonly [number, number]
): string {
  return a < b
    ? `${a} ${packets[0]} packets ${bytes[0]} bytes, ${b} ${packets[1]} packets ${bytes[1]} bytes`
    : `${b} ${packets[1]} packets ${bytes[1]} bytes, ${a} ${packets[0]} packets ${bytes[0]} bytes`;
}

function expectedStreams(name: string, truth: Truth): string[] {
  const lines = truth.tcp_streams.map((s) =>
    streamLine(s.a, s.b, [s.packets_a_to_b, s.packets_b_to_a], [s.payload_a_to_b, s.payload_b_to_a])
  );
  if (name.startsWith('vlan-collisions')) {
    // The reference leaves VLAN ids out of its conversations. Really three connections (its own note says so).
    const [s] = truth.tcp_streams;
    const third = streamLine(
      s.a,
      s.b,
      [s.packets_a_to_b / 3, s.packets_b_to_a / 3],
      [s.payload_a_to_b / 3, s.payload_b_to_a / 3]
    );
    return [third, third, third];
  }
  return lines.sort();
}

/** Requests as "METHOD /path status", the query string left out, in the order of their requests. */
function expectedRequests(truth: Truth): string[] {
  const requests = (truth.http ?? []).filter((row) => row['http.request.method'] !== undefined);
  return requests
    .map((row) => {
      const answer = (truth.http ?? []).find(
        (other) => other['http.request_in'] === row['frame.number'] && other['tcp.stream'] === row['tcp.stream']
      );
      const path = row['http.request.uri'].replace(/[?#].*$/s, '');
      return `${row['http.request.method']} ${row['http.host']} ${path} ${answer?.['http.response.code'] ?? '-'}`;
    })
    .sort();
}

function exchangesOf(records: readonly OutputRecord[]): string[] {
  return records
    .flatMap((r) =>
      r.source === 'bpf_net_l7_log' && r.http_method !== undefined
        ? [`${r.l7_op} ${r.http_host} ${r.l7_resource} ${r.l7_status ?? '-'}`]
        : []
    )
    .sort();
}

/** Where the analysis differs from the reference on purpose: what ours is, and why. */
const ANALYSIS_DIFFERS: Readonly<
  Record<string, { readonly ours: Readonly<Record<string, number>>; readonly why: string }>
> = {
  'deepflow-handshake-retrans.pcap': {
    ours: { retransmission: 1 },
    why: 'frames 1 and 2, 5 and 6 have the same IP identification and are at most 312 µs apart: captured twice',
  },
  'deepflow-server-no-response.pcap': {
    ours: {},
    why: 'frames 1 to 4 have the same IP identification and the same time: captured four times',
  },
  'http-206_example_b.pcap': {
    ours: { retransmission: 108, duplicate_ack: 64, zero_window: 57 },
    why: 'the 52 segments from frame 1226 on repeat bytes that frames 1044 and up carried: sent again, not reordered',
  },
  'ipv6-http-atomic-frag.pcap': {
    ours: {},
    why: 'frame 8 is the first to carry its bytes; only its capture came late (its time is before that of frame 6)',
  },
  'tcp-reassembly.pcap': {
    ours: { retransmission: 20, duplicate_ack: 21, lost_segment: 8 },
    why: 'frames 8, 10 and 12 repeat a FIN without a duplicate ACK before them: no fast retransmission (RFC 5681, 3.2)',
  },
  'tcp-ssh-dups.pcap': { ours: {}, why: 'every packet stands several times in the capture' },
  'vlan-collisions.pcap': { ours: {}, why: 'three connections on three VLANs, and nothing is sent again in any' },
};

/** Where the reference's HTTP is incomplete: what it says, and what is right. */
const HTTP_DIFFERS: Readonly<Record<string, { readonly from: RegExp; readonly to: string; readonly why: string }>> = {
  'http-206_example_b.pcap': {
    from: / -$/,
    to: ' 206',
    why: 'the answer to frame 4 starts in frame 5 and ends in frame 953; the reference loses it in the repeated segments',
  },
};

if (names.length === 0) {
  it.skip(`real captures: none in ${folder}`, () => undefined);
}
const describeCaptures: (name: string, body: () => void) => void = names.length === 0 ? () => undefined : describe;

describeCaptures('real captures', () => {
  let command: Command;
  const table: string[] = [];

  beforeAll(async () => {
    command = await buildCommand();
  });
  afterAll(() => {
    command.remove();
    console.log(['TCP analysis, ours / reference:', ...table].join('\n'));
  });

  describe.each(names)('%s', (name) => {
    const truth = JSON.parse(readFileSync(join(folder, 'truth', `${name}.json`), 'utf8')) as Truth;
    let records: OutputRecord[];

    beforeAll(async () => {
      const result = await command.run(['replay', join(folder, name), '--host', 'test']);
      expect(result).toMatchObject({ exitCode: 0 });
      expect(result.stderr).toContain(`${truth.packets} packets`);
      records = parseRecords(result.stdout);
    });

    it('has the packets and payload bytes of every TCP stream', () => {
      const ours = streamsOf(records, 'tcp').map((s) =>
        streamLine(s.a, s.b, [s.packetsFromA, s.packetsFromB], [s.bytesFromA, s.bytesFromB])
      );
      expect(ours.sort()).toEqual(expectedStreams(name, truth));
    });

    it('writes lines that the contract accepts, and as many packets as it counts', () => {
      for (const { source, ts, ...fields } of records) {
        const line = JSON.stringify(source === 'bpf_net_l4_packets' ? { ...fields, ts } : fields);
        expect(decodeLine(source, line)).toMatchObject({ ok: true });
        if (source !== 'bpf_net_l4_packets') {
          expect(ts).toMatch(/^\d{16,19}$/);
        }
      }
      const counted = records.reduce(
        (n, r) => (r.source === 'bpf_net_l4_log' ? n + r.tx_packets + r.rx_packets : n),
        0
      );
      let inColumns = 0;
      for (const r of records) {
        if (r.source === 'bpf_net_l4_packets') {
          const columns = decodePacketColumns(r);
          expect(columns.ok).toBe(true);
          inColumns += r.packets;
        }
      }
      expect(inColumns).toBe(counted);
    });

    it('says of retransmissions and the like what the reference says', () => {
      const ours: Record<string, number> = {};
      const reference: Record<string, number> = {};
      for (const s of streamsOf(records, 'tcp')) {
        for (const [key, n] of Object.entries(s.analysis)) {
          ours[key] = (ours[key] ?? 0) + n;
        }
      }
      for (const s of truth.tcp_streams) {
        for (const key of ANALYSES) {
          if (s.analysis[key] !== undefined) {
            reference[key] = (reference[key] ?? 0) + s.analysis[key];
          }
        }
      }
      const differs = ANALYSES.filter((key) => (ours[key] ?? 0) !== (reference[key] ?? 0));
      const shown = ANALYSES.filter((key) => (ours[key] ?? reference[key]) !== undefined).map(
        (key) => `${key} ${ours[key] ?? 0}/${reference[key] ?? 0}`
      );
      table.push(`  ${name}: ${shown.join(', ') || 'nothing'}${differs.length > 0 ? '   <- differs' : ''}`);
      expect(ours).toEqual(ANALYSIS_DIFFERS[name]?.ours ?? reference);
    });

    const withoutHttp = truth.http === undefined;
    (withoutHttp ? it.skip : it)('has the HTTP requests and their answers', () => {
      const differs = HTTP_DIFFERS[name];
      const expected = expectedRequests(truth);
      expect(exchangesOf(records)).toEqual(
        differs === undefined ? expected : expected.map((line) => line.replace(differs.from, differs.to)).sort()
      );
    });
  });
});
