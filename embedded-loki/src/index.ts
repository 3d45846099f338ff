/**
 * The embedded store: Loki's HTTP API on one machine, over one DuckDB file. It has no users and no passwords, and so
 * listens on loopback by default.
 */
import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { fastify } from 'fastify';
import { Counters } from './http/counters';
import { API_PREFIX, registerRoutes } from './http/routes';
import { tailSockets } from './http/tail-socket';
import { Appender } from './storage/append';
import { openDatabase } from './storage/database';
import { type Retention, sweep } from './storage/retention';
import { Reader } from './storage/reader';
import { StorageError } from './storage/storage-error';
import { StreamIndex } from './storage/stream-index';

interface StoreOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** An additional Unix domain socket to listen on: reachable by path from every network namespace. */
  readonly socketPath?: string;
  /** The DuckDB file, or `:memory:`. */
  readonly file: string;
  readonly retention?: Retention;
  /** Value of Access-Control-Allow-Origin, where a browser reads the store directly. */
  readonly corsOrigin?: string;
  readonly logger?: StoreLogger;
}

interface StoreLogger {
  info(message: string): void;
  error(message: string): void;
}

export interface RunningStore {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const silent: StoreLogger = { info: () => undefined, error: () => undefined };
const SWEEP_EVERY_MS = 60_000;

/** @throws StorageError if the file cannot be opened, or what Node reports if an address is taken. */
export async function startStore(options: StoreOptions): Promise<RunningStore> {
  const { host = '127.0.0.1', port, socketPath, file, retention = {}, corsOrigin, logger = silent } = options;
  const database = await openDatabase(file);
  const connection = await database.connect();
  const index = await StreamIndex.load(connection);
  const appender = new Appender(connection, index);
  const counters = new Counters();

  const app = fastify({ logger: false, forceCloseConnections: true });
  if (corsOrigin !== undefined) {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('Access-Control-Allow-Origin', corsOrigin);
      reply.header('Access-Control-Allow-Headers', 'Content-Type, Content-Encoding, X-Loki-Response-Encoding-Flags');
      if (request.method === 'OPTIONS') {
        await reply.code(204).send();
      }
    });
  }
  const parts = { appender, index, reader: new Reader(database), counters, nowNs };
  registerRoutes(app, parts);
  const tails = tailSockets(`${API_PREFIX}/tail`, parts);
  tails.serve(app.server);

  const sweeper = setInterval(() => {
    appender
      .exclusively((writer) => sweep({ connection: writer, database, index, retention, nowNs: nowNs() }))
      .then(({ deletedEntries, deletedStreams }) => {
        if (deletedEntries > 0) {
          counters.add('store_entries_dropped_total', deletedEntries, { stage: 'retention', reason: 'expired' });
          logger.info(`retention: ${deletedEntries} entries and ${deletedStreams} streams deleted`);
        }
      })
      .catch((error: unknown) => logger.error(`retention: ${error instanceof Error ? error.message : String(error)}`));
  }, SWEEP_EVERY_MS);
  sweeper.unref();

  const closeDatabase = async () => {
    clearInterval(sweeper);
    await appender.drain();
    connection.closeSync();
    await database.close();
  };
  let unixServer: Server | undefined;
  try {
    await app.listen({ host, port });
    unixServer = socketPath === undefined ? undefined : await listenOnSocket(socketPath, app.server);
  } catch (error) {
    await app.close();
    await closeDatabase();
    throw error;
  }

  const address = app.server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    close() {
      closing ??= (async () => {
        tails.close();
        unixServer?.close();
        unixServer?.closeAllConnections();
        await app.close();
        await closeDatabase();
      })();
      return closing;
    },
  };
}

const STARTED_NS = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** The wall clock, in nanoseconds, that does not step back between two calls. */
function nowNs(): bigint {
  const wall = BigInt(Date.now()) * 1_000_000n;
  const steady = STARTED_NS + process.hrtime.bigint();
  const drift = wall > steady ? wall - steady : steady - wall;
  return drift > 1_000_000_000n ? wall : steady;
}

async function listenOnSocket(path: string, main: Server): Promise<Server> {
  await removeStaleSocket(path);
  const server = createServer((request, response) => main.emit('request', request, response));
  server.on('upgrade', (...upgrade) => main.emit('upgrade', ...upgrade));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o660);
  return server;
}

/** A socket left behind by a killed process would block the path for ever. */
async function removeStaleSocket(path: string): Promise<void> {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing === undefined) {
    return;
  }
  if (!existing.isSocket()) {
    throw new StorageError('in-use', `${path} exists and is not a socket: name another path`);
  }
  const alive = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (alive) {
    throw new StorageError('in-use', `${path} is in use by another process: stop that process, or name another path`);
  }
  rmSync(path);
}
