/** The command `bpfnet`: `replay` for capture files, `capture` for live traffic. Records go to the output, everything else to standard error. */
import { hostname } from 'node:os';
import { lastPacketTime } from './capture/file/last-packet-time';
import { MEBIBYTE } from './byte-units';
import { openFileSource } from './capture/file/file-source';
import { type PacketSource } from './capture/packet-source';
import { buildCommand, type CaptureOptions, type CommonOptions, type ReplayOptions } from './command-line';
import { flowSettings, namespaceOption, outputSettings, positiveNumber, readOwners } from './config';
import { CollectorError } from './errors';
import { OutputClosed } from './output/ndjson-sink';
import { openSink } from './output/open-sink';
import { Pipeline, type PipelineCounts, type PipelineReport } from './pipeline';

/** A replay fails when the store has been unavailable for that long. */
const REPLAY_STORE_TIMEOUT_MS = 30_000;

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function replay(files: readonly string[], options: ReplayOptions): Promise<void> {
  const settings = readSettings(options);
  const timeShiftNs = options.rebaseTime === true ? await shiftToNow(files) : 0n;
  const source = await openFileSource(files);
  await run(source, { options, settings, timeShiftNs, live: false });
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
  const settings = readSettings(options);
  const durationMs = options.duration === undefined ? undefined : positiveNumber('--duration', options.duration) * 1000;
  const ringMb = options.ringMb === undefined ? undefined : positiveNumber('--ring-mb', options.ringMb);
  const namespaces = options.netns.map(namespaceOption).map((ns) => ({ ...ns, owner: settings.owners.get(ns.name) }));
  // Loaded here, so that a replay runs where no live capture can.
  const { openLiveSource } = await import('./capture/live/live-source');
  const { storeEndpoints } = await import('./loki/store-address');
  const source = await openLiveSource({
    nics: options.nic,
    filter: options.filter,
    adaptiveSnap: options.adaptiveSnap,
    namespaces,
    ringBytes: ringMb === undefined ? undefined : Math.round(ringMb) * MEBIBYTE,
    excludedEndpoints: settings.output.url === undefined ? [] : await storeEndpoints(settings.output.url),
  });
  if (durationMs !== undefined) {
    setTimeout(() => void source.close(), durationMs).unref();
  }
  await run(source, { options, settings, timeShiftNs: 0n, live: true, showStats: options.stats === true });
}

/** Throws before anything is opened. */
function readSettings(options: CommonOptions) {
  return {
    output: outputSettings(options, process.env),
    flows: flowSettings(options, process.env),
    owners: readOwners(options.nicOwners),
  };
}

interface RunOptions {
  readonly options: CommonOptions;
  readonly settings: ReturnType<typeof readSettings>;
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
    ...o.settings.output,
    host,
    giveUpAfterMs: o.live ? undefined : REPLAY_STORE_TIMEOUT_MS,
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
    owners: o.settings.owners,
    ...o.settings.flows,
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
      `${lost} records are not in the store; fix the problems above and replay again.`
    );
  }
}

function countsLine(counts: PipelineCounts): string {
  const drops = Object.entries(counts.drops).flatMap(([stage, reasons]) =>
    Object.entries(reasons).map(([reason, count]) => `${stage}: ${reason} ${count}`)
  );
  const numbers = `${counts.packets} packets, ${counts.bytes} bytes, ${counts.flows} flows, ${counts.requests} requests`;
  return drops.length === 0 ? numbers : `${numbers}; dropped: ${drops.join(', ')}`;
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

buildCommand({ replay, capture })
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
