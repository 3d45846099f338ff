/**
 * The page's way to the store: `/api/datasources/proxy/uid/<uid>/<path>`, as Grafana's proxy. Only Loki's read paths pass,
 * by GET and POST; of the browser's headers only the content type is forwarded, so no credentials reach the store.
 */
import { type FastifyInstance } from 'fastify';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { readDataSources } from './datasources';

interface StoreProxyOptions {
  readonly storeUrl: string;
  readonly datasourcesDir: string;
}

const READ_PATHS: readonly RegExp[] = [
  /^loki\/api\/v1\/query_range$/,
  /^loki\/api\/v1\/query$/,
  /^loki\/api\/v1\/labels$/,
  /^loki\/api\/v1\/label\/[A-Za-z_][A-Za-z0-9_]*\/values$/,
  /^loki\/api\/v1\/series$/,
  /^loki\/api\/v1\/index\/stats$/,
  /^loki\/api\/v1\/status\/buildinfo$/,
  /^ready$/,
];

const MAX_BODY_BYTES = 1 << 20;
const TIMEOUT_MS = 120_000;

function isReadPath(path: string): boolean {
  return READ_PATHS.some((pattern) => pattern.test(path));
}

export function registerStoreProxy(server: FastifyInstance, { storeUrl, datasourcesDir }: StoreProxyOptions): void {
  const store = parseStoreUrl(storeUrl);
  server.register(async (scope) => {
    // Bodies are forwarded unread.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
      done(null, body)
    );
    scope.route<{ Params: { uid: string; '*': string }; Body: Buffer | undefined }>({
      method: ['GET', 'POST'],
      url: '/api/datasources/proxy/uid/:uid/*',
      handler: async (request, reply) => {
        const known = await readDataSources(datasourcesDir);
        if (!known.some(({ uid }) => uid === request.params.uid)) {
          return reply.code(404).send({ message: `No datasource has the uid "${request.params.uid}".` });
        }
        const path = request.params['*'];
        if (!isReadPath(path)) {
          return reply.code(403).send({ message: 'The workbench forwards read requests only.' });
        }
        const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
        let answer: IncomingMessage;
        try {
          answer = await ask(store, {
            method: request.method,
            path: `${store.basePath}/${path}${query}`,
            contentType: request.headers['content-type'],
            body: request.body,
            aborted: abortedBy(reply.raw),
          });
        } catch {
          return reply.code(502).send({
            message: `The store at ${store.shown} does not respond. Is it running? Start it with "npm start", or set its address with --store.`,
          });
        }
        reply.code(answer.statusCode ?? 502);
        reply.header('content-type', answer.headers['content-type'] ?? 'application/octet-stream');
        return reply.send(answer);
      },
    });
  });
}

interface Store {
  /** The address without credentials. */
  readonly shown: string;
  readonly basePath: string;
  readonly target: RequestOptions;
  readonly request: typeof http.request;
}

/** `http(s)://host:port[/base]` or `unix:/path/to.sock`. Throws where it is neither. */
function parseStoreUrl(storeUrl: string): Store {
  if (storeUrl.startsWith('unix:')) {
    return {
      shown: storeUrl,
      basePath: '',
      target: { socketPath: storeUrl.slice('unix:'.length).replace(/^\/\//, ''), host: 'localhost' },
      request: http.request,
    };
  }
  const url = new URL(storeUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`The store's address must begin with http:, https: or unix:, not ${url.protocol}`);
  }
  return {
    shown: url.origin,
    basePath: url.pathname.replace(/\/$/, ''),
    target: {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      auth: url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
    },
    request: url.protocol === 'https:' ? https.request : http.request,
  };
}

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: Buffer | undefined;
  readonly aborted: AbortSignal;
}

function ask(store: Store, { method, path, contentType, body, aborted }: Ask): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = store.request({
      ...store.target,
      method,
      path,
      timeout: TIMEOUT_MS,
      signal: aborted,
      headers: {
        ...(body === undefined ? {} : { 'content-length': body.length }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
    });
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout: the store did not respond')));
    outgoing.end(body);
  });
}

/** Cancels the store's request when the browser has gone. */
function abortedBy(response: NodeJS.EventEmitter & { readonly writableFinished: boolean }): AbortSignal {
  const abort = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) {
      abort.abort();
    }
  });
  return abort.signal;
}
