/**
 * Makes the captures in testdata/protocols anew: real servers on loopback, real clients, tcpdump. Needs root (or the right to capture) and the
 * servers; what is not installed is named and left as it is.
 *
 *   npx tsx scripts/record-protocols.ts [NAME …]
 *
 * Then look at what the collector says of them and keep it: UPDATE_GOLDEN=1 npx jest --selectProjects node -- protocol-recordings
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { dnsmasq } from './recording/dnsmasq';
import { grpc } from './recording/grpc';
import { nghttpd, nginxH2c } from './recording/h2c';
import { mysql } from './recording/mysql';
import { nginx } from './recording/nginx';
import { postgresql } from './recording/postgresql';
import { find, Session, unusedPort, type Recording } from './recording/recorder';
import { redis } from './recording/redis';
import { tls } from './recording/tls';
import { vsftpd } from './recording/vsftpd';

const RECORDINGS: readonly Recording[] = [
  ...[redis, mysql, postgresql],
  ...[nginx, nghttpd, nginxH2c, grpc, tls],
  ...[dnsmasq, vsftpd],
];
const FOLDER = path.join(__dirname, '../testdata/protocols');

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !RECORDINGS.some((recording) => recording.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no recording ${unknown}; there are ${RECORDINGS.map((r) => r.name).join(', ')}.`);
  }
  for (const recording of RECORDINGS) {
    if (asked.length === 0 || asked.includes(recording.name)) {
      await make(recording);
    }
  }
}

async function make(recording: Recording): Promise<void> {
  const missing = ['tcpdump', ...recording.needs].filter((program) => find(program) === undefined);
  if (missing.length > 0) {
    console.log(`${recording.name}: left as it is, since ${missing.join(', ')} is not installed`);
    return;
  }
  const port = await unusedPort();
  const raw = path.join(tmpdir(), `bpfnet-${recording.name}-${process.pid}.pcap`);
  const session = new Session(port, raw);
  try {
    await recording.record(session);
  } finally {
    await session.close();
  }
  if (session.dropped > 0) {
    throw new Error(`${recording.name}: tcpdump lost ${session.dropped} packets; make it again.`);
  }
  const file = path.join(FOLDER, `${recording.name}.pcap.gz`);
  writeFileSync(file, gzipSync(readFileSync(raw), { level: 9 }));
  console.log(`${recording.name}: ${statSync(raw).size} bytes captured, ${statSync(file).size} kept in ${file}`);
  rmSync(raw);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
