/**
 * How many packets a CPU second gets through: the whole process of `bpfnet replay`, from its start to its exit, with flows, packets,
 * HTTP and records as JSON into /dev/null; beside it Suricata and tshark on the same captures, where they are installed. Then how the cost of a
 * packet grows with connections that are open at once, and with requests per connection.
 */
import { join } from 'node:path';
import { buildCommand, temporaryFolder } from '../test/build/command';
import { writeCapture, type Shape } from './generated-capture';
import { isInstalled, replayCost, type ReplayCost, suricataSeconds, tsharkSeconds } from './process-cost';

const CASES: readonly Shape[] = [
  { name: 'short HTTP connections', requests: 1, responseBytes: 300, concurrent: 64, packets: 2_000_000 },
  { name: 'keep-alive HTTP', requests: 100, responseBytes: 300, concurrent: 64, packets: 2_000_000 },
  { name: 'bulk', requests: 1, responseBytes: 8_000_000, concurrent: 4, packets: 500_000 },
];

const FLOWS_AT_ONCE = [1_000, 10_000, 100_000, 1_000_000];
const REQUESTS_PER_CONNECTION = [1, 10, 100, 1_000];

/** tshark keeps what it saw and puts long downloads together again and again, so it gets no more than this. */
const TSHARK_PACKETS = 50_000;

interface CaseResult {
  readonly name: string;
  readonly packets: number;
  readonly records: number;
  readonly bpfnet_pps: number;
  readonly suricata_pps: number | null;
  readonly tshark_pps: number | null;
  readonly bpfnet_rss_mb: number;
}

interface GrowthResult {
  readonly packets: number;
  readonly records: number;
  readonly bpfnet_pps: number;
  readonly bpfnet_rss_mb: number;
}

interface Place {
  readonly script: string;
  readonly folder: string;
  readonly capture: string;
}

async function runCase(shape: Shape, { script, folder, capture }: Place): Promise<CaseResult> {
  const packets = writeCapture(capture, shape);
  // The better of two, in turn with the others: other processes share the machine.
  const first = await replayCost(script, capture);
  const suricata = isInstalled('suricata') ? await suricataSeconds(capture, folder) : undefined;
  const some = Math.min(packets, TSHARK_PACKETS);
  const tshark = isInstalled('tshark') ? await tsharkSeconds(capture, some) : undefined;
  const second = await replayCost(script, capture);
  const best = first.cpuSeconds < second.cpuSeconds ? first : second;
  return {
    name: shape.name,
    ...costs(packets, best),
    suricata_pps: suricata === undefined ? null : Math.round(packets / suricata),
    tshark_pps: tshark === undefined ? null : Math.round(some / tshark),
  };
}

async function runGrowth(shape: Omit<Shape, 'name'>, { script, capture }: Place): Promise<GrowthResult> {
  const packets = writeCapture(capture, { name: '', ...shape });
  return costs(packets, await replayCost(script, capture));
}

function costs(packets: number, cost: ReplayCost): GrowthResult {
  return {
    packets,
    records: cost.records,
    bpfnet_pps: Math.round(packets / cost.cpuSeconds),
    bpfnet_rss_mb: Math.round(cost.rssMib * 1.048576),
  };
}

async function run() {
  const command = await buildCommand();
  const folder = temporaryFolder();
  try {
    const place = { script: command.script, folder: folder.path, capture: join(folder.path, 'capture.pcap') };
    const cases: CaseResult[] = [];
    for (const shape of CASES) {
      cases.push(await runCase(shape, place));
    }
    const flows: Array<GrowthResult & { readonly flows_at_once: number }> = [];
    for (const concurrent of FLOWS_AT_ONCE) {
      // Handshake and close only: six packets each.
      const packets = Math.max(600_000, 6 * concurrent);
      const result = await runGrowth({ requests: 0, responseBytes: 0, concurrent, packets }, place);
      flows.push({ flows_at_once: concurrent, ...result });
    }
    const requests: Array<GrowthResult & { readonly requests_per_connection: number }> = [];
    for (const count of REQUESTS_PER_CONNECTION) {
      const result = await runGrowth({ requests: count, responseBytes: 300, concurrent: 64, packets: 600_000 }, place);
      requests.push({ requests_per_connection: count, ...result });
    }
    return { rows: rowsOf(cases, flows, requests), json: { cases, flows, requests } };
  } finally {
    folder.remove();
    command.remove();
  }
}

function rowsOf(
  cases: readonly CaseResult[],
  flows: ReadonlyArray<GrowthResult & { readonly flows_at_once: number }>,
  requests: ReadonlyArray<GrowthResult & { readonly requests_per_connection: number }>
) {
  const row = (name: string, result: GrowthResult) => ({
    capture: name,
    packets: result.packets,
    records: result.records,
    'packets per CPU second': result.bpfnet_pps,
    'RSS MB': result.bpfnet_rss_mb,
  });
  return [
    ...cases.map((c) => ({
      ...row(c.name, c),
      Suricata: c.suricata_pps ?? 'not installed',
      tshark: c.tshark_pps ?? 'not installed',
    })),
    ...flows.map((f) => row(`${f.flows_at_once} connections at once`, f)),
    ...requests.map((r) => row(`${r.requests_per_connection} requests per connection`, r)),
  ];
}

export const bench = { name: 'offline', run };
