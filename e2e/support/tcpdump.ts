/** tcpdump on one NIC of the laboratory, as an independent witness. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Laboratory } from '@bpfnet/laboratory';
import { readPcap } from '@bpfnet/laboratory/recording/pcap-reader';
import { readSegment } from '@bpfnet/laboratory/wire/wire-frame';

export interface NicPlace {
  readonly host: string;
  readonly pod?: string;
  readonly nic: string;
}

/** Why there can be no tcpdump here; null where there can. */
export function tcpdumpMissing(): string | null {
  if (process.geteuid?.() !== 0) {
    return 'tcpdump gives its rights up and cannot in a user namespace; run this as root';
  }
  try {
    execFileSync('tcpdump', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'tcpdump is not installed';
  }
}

interface Tcpdump {
  /** Ends the capture. The TCP and UDP packets that it saw, those inside of the tunnel where there is one. */
  end(): Promise<{ readonly packets: number; readonly payloadBytes: number }>;
}

export async function startTcpdump(laboratory: Laboratory, place: NicPlace, folder: string): Promise<Tcpdump> {
  const file = path.join(folder, `${place.host}-${place.pod ?? ''}-${place.nic}.pcap`);
  // Heads only: tcpdump cuts its ring into frames of the snap length, and few large ones overflow on a busy machine.
  const ring = ['--immediate-mode', '-B', '8192', '-s', '256'];
  const command = ['tcpdump', '-Z', 'root', '-n', ...ring, '-i', place.nic, '-w', file];
  const child = laboratory.exec(place, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      said.push(line);
      if (line.includes('listening on')) {
        resolve();
      }
    });
    void closed.then(() => reject(new Error(said.join('\n'))));
  });
  return {
    end: async () => {
      child.kill('SIGINT');
      await closed;
      if (!said.includes('0 packets dropped by kernel')) {
        throw new Error(`tcpdump dropped packets: ${said.join('; ')}`);
      }
      const segments = readPcap(readFileSync(file)).flatMap(({ bytes }) => readSegment(bytes) ?? []);
      return {
        packets: segments.length,
        payloadBytes: segments.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0),
      };
    },
  };
}
