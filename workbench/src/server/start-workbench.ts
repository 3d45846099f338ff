/**
 * Serves the workbench: the page, the built plugin, the dashboards, and a read-only proxy to the store.
 *
 * Invariants: listens on loopback by default; the page can reach nothing but this server (content security
 * policy); of the store only Loki's read paths are reachable, by GET and POST; answers of the API are never cached.
 */
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import path from 'node:path';
import { type AddressInfo } from 'node:net';
import { listDashboards, readDashboard } from './dashboards';
import { readDataSources } from './datasources';
import { listPlugins } from './plugins';
import { registerStoreProxy } from './store-proxy';

interface WorkbenchOptions {
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Base URL of the Loki API: http://…, https://… or unix:/path/to.sock. */
  readonly storeUrl: string;
  /** The built plugin: folder with plugin.json and module.js. */
  readonly distDir: string;
  /** The built page: what buildPage wrote. */
  readonly pageDir: string;
  /** Folder of dashboard JSON files. */
  readonly dashboardsDir: string;
  /** Folder of datasource provisioning files; default: `../datasources` from the dashboards. */
  readonly datasourcesDir?: string;
}

export interface Workbench {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** `style-src` allows inline styles because Grafana's components write theirs from JavaScript. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const host = options.host ?? '127.0.0.1';
  const datasourcesDir = options.datasourcesDir ?? path.join(options.dashboardsDir, '..', 'datasources');
  const server = Fastify({ logger: false, forceCloseConnections: true });

  addSecurityHeaders(server);
  refuseForeignNames(server, host);
  registerApi(server, { dashboardsDir: options.dashboardsDir, datasourcesDir, distDir: options.distDir });
  registerStoreProxy(server, { storeUrl: options.storeUrl, datasourcesDir });
  registerFiles(server, options);

  await server.listen({ host, port: options.port });
  const { port } = server.server.address() as AddressInfo;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shownHost}:${port}`, port, close: () => server.close() };
}

function addSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    // Files are revalidated by ETag on each request, so a new build shows after a reload.
    reply.header('cache-control', request.url.startsWith('/api/') ? 'no-store' : 'no-cache');
  });
}

/**
 * On loopback only requests for loopback's own names are answered: a foreign page whose name resolves to 127.0.0.1 (DNS
 * rebinding) could otherwise read the records through the visitor's browser.
 */
function refuseForeignNames(server: FastifyInstance, host: string): void {
  if (!isLoopback(host)) {
    return;
  }
  server.addHook('onRequest', async (request, reply) => {
    if (!isLoopback(request.hostname)) {
      return reply.code(421).send({ message: `This workbench answers on ${host} only.` });
    }
  });
}

function isLoopback(name: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(name);
}

interface ApiFolders {
  readonly dashboardsDir: string;
  readonly datasourcesDir: string;
  readonly distDir: string;
}

/** The few endpoints of Grafana's HTTP API that the page asks, in Grafana's shapes. */
function registerApi(server: FastifyInstance, folders: ApiFolders): void {
  server.get('/api/health', async () => ({ database: 'ok' }));
  server.get('/api/search', async () => listDashboards(folders.dashboardsDir));
  server.get('/api/frontend/settings', async () => ({
    datasources: await readDataSources(folders.datasourcesDir),
    plugins: await listPlugins(folders.distDir),
  }));
  server.get<{ Params: { uid: string } }>('/api/dashboards/uid/:uid', async (request, reply) => {
    const dashboard = await readDashboard(folders.dashboardsDir, request.params.uid);
    if (dashboard === undefined) {
      return reply.code(404).send({ message: 'Dashboard not found' });
    }
    return { dashboard, meta: { canSave: false, canEdit: false, provisioned: true } };
  });
}

function registerFiles(server: FastifyInstance, { distDir, pageDir }: WorkbenchOptions): void {
  server.register(fastifyStatic, {
    root: path.resolve(distDir),
    prefix: '/public/plugins/bpfnet-networklogs-app/',
    cacheControl: false,
    dotfiles: 'ignore',
  });
  server.register(fastifyStatic, {
    root: path.resolve(pageDir),
    prefix: '/',
    decorateReply: false,
    wildcard: true,
    index: ['index.html'],
    cacheControl: false,
    dotfiles: 'ignore',
  });
  server.get('/d/*', (_request, reply) => reply.sendFile('index.html', path.resolve(pageDir)));
  server.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (wantsPage && !request.url.startsWith('/api/') && !request.url.startsWith('/public/')) {
      return reply.code(404).sendFile('index.html', path.resolve(pageDir));
    }
    return reply.code(404).send({ message: `Not found: ${request.url.split('?')[0]}` });
  });
}
