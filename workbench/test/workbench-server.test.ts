import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startWorkbench, type Workbench } from '../src/server/start-workbench';

const ROOT = path.join(__dirname, '..', '..');

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

describe('the workbench server', () => {
  let dir: string;
  let store: Server;
  let storeUrl: string;
  let seen: Seen[];
  let workbench: Workbench;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'bpfnet-workbench-'));
    write('page/index.html', '<!doctype html><title>page</title>');
    write('page/assets/main.js', 'export {};');
    write('dist/plugin.json', '{"id":"app","type":"app","name":"App"}');
    write('dist/panels/one/plugin.json', '{"id":"one","type":"panel","name":"One"}');
    write('dist/panels/one/module.js', 'define([], () => ({}));');
    write('secret.txt', 'not to be served');
    store = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        const bad = url.includes('bad');
        response.writeHead(bad ? 400 : 200, { 'content-type': bad ? 'text/plain' : 'application/json' });
        response.end(bad ? 'parse error at line 1' : '{"status":"success"}');
      });
    });
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
    storeUrl = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
    workbench = await start(storeUrl);
  });

  beforeEach(() => {
    seen = [];
  });

  afterAll(async () => {
    await workbench.close();
    await new Promise((resolve) => store.close(resolve));
    rmSync(dir, { recursive: true, force: true });
  });

  function write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }

  function start(url: string): Promise<Workbench> {
    return startWorkbench({
      port: 0,
      storeUrl: url,
      distDir: path.join(dir, 'dist'),
      pageDir: path.join(dir, 'page'),
      dashboardsDir: path.join(ROOT, 'provisioning/dashboards'),
    });
  }

  /** Without fetch, which would tidy up the paths and the Host header that some tests are about. */
  function ask(target: string, { method = 'GET', headers = {}, body }: Ask = {}, port = workbench.port) {
    return new Promise<Answer>((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, path: target, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          })
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  it('listens on loopback and reports its address', () => {
    expect(workbench.url).toBe(`http://127.0.0.1:${workbench.port}`);
  });

  it.each(['/', '/d/bpfnet-requests', '/d/bpfnet-request/slug?var-request_id=1'])(
    'serves the page at %s',
    async (at) => {
      const { status, body, headers } = await ask(at);
      expect(status).toBe(200);
      expect(body).toContain('<title>page</title>');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("connect-src 'self'");
      expect(headers['content-security-policy']).not.toContain('unsafe-eval');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  );

  it('serves the page with 404 where a browser asks for what does not exist, so that it can say so', async () => {
    const { status, body } = await ask('/nowhere', { headers: { accept: 'text/html' } });
    expect(status).toBe(404);
    expect(body).toContain('<title>page</title>');
  });

  it('serves built modules with the security headers', async () => {
    const { status, headers } = await ask('/public/plugins/bpfnet-networklogs-app/panels/one/module.js');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/javascript/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/public/plugins/bpfnet-networklogs-app/..%2f..%2fsecret.txt',
    '/public/plugins/bpfnet-networklogs-app/%2e%2e/%2e%2e/secret.txt',
  ])('serves nothing outside of its folders: %s', async (at) => {
    const { status, body } = await ask(at);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain('not to be served');
  });

  it('lists dashboards by title', async () => {
    const hits = JSON.parse((await ask('/api/search')).body) as Array<{ uid: string; title: string; url: string }>;
    expect(hits.map(({ uid, title, url }) => ({ uid, title, url }))).toEqual([
      { uid: 'bpfnet-connection', title: 'Connection', url: '/d/bpfnet-connection' },
      { uid: 'bpfnet-request', title: 'Request', url: '/d/bpfnet-request' },
      { uid: 'bpfnet-requests', title: 'Requests', url: '/d/bpfnet-requests' },
    ]);
  });

  it('serves a dashboard by uid, and 404 for another', async () => {
    const known = await ask('/api/dashboards/uid/bpfnet-requests');
    expect((JSON.parse(known.body) as { dashboard: { title: string } }).dashboard.title).toBe('Requests');
    expect((await ask('/api/dashboards/uid/none')).status).toBe(404);
  });

  it('lists datasources and plugins for the page, without the addresses of stores', async () => {
    const { body } = await ask('/api/frontend/settings');
    const settings = JSON.parse(body) as {
      datasources: Array<{ uid: string; url: string }>;
      plugins: Array<{ meta: { id: string }; baseUrl: string }>;
    };
    expect(settings.datasources.map(({ uid, url }) => [uid, url])).toEqual([
      ['bpfnet-loki', '/api/datasources/proxy/uid/bpfnet-loki'],
      ['bpfnet-flows', '/api/datasources/proxy/uid/bpfnet-flows'],
    ]);
    expect(settings.plugins.map(({ meta, baseUrl }) => [meta.id, baseUrl])).toEqual([
      ['one', '/public/plugins/bpfnet-networklogs-app/panels/one'],
      ['app', '/public/plugins/bpfnet-networklogs-app'],
    ]);
    expect(body).not.toContain('BPFNET_LOKI_URL');
  });

  describe('towards the store', () => {
    const proxy = '/api/datasources/proxy/uid/bpfnet-loki';

    it('passes a query on as it is, but no header of the browser', async () => {
      const query = `query=${encodeURIComponent('{a="b"} |= "x+y"')}&limit=5`;
      const answer = await ask(`${proxy}/loki/api/v1/query_range?${query}`, {
        headers: { cookie: 'session=1', authorization: 'Bearer 1', 'x-scope-orgid': 'other' },
      });
      expect(answer.status).toBe(200);
      expect(answer.body).toBe('{"status":"success"}');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET /loki/api/v1/query_range?${query}`]);
      expect(seen[0].headers).not.toHaveProperty('cookie');
      expect(seen[0].headers).not.toHaveProperty('authorization');
      expect(seen[0].headers).not.toHaveProperty('x-scope-orgid');
    });

    it('passes a form on', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      await ask(`${proxy}/loki/api/v1/query`, { method: 'POST', headers, body: 'query=1%2B1' });
      expect(seen).toMatchObject([{ method: 'POST', body: 'query=1%2B1', headers }]);
    });

    it("hands back the store's own error", async () => {
      expect(await ask(`${proxy}/loki/api/v1/query?query=bad`)).toMatchObject({
        status: 400,
        body: 'parse error at line 1',
      });
    });

    it.each([
      ['POST', 'loki/api/v1/push', 403],
      ['POST', 'loki/api/v1/delete', 403],
      ['GET', 'loki/api/v1/label/x%2fy/values', 403],
      ['GET', 'loki/api/v1/query/../push', 403],
      ['GET', 'metrics', 403],
      ['DELETE', 'loki/api/v1/query', 404],
      ['PUT', 'loki/api/v1/query', 404],
    ])('lets %s %s not through', async (method, at, status) => {
      expect((await ask(`${proxy}/${at}`, { method, body: method === 'POST' ? '{}' : undefined })).status).toBe(status);
      expect(seen).toEqual([]);
    });

    it('knows only provisioned datasources', async () => {
      expect((await ask('/api/datasources/proxy/uid/other/loki/api/v1/labels')).status).toBe(404);
      expect(seen).toEqual([]);
    });

    it('says what to do where the store is down, without its credentials', async () => {
      const lonely = await start('http://user:pass@127.0.0.1:1');
      const answer = await ask(`${proxy}/loki/api/v1/labels`, {}, lonely.port);
      await lonely.close();
      expect(answer.status).toBe(502);
      expect(answer.body).toContain('The store at http://127.0.0.1:1 does not respond');
      expect(answer.body).not.toContain('pass');
    });

    it('reaches a store by a Unix domain socket', async () => {
      const socket = path.join(dir, 'store.sock');
      const byPath = http.createServer((request, response) => response.end(`at ${request.url}`));
      await new Promise<void>((resolve) => byPath.listen(socket, resolve));
      const beside = await start(`unix:${socket}`);
      const answer = await ask(`${proxy}/loki/api/v1/labels`, {}, beside.port);
      await beside.close();
      await new Promise((resolve) => byPath.close(resolve));
      expect(answer.body).toBe('at /loki/api/v1/labels');
    });
  });

  it.each(['evil.example', 'evil.example:80', '10.0.0.1'])('does not answer to the name %s', async (name) => {
    expect((await ask('/api/search', { headers: { host: name } })).status).toBe(421);
  });

  it('answers to localhost', async () => {
    expect((await ask('/api/search', { headers: { host: `localhost:${workbench.port}` } })).status).toBe(200);
  });

  it('names the address that it cannot use', async () => {
    await expect(start('ftp://127.0.0.1')).rejects.toThrow('must begin with http:, https: or unix:');
  });
});
