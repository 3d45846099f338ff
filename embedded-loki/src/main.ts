import { Command, InvalidArgumentError } from 'commander';
import { startStore } from './index';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly socket?: string;
  readonly file: string;
  readonly retentionHours?: number;
  readonly retentionGb?: number;
  readonly corsOrigin?: string;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) {
    throw new InvalidArgumentError('must be a number greater than 0');
  }
  return value;
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('must be a port from 0 (any free one) to 65535');
  }
  return value;
}

const options = new Command('bpfnet-store')
  .description("A single-machine store for network logs that speaks Loki's HTTP API")
  .option('--host <address>', 'address to listen on; the store has no authentication', '127.0.0.1')
  .option('--port <port>', 'port to listen on, 0 for any free one', portNumber, 3100)
  .option('--socket <path>', 'additional Unix domain socket to listen on')
  .option('--file <path>', 'DuckDB file, or :memory:', '.bpfnet/store.duckdb')
  .option('--retention-hours <hours>', 'delete entries older than this', positive)
  .option('--retention-gb <gigabytes>', 'delete the oldest entries above this size', positive)
  .option('--cors-origin <origin>', 'allow pages of this origin to read the store (CORS)')
  .parse()
  .opts<Options>();

async function main(): Promise<void> {
  const { host, port, socket, file, retentionHours, retentionGb, corsOrigin } = options;
  const store = await startStore({
    host,
    port,
    socketPath: socket,
    file,
    corsOrigin,
    retention: {
      maxAgeMs: retentionHours === undefined ? undefined : retentionHours * 3_600_000,
      maxBytes: retentionGb === undefined ? undefined : retentionGb * 1e9,
    },
    logger: { info: (message) => console.error(message), error: (message) => console.error(message) },
  });
  process.stdout.write(`${store.url}\n`);

  const stop = () => {
    store.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exit(1);
      }
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
