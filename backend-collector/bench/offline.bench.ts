/**
 * How many packets a CPU second gets through: the whole process of `bpfnet replay`, from its start to its exit, with flows, packets,
 * HTTP and records as JSON into a file; beside it Suricata and tshark on the same captures, where they are installed. Then how the cost of a
 * packet grows with connections that are open at once, and with requests per connection. What a process takes to start is part of its figure, for
 * all alike; it is printed too, from a capture of one connection.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildCommand, temporaryFolder } from '../test/build/command';
import { countLines } from './count-lines';
import { type Contents, writeCapture, type Shape } from './generated-capture';
import { replayCost, type ReplayCost, runs, tsharkSeconds } from './process-cost';
import { suricataSeconds } from './suricata';

const CASES: readonly Shape[] = [
  { name: 'short HTTP connections', requests: 1, responseBytes: 300, concurrent: 64, packets: 4_000_000 },
  { name: 'keep-alive HTTP', requests: 100, responseBytes: 300, concurrent: 64, packets: 4_000_000 },
  { name: 'bulk', requests: 1, responseBytes: 8_000_000, concurrent: 4, packets: 2_000_000 },
];

const FLOWS_AT_ONCE = [1_000, 10_000, 100_000, 1_000_000];
const REQUESTS_PER_CONNECTION = [1, 10, 100, 1_000];

/** Other processes share the machine: the better of so many counts, with all programs in turn. */
const ROUNDS = 2;
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

/** CPU seconds with one connection. */
interface StartResult {
  readonly bpfnet_s: number;
  readonly suricata_s: number | null;
  readonly tshark_s: number | null;
}

class Race {
  private readonly folder = temporaryFolder();
  private readonly capture = join(this.folder.path, 'capture.pcap');
  private readonly output = join(this.folder.path, 'records.ndjson');
  private readonly suricata = runs('suricata', '-V');
  private readonly tshark = runs('tshark', '--version');

  constructor(private readonly script: string) {}

  async start(): Promise<StartResult> {
    const contents = writeCapture(this.capture, { ...CASES[0], concurrent: 1, packets: 1 });
    return {
      bpfnet_s: (await this.replay()).cpuSeconds,
      suricata_s: this.suricata ? await suricataSeconds(this.capture, this.folder.path, contents) : null,
      tshark_s: this.tshark ? await tsharkSeconds(this.capture, 1) : null,
    };
  }

  async runCase(shape: Shape): Promise<CaseResult> {
    const contents = writeCapture(this.capture, shape);
    const some = Math.min(contents.packets, TSHARK_PACKETS);
    let own: ReplayCost = { cpuSeconds: Infinity, rssMib: 0 };
    let suricata = Infinity;
    let tshark = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const cost = await this.replay();
      own = { cpuSeconds: Math.min(own.cpuSeconds, cost.cpuSeconds), rssMib: Math.max(own.rssMib, cost.rssMib) };
      if (this.suricata) {
        suricata = Math.min(suricata, await suricataSeconds(this.capture, this.folder.path, contents));
      }
      if (this.tshark) {
        tshark = Math.min(tshark, await tsharkSeconds(this.capture, some));
      }
    }
    return {
      name: shape.name,
      ...(await this.result(contents, own)),
      suricata_pps: this.suricata ? Math.round(contents.packets / suricata) : null,
      tshark_pps: this.tshark ? Math.round(some / tshark) : null,
    };
  }

  async runGrowth(shape: Omit<Shape, 'name'>): Promise<GrowthResult> {
    const contents = writeCapture(this.capture, { name: '', ...shape });
    return this.result(contents, await this.replay());
  }

  remove(): void {
    this.folder.remove();
  }

  /** Into a file of its own, as Suricata's: to empty that of the run before would be charged to this one. */
  private replay(): Promise<ReplayCost> {
    rmSync(this.output, { force: true });
    return replayCost(this.script, this.capture, { output: this.output, folder: this.folder.path });
  }

  private async result({ packets, requests }: Contents, cost: ReplayCost): Promise<GrowthResult> {
    const exchanges = await countLines(this.output, '"source":"bpf_net_l7_log"');
    if (exchanges !== requests) {
      throw new Error(`bpfnet recorded ${exchanges} of ${requests} requests`);
    }
    return {
      packets,
      records: await countLines(this.output),
      bpfnet_pps: Math.round(packets / cost.cpuSeconds),
      bpfnet_rss_mb: Math.round(cost.rssMib * 1.048576),
    };
  }
}

async function run() {
  const command = await buildCommand();
  const race = new Race(command.script);
  try {
    const start = await race.start();
    const cases: CaseResult[] = [];
    for (const shape of CASES) {
      cases.push(await race.runCase(shape));
    }
    const flows: Array<GrowthResult & { readonly flows_at_once: number }> = [];
    for (const concurrent of FLOWS_AT_ONCE) {
      // Handshake and close only: six packets each.
      const packets = Math.max(600_000, 6 * concurrent);
      const result = await race.runGrowth({ requests: 0, responseBytes: 0, concurrent, packets });
      flows.push({ flows_at_once: concurrent, ...result });
    }
    const requests: Array<GrowthResult & { readonly requests_per_connection: number }> = [];
    for (const count of REQUESTS_PER_CONNECTION) {
      const result = await race.runGrowth({ requests: count, responseBytes: 300, concurrent: 64, packets: 600_000 });
      requests.push({ requests_per_connection: count, ...result });
    }
    return { rows: rowsOf({ start, cases, flows, requests }), json: { cases, start, flows, requests } };
  } finally {
    race.remove();
    command.remove();
  }
}

interface Results {
  readonly start: StartResult;
  readonly cases: readonly CaseResult[];
  readonly flows: ReadonlyArray<GrowthResult & { readonly flows_at_once: number }>;
  readonly requests: ReadonlyArray<GrowthResult & { readonly requests_per_connection: number }>;
}

function rowsOf({ start, cases, flows, requests }: Results): ReadonlyArray<Record<string, unknown>> {
  const row = (name: string, result: GrowthResult) => ({
    capture: name,
    packets: result.packets,
    records: result.records,
    'packets per CPU second': result.bpfnet_pps,
    'RSS MB': result.bpfnet_rss_mb,
  });
  const absent = 'not installed';
  const seconds = (value: number | null) => (value === null ? absent : `${value.toFixed(2)} s`);
  return [
    ...cases.map((c) => ({
      ...row(c.name, c),
      Suricata: c.suricata_pps ?? absent,
      tshark: c.tshark_pps ?? absent,
    })),
    {
      capture: 'one connection: the start, part of all figures',
      'packets per CPU second': seconds(start.bpfnet_s),
      Suricata: seconds(start.suricata_s),
      tshark: seconds(start.tshark_s),
    },
    ...flows.map((f) => row(`${f.flows_at_once} connections at once`, f)),
    ...requests.map((r) => row(`${r.requests_per_connection} requests per connection`, r)),
  ];
}

export const bench = { name: 'offline', run };
