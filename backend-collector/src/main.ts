/** The command `bpfnet`: `replay` for capture files, `capture` for live traffic. Records go to the output, everything else to standard error. */
import { hostname } from 'node:os';
import { Command } from 'commander';
import { lastPacketTime } from './capture/file/last-packet-time';
import { MEBIBYTE } from './byte-units';
import { openFileSource } from './capture/file/file-source';
import { type PacketSource } from './capture/packet-source';
import { namespaceOption, outputSettings, positiveNumber, readOwners } from './config';
import { CollectorError } from './errors';
import { OutputClosed } from './output/ndjson-sink';
import { openSink } from './output/open-sink';
import { Pipeline, type PipelineCounts, type PipelineReport } from './pipeline';

interface OutputOptions {
  readonly output: string;
  readonly lokiUrl?: string;
  readonly host?: string;
  readonly spoolDir?: string;
  readonly nicOwners?: string;
  readonly foldPaths?: boolean;
}

interface ReplayOptions extends OutputOptions {
  readonly rebaseTime?: boolean;
}

interface CaptureOptions extends OutputOptions {
  readonly nic: readonly string[];
  readonly filter?: string;
  readonly adaptiveSnap?: boolean;
  readonly netns: readonly string[];
  readonly duration?: string;
  readonly ringMb?: string;
  readonly stats?: boolean;
}

/** A replay ends with an error when the store takes nothing for that long. */
const REPLAY_GIVES_UP_MS = 30_000;

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function replay(files: readonly string[], options: ReplayOptions): Promise<void> {
  const settings = outputSettings(options.output, options.lokiUrl, process.env);
  const owners = readOwners(options.nicOwners);
  const timeShiftNs = options.rebaseTime === true ? await shiftToNow(files) : 0n;
  const source = await openFileSource(files);
  await run(source, { options, settings, owners, timeShiftNs, live: false });
}

async function shiftToNow(files: readonly string[]): Promise<bigint> {
  if (files.includes('-')) {
    throw new CollectorError(
      'config',
      '--rebase-time reads the capture twice, so it cannot come from standard input: name a file.',
      2
    );
  }
  const last = await lastPacketTime(files);
  return last === undefined ? 0n : BigInt(Date.now()) * 1_000_000n - last;
}

async function capture(options: CaptureOptions): Promise<void> {
  const settings = outputSettings(options.output, options.lokiUrl, process.env);
  const owners = readOwners(options.nicOwners);
  const durationMs = options.duration === undefined ? undefined : positiveNumber('--duration', options.duration) * 1000;
  const ringMb = options.ringMb === undefined ? undefined : positiveNumber('--ring-mb', options.ringMb);
  const namespaces = options.netns.map(namespaceOption).map((ns) => ({ ...ns, owner: owners.get(ns.name) }));
  // Loaded here, so that a replay runs where no live capture can.
  const { openLiveSource } = await import('./capture/live/live-source');
  const { storeEndpoints } = await import('./loki/store-address');
  const source = await openLiveSource({
    nics: options.nic,
    filter: options.filter,
    adaptiveSnap: options.adaptiveSnap,
    namespaces,
    ringBytes: ringMb === undefined ? undefined : Math.round(ringMb) * MEBIBYTE,
    excludedEndpoints: settings.url === undefined ? [] : await storeEndpoints(settings.url),
  });
  if (durationMs !== undefined) {
    setTimeout(() => void source.close(), durationMs).unref();
  }
  await run(source, { options, settings, owners, timeShiftNs: 0n, live: true, showStats: options.stats === true });
}

interface RunOptions {
  readonly options: OutputOptions;
  readonly settings: ReturnType<typeof outputSettings>;
  readonly owners: ReturnType<typeof readOwners>;
  readonly timeShiftNs: bigint;
  readonly live: boolean;
  readonly showStats?: boolean;
}

async function run(source: PacketSource, o: RunOptions): Promise<void> {
  const host = o.options.host ?? hostname();
  const stop = () => void source.close();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const sink = await openSink({
    url: o.settings.url,
    host,
    labels: o.settings.labels,
    env: process.env,
    spoolDirectory: o.options.spoolDir ?? process.env.BPFNET_SPOOL_DIR,
    giveUpAfterMs: o.live ? undefined : REPLAY_GIVES_UP_MS,
    onClosed: stop,
    onNote: note,
  }).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  const pipeline = new Pipeline({
    source,
    sink,
    host,
    owners: o.owners,
    foldPaths: o.options.foldPaths,
    timeShiftNs: o.timeShiftNs,
    live: o.live,
  });
  if (o.live) {
    note(`capturing on ${source.nics.length} NICs: ${source.nics.map((nic) => nic.name).join(', ')}`);
  }
  const ticker = o.showStats === true ? setInterval(() => note(countsLine(pipeline.counts())), 1000) : undefined;
  const report = await pipeline.run();
  clearInterval(ticker);
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
  summarise(report);
  if (report.problem !== undefined && !(report.problem instanceof OutputClosed)) {
    throw report.problem;
  }
  const lost = Object.values(report.sink.linesDropped).reduce((sum, lines) => sum + lines, 0);
  if (!o.live && lost > 0) {
    throw new CollectorError(
      'store-unreachable',
      `${lost} records are not in the store; mend what is said above and replay again.`
    );
  }
}

function countsLine(counts: PipelineCounts): string {
  const drops = Object.entries(counts.drops).flatMap(([stage, reasons]) =>
    Object.entries(reasons).map(([reason, count]) => `${stage}: ${reason} ${count}`)
  );
  const numbers = `${counts.packets} packets, ${counts.bytes} bytes, ${counts.flows} flows, ${counts.requests} requests`;
  return drops.length === 0 ? numbers : `${numbers}; left out: ${drops.join(', ')}`;
}

function summarise(report: PipelineReport): void {
  const { linesWritten, linesDropped, linesKept = 0 } = report.sink;
  const lost = Object.entries(linesDropped).map(([reason, count]) => `${reason} ${count}`);
  const parts = [
    `${linesWritten} records written`,
    ...(linesKept > 0 ? [`${linesKept} kept on disk for the next run`] : []),
    ...(lost.length > 0 ? [`lost: ${lost.join(', ')}`] : []),
  ];
  note(`${countsLine(report)}; ${parts.join(', ')}`);
}

function withOutputOptions(command: Command): Command {
  return command
    .option(
      '--output <kind>',
      'where records go: ndjson (standard output), loki, or store (the embedded one)',
      'ndjson'
    )
    .option('--loki-url <url>', 'http(s)://HOST:PORT or unix:/path/to.sock (else BPFNET_LOKI_URL or BPFNET_STORE_URL)')
    .option('--host <name>', "the host's name on records")
    .option('--spool-dir <dir>', 'where batches wait while the store is down (else BPFNET_SPOOL_DIR; else in memory)')
    .option('--nic-owners <file>', 'JSON: network namespace → who owns it')
    .option('--fold-paths', 'write ids in the paths of requests as {id}, so that one route counts as one');
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function buildCommand(): Command {
  const program = new Command('bpfnet').description('Packets and requests at every network interface, as log records.');
  withOutputOptions(program.command('replay'))
    .description('read capture files (pcap or pcapng, gzipped or not; "-" is standard input)')
    .argument('<file...>', 'captures; several are merged by time')
    .option('--rebase-time', 'shift the capture so that it ends now')
    .action((files: readonly string[], options: ReplayOptions) => replay(files, options));
  withOutputOptions(program.command('capture'))
    .description('capture live on the NICs of this and other network namespaces')
    .option('--nic <pattern>', 'NIC name with * and ?; !pattern leaves out; may be repeated', collect, [])
    .option('--filter <expression>', 'what to capture, in pcap-filter syntax')
    .option(
      '--adaptive-snap',
      'keep only the headers of long TCP segments that begin no message: fewer bytes, less of HTTP/2'
    )
    .option('--netns <name=path>', 'capture in this network namespace too; may be repeated', collect, [])
    .option('--duration <seconds>', 'end after this time')
    .option('--ring-mb <n>', "size of the kernel's ring, MiB")
    .option('--stats', 'print counters every second')
    .action((options: CaptureOptions) => capture(options));
  return program;
}

buildCommand()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CollectorError) {
      note(`bpfnet: ${error.message}`);
      process.exitCode = error.exitCode;
    } else {
      note(`bpfnet: unexpected failure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      process.exitCode = 70;
    }
  });
