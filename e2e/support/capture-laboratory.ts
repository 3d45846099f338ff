import { collectorArguments, type Laboratory } from '@bpfnet/laboratory';
import { COLLECTOR, type PrintedRecords, readCollector } from './collector';

/** Starts a collector on each host. @returns what ends them, with the records that each has printed, by host */
export async function captureOn(
  laboratory: Laboratory,
  runDir: string
): Promise<() => Promise<ReadonlyMap<string, PrintedRecords>>> {
  const running = await Promise.all(
    laboratory.hosts.map(async (host) => {
      const args = collectorArguments({ host, runDir }).slice(0, -4);
      const child = laboratory.exec({ host: host.name }, [process.execPath, COLLECTOR, ...args, '--output', 'ndjson'], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const collector = readCollector(child);
      await collector.said('capturing');
      return [host.name, collector] as const;
    })
  );
  return async () =>
    new Map(await Promise.all(running.map(async ([host, collector]) => [host, await collector.end()] as const)));
}
