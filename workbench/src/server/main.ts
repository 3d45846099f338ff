import { Command, InvalidArgumentError } from 'commander';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { startWorkbench } from './start-workbench';

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly store: string;
  readonly plugin: string;
  readonly page: string;
  readonly dashboards: string;
}

/** Both the bundle (workbench/dist/server) and the source (workbench/src/server) are three folders below the root. */
const ROOT = path.resolve(__dirname, '../../..');

async function main(): Promise<void> {
  const flags = new Command('bpfnet-workbench')
    .description('Shows the provisioned dashboards without a Grafana server.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 for any free one', parsePort, 3181)
    .option(
      '--store <url>',
      'base URL of the Loki API: http://…, https://… or unix:/path/to.sock',
      process.env.BPFNET_STORE_URL ?? 'http://127.0.0.1:3180'
    )
    .option('--plugin <dir>', 'the built plugin', path.join(ROOT, 'dist'))
    .option('--page <dir>', 'the built page', path.join(ROOT, 'workbench/dist/page'))
    .option('--dashboards <dir>', 'dashboard JSON files', path.join(ROOT, 'provisioning/dashboards'))
    .parse()
    .opts<Flags>();

  for (const [what, dir] of [
    ['plugin', flags.plugin],
    ['workbench', flags.page],
  ] as const) {
    if (!existsSync(dir)) {
      throw new Error(`${dir} is missing; build it: npm run build -- ${what}`);
    }
  }
  const workbench = await startWorkbench({
    host: flags.host,
    port: flags.port,
    storeUrl: flags.store,
    distDir: flags.plugin,
    pageDir: flags.page,
    dashboardsDir: flags.dashboards,
  });
  process.stdout.write(`workbench at ${workbench.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void workbench.close());
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new InvalidArgumentError('must be a port from 0 (any free one) to 65535');
  }
  return port;
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`bpfnet-workbench: ${message}\n`);
  process.exitCode = 1;
});
