/** A recording of the laboratory through the real collector, with the clock of each host set wrong on purpose. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type L4PacketsRecord, type L4Record, type L7Record } from '@bpfnet/flow-model';
import { type RecordedTruth } from '@bpfnet/laboratory/recording/record';
import { type FlowRecords } from '../../datasource/src/path/flow-records';
import { COLLECTOR, type Printed } from './collector';

const HOSTS = ['node-a', 'node-b'] as const;

/** What each host's clock is ahead of the true time, ms. */
type ClocksAheadMs = Readonly<Record<(typeof HOSTS)[number], number>>;

/** One TCP connection at every NIC that saw it. */
export interface Connection {
  readonly clientIsn: string;
  readonly flows: readonly FlowRecords[];
}

const RECORDINGS = path.join(__dirname, '../../testdata/laboratory');
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export function truthOf(recording: string): RecordedTruth {
  return JSON.parse(readFileSync(path.join(RECORDINGS, recording, 'truth.json'), 'utf8')) as RecordedTruth;
}

/** The records that each host's collector writes of a recording below `testdata/laboratory`. */
export function replayed(recording: string, aheadMs: ClocksAheadMs): readonly Connection[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'bpfnet-recorded-'));
  try {
    const records = HOSTS.flatMap((host) => {
      const file = path.join(folder, `${host}.pcapng`);
      const capture = gunzipSync(readFileSync(path.join(RECORDINGS, recording, `${host}.pcapng.gz`)));
      writeFileSync(file, withClockAhead(capture, BigInt(Math.round(aheadMs[host] * 1e6))));
      const owners = path.join(RECORDINGS, recording, `owners-${host}.json`);
      const args = [COLLECTOR, 'replay', '--host', host, '--nic-owners', owners, '--output', 'ndjson', file];
      const output = execFileSync(process.execPath, args, {
        maxBuffer: MAX_OUTPUT_BYTES,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const lines = output.toString('utf8').trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Printed);
    });
    return connectionsOf(records);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ENHANCED_PACKET = 6;

/** Moves the time of every packet of a little-endian pcapng capture with nanoseconds. */
function withClockAhead(capture: Buffer, aheadNs: bigint): Buffer {
  const moved = Buffer.from(capture);
  for (let at = 0; at + 12 <= moved.length; at += moved.readUInt32LE(at + 4)) {
    if (moved.readUInt32LE(at) === ENHANCED_PACKET) {
      const tsNs = (BigInt(moved.readUInt32LE(at + 12)) << 32n) + BigInt(moved.readUInt32LE(at + 16)) + aheadNs;
      moved.writeUInt32LE(Number(tsNs >> 32n), at + 12);
      moved.writeUInt32LE(Number(tsNs & 0xffffffffn), at + 16);
    }
  }
  return moved;
}

interface OpenLane {
  readonly packets: L4PacketsRecord[];
  readonly chunks: L4Record[];
  readonly spans: Array<FlowRecords['exchanges'][number]>;
}

/** What `bpfnet … --output ndjson` printed, of all hosts together, by TCP connection. */
export function connectionsOf(printed: readonly Printed[]): readonly Connection[] {
  const lanes = new Map<string, OpenLane>();
  for (const record of printed) {
    const id = String(record.inner_traceid);
    const lane = lanes.get(id) ?? { packets: [], chunks: [], spans: [] };
    lanes.set(id, lane);
    if (record.source === 'bpf_net_l4_packets') {
      lane.packets.push(record as unknown as L4PacketsRecord);
    } else if (record.source === 'bpf_net_l4_log') {
      lane.chunks.push(record as unknown as L4Record);
    } else {
      lane.spans.push({ record: record as unknown as L7Record, tsNs: BigInt(String(record.ts)) });
    }
  }
  const byConnection = new Map<string, FlowRecords[]>();
  for (const [lane, { packets, chunks, spans }] of lanes) {
    const clientIsn = chunks[0]?.nic_traceid?.split('_')[0];
    if (clientIsn !== undefined) {
      byConnection.set(clientIsn, [
        ...(byConnection.get(clientIsn) ?? []),
        { flowId: lane, packets, chunks, exchanges: spans },
      ]);
    }
  }
  return [...byConnection].map(([clientIsn, ofConnection]) => ({ clientIsn, flows: ofConnection }));
}
