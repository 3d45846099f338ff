/** Runs packets through the collector from file to records, all parts real, inside the test's own process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePacketColumns, type PacketColumns } from '@bpfnet/flow-model/packet-columns';
import { type L4PacketsRecord, type L4Record, type L7Record } from '@bpfnet/flow-model/records';
import { openFileSource } from '../../src/capture/file/file-source';
import { Pipeline, type PipelineOptions, type PipelineReport } from '../../src/pipeline';
import { type LineSink, type LogLine } from '../../src/record/log-line';
import { temporaryFolder } from './command';
import { pcap, type CapturedPacket } from './pcap';

export interface Replayed {
  readonly report: PipelineReport;
  readonly l4: readonly L4Record[];
  readonly l7: readonly L7Record[];
  readonly packets: readonly L4PacketsRecord[];
  readonly lines: readonly LogLine[];
}

/** Keeps what is written. */
export class MemorySink implements LineSink {
  readonly lines: LogLine[] = [];

  write(line: LogLine): void {
    this.lines.push(line);
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<{ readonly linesWritten: number; readonly linesDropped: Readonly<Record<string, number>> }> {
    return Promise.resolve({ linesWritten: this.lines.length, linesDropped: {} });
  }
}

export function replayPackets(
  packets: readonly CapturedPacket[],
  options: Partial<PipelineOptions> = {}
): Promise<Replayed> {
  return replayFiles([pcap(packets, { nanoseconds: true })], options);
}

export async function replayFiles(
  files: readonly Uint8Array[],
  options: Partial<PipelineOptions> = {}
): Promise<Replayed> {
  const folder = temporaryFolder();
  try {
    const paths = files.map((bytes, i) => {
      const path = join(folder.path, `capture-${i}`);
      writeFileSync(path, bytes);
      return path;
    });
    const sink = new MemorySink();
    const source = await openFileSource(paths);
    const report = await new Pipeline({ source, sink, host: 'test', ...options }).run();
    const of = <T>(wanted: LogLine['source']): T[] =>
      sink.lines.filter((line) => line.source === wanted).map((line) => JSON.parse(line.line) as T);
    return {
      report,
      l4: of<L4Record>('bpf_net_l4_log'),
      l7: of<L7Record>('bpf_net_l7_log'),
      packets: of<L4PacketsRecord>('bpf_net_l4_packets'),
      lines: sink.lines,
    };
  } finally {
    folder.remove();
  }
}

export function columnsOf(record: L4PacketsRecord): PacketColumns {
  const decoded = decodePacketColumns(record);
  if (!decoded.ok) {
    throw new Error(decoded.problem);
  }
  return decoded.columns;
}
