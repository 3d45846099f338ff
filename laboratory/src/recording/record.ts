/**
 * Records a short run of the laboratory into one pcapng for each host, `HOST.pcapng.gz`, and a file with the owners of its NICs:
 * for demos and tests on machines where no namespaces can be made. Needs root, because tcpdump drops its privileges and cannot do so in
 * a user namespace. A packet's direction comes from separate captures of incoming and outgoing packets.
 */
import { type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { writeOwners } from '../collector-setup';
import { type Laboratory, type LaboratoryHost, startLaboratory } from '../laboratory';
import { LaboratoryError } from '../laboratory-error';
import { eachLine } from '../lines';
import { HOSTS, NIC } from '../topology';
import { type RequestMade } from '../services/request-made';
import { type Dropped } from '../wire/dropped';
import { faultChange } from '../wire/fault';
import { readPcap } from './pcap-reader';
import { type RecordedNic, type RecordedPacket, writePcapng } from './pcapng-writer';
import { shorten } from './shorten';

interface RecordOptions {
  readonly outDir: string;
  /** Faults of the wire, one after the other, with traffic throughout; the recording continues for 3.5 s after the last. */
  readonly phases: readonly Phase[];
  readonly rate: number;
  readonly seed: number;
  /** Also writes what really happened, as `truth.json` (`RecordedTruth`). */
  readonly withTruth?: boolean;
}

export const phaseList = z.array(z.strictObject({ seconds: z.number().positive(), fault: faultChange }));

export type Phase = Readonly<z.infer<typeof phaseList>[number]>;

/** The ground truth to compare an analysis of the captures with. */
export interface RecordedTruth {
  /** Every frame that the wire dropped. */
  readonly dropped: readonly Dropped[];
  /** As the client logged them. */
  readonly requests: readonly RequestMade[];
}

interface RecordedFile {
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
}

interface Tap {
  readonly host: string;
  readonly nic: RecordedNic;
  readonly direction: RecordedPacket['direction'];
  readonly file: string;
  /** Ends it, and throws where it dropped packets: a recording must be complete. */
  end(): Promise<void>;
}

/** Without immediate mode, packets still in the kernel's ring are lost at the end. */
const TCPDUMP_OPTIONS = ['-Z', 'root', '-n', '--immediate-mode', '-B', '32768', '--time-stamp-precision', 'nano'];
/** From the end of the traffic to the end of the recording: keep-alive connections close meanwhile. */
const SETTLE_MS = 3500;

export async function recordLaboratory(options: RecordOptions): Promise<readonly RecordedFile[]> {
  if (process.geteuid?.() !== 0) {
    throw new LaboratoryError('a recording needs root: tcpdump does not run in a user namespace');
  }
  const runDir = mkdtempSync(join(tmpdir(), 'bpfnet-record-'));
  try {
    const { rate, seed } = options;
    const laboratory = await startLaboratory({ runDir, rate, seed, holdTraffic: true });
    try {
      const taps = await openTaps(laboratory, runDir);
      for (const { seconds, fault } of options.phases) {
        await laboratory.setFault(fault);
        laboratory.beginTraffic();
        await delay(seconds * 1000);
      }
      laboratory.pauseTraffic();
      await delay(SETTLE_MS);
      await Promise.all(taps.map((tap) => tap.end()));
      mkdirSync(options.outDir, { recursive: true });
      if (options.withTruth === true) {
        await writeTruth(laboratory, join(options.outDir, 'truth.json'));
      }
      return laboratory.hosts.map((host) => writeHost(host, taps, options.outDir));
    } finally {
      await laboratory.stop();
    }
  } finally {
    rmSync(runDir, { recursive: true });
  }
}

async function writeTruth(laboratory: Laboratory, path: string): Promise<void> {
  const truth: RecordedTruth = {
    dropped: await laboratory.droppedByWire(),
    requests: await laboratory.requestsMade(),
  };
  const lines = (key: keyof RecordedTruth): string => truth[key].map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  writeFileSync(path, `{\n  "dropped": [\n${lines('dropped')}\n  ],\n  "requests": [\n${lines('requests')}\n  ]\n}\n`);
}

function openTaps(laboratory: Laboratory, runDir: string): Promise<readonly Tap[]> {
  const opening = HOSTS.flatMap(({ name: host, pod }) => {
    // The underlay is a TAP device in place of the host's physical NIC; records call it what it is.
    const onHost = [
      [NIC.underlay, 'tun'],
      [NIC.tunnel, 'vxlan'],
      [NIC.bridge, 'bridge'],
      [pod.vethName, 'veth'],
    ];
    const podNic = { name: NIC.pod, description: `host=${host} kind=veth netns=${pod.name}` };
    const places = [
      ...onHost.map(([name, kind]) => ({ where: { host }, nic: { name, description: `host=${host} kind=${kind}` } })),
      { where: { host, pod: pod.name }, nic: podNic },
    ];
    return places.flatMap(({ where, nic }, i) =>
      (['in', 'out'] as const).map(async (direction): Promise<Tap> => {
        const file = join(runDir, `${host}.${i}.${direction}.pcap`);
        const tcpdump = ['tcpdump', ...TCPDUMP_OPTIONS, '-i', nic.name, '-Q', direction, '-w', file];
        const child = laboratory.exec(where, tcpdump, { stdio: ['ignore', 'ignore', 'pipe'] });
        const said = await listening(child);
        const end = async (): Promise<void> => {
          await endOf(child, 'SIGINT');
          const lost = said.find((line) => /^[1-9]\d* packets dropped by (kernel|interface)/.test(line));
          if (lost !== undefined) {
            throw new LaboratoryError(`tcpdump on ${nic.name} of ${host}: ${lost}; record again on a quieter machine`);
          }
        };
        return { host, nic, direction, file, end };
      })
    );
  });
  return Promise.all(opening);
}

/** Resolves with the lines of its standard error, to which later ones are added. */
function listening(tcpdump: ChildProcess): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    tcpdump.once('error', reject);
    tcpdump.once('exit', () => reject(new LaboratoryError(`tcpdump: ${said.join(' ')}`)));
    if (tcpdump.stderr !== null) {
      eachLine(tcpdump.stderr, (line) => {
        said.push(line);
        if (line.includes('listening on')) {
          resolve(said);
        }
      });
    }
  });
}

function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill(signal);
  });
}

function writeHost(host: LaboratoryHost, taps: readonly Tap[], outDir: string): RecordedFile {
  const ofHost = taps.filter((tap) => tap.host === host.name);
  const nics = [...new Set(ofHost.map((tap) => tap.nic))];
  const packets = ofHost.flatMap(({ nic, direction, file }) =>
    readPcap(readFileSync(file)).map(({ tsNs, bytes, originalBytes }): RecordedPacket => {
      return { nic: nics.indexOf(nic), tsNs, direction, bytes: shorten(bytes), originalBytes };
    })
  );
  packets.sort((a, b) => (a.tsNs < b.tsNs ? -1 : a.tsNs > b.tsNs ? 1 : 0));
  const path = join(outDir, `${host.name}.pcapng.gz`);
  const file = gzipSync(writePcapng({ application: 'bpfnet laboratory', nics, packets }), { level: 9 });
  writeFileSync(path, file);
  writeOwners(host, outDir);
  return { path, packets: packets.length, bytes: file.length };
}
