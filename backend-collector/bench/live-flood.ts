/** One run of the live bench, inside a network namespace of its own: `live-flood.ts PACKETS PAYLOAD_BYTES`. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openLiveSource } from '../src/capture/live/live-source';

async function main(): Promise<void> {
  const [packets, payloadBytes] = process.argv.slice(2);
  for (const command of [
    'link add flood0 address 02:00:00:00:00:01 type veth peer name flood1 address 02:00:00:00:00:02',
    'link set flood1 up',
    'link set flood0 up',
    'addr add 10.9.0.1/24 dev flood0',
    'neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev flood0',
  ]) {
    execFileSync('ip', command.split(' '));
  }
  const source = await openLiveSource({ nics: ['flood0'], filter: 'udp port 9999' });
  const cpuBefore = process.cpuUsage();
  const sender = spawn(
    process.execPath,
    ['--require', 'tsx/cjs', join(__dirname, 'flood-sender.ts'), '10.9.0.2', packets, payloadBytes],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const said = once(sender.stdout, 'data');
  sender.on('exit', () => void source.close());
  let seen = 0;
  for await (const batch of source.batches()) {
    while (batch.next()) {
      seen++;
    }
  }
  const cpu = process.cpuUsage(cpuBefore);
  const { sent, seconds } = JSON.parse(String((await said)[0])) as { sent: number; seconds: number };
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  process.stdout.write(JSON.stringify({ sent, seen, dropped: source.stats.kernelDrops, seconds, cpuSeconds }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
