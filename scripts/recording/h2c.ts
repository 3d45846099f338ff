/** HTTP/2 in clear text: nghttpd and nginx behind real clients. */
import { writeFileSync } from 'node:fs';
import { connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import path from 'node:path';
import { serveNginx } from './nginx';
import { mustFind, pause, type Recording, type Session } from './recorder';

function page(session: Session): string {
  const root = session.directory('root');
  writeFileSync(path.join(root, 'small.txt'), 'small\n');
  writeFileSync(path.join(root, 'page.html'), `<p>${'words and words '.repeat(3000)}</p>\n`);
  return root;
}

interface Ask {
  readonly headers: OutgoingHttpHeaders;
  readonly cancel?: boolean;
}

/** Requests at once on one connection; one with `cancel` is given up as soon as its answer begins. */
async function ask(port: number, requests: readonly Ask[]): Promise<void> {
  const client = connect(`http://127.0.0.1:${port}`);
  client.on('error', () => undefined);
  await Promise.all(
    requests.map(async ({ headers, cancel }) => {
      const request = client.request(headers);
      // That it fails may be what is recorded.
      const closed = new Promise((resolve) => request.on('error', () => undefined).once('close', resolve));
      if (cancel === true) {
        request.once('response', () => request.close(constants.NGHTTP2_CANCEL));
      } else {
        request.resume();
      }
      request.end();
      await Promise.race([closed, pause(2000)]);
    })
  );
  client.close();
  await pause(200);
  client.destroy();
}

const SEVERAL: readonly Ask[] = [
  {
    headers: {
      ':path': '/small.txt?token=secret',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  },
  { headers: { ':path': '/page.html', cookie: 'session=secret' } },
  { headers: { ':path': '/missing', authorization: 'Bearer secret' } },
  { headers: { ':path': '/page.html' }, cancel: true },
  { headers: { ':path': '/small.txt', ':method': 'HEAD', 'x-long': 'words '.repeat(500) } },
];

export const nghttpd: Recording = {
  name: 'nghttpd',
  needs: ['nghttpd', 'nghttp', 'h2load', 'curl'],
  async record(session) {
    const { port } = session;
    const root = page(session);
    const push = ['--push=/page.html=/small.txt', '--trailer=x-checksum: 7', '--echo-upload'];
    await session.serve(mustFind('nghttpd'), ['--no-tls', '--address=127.0.0.1', '-d', root, ...push, String(port)]);
    await session.capture();
    const base = `http://127.0.0.1:${port}`;
    const nghttp = (...args: readonly string[]) => session.run(mustFind('nghttp'), ['-n', ...args]);
    nghttp(`${base}/small.txt`);
    // The server pushes a second one.
    nghttp(`${base}/page.html`);
    nghttp('-d', path.join(root, 'page.html'), '--continuation', `${base}/small.txt`);
    nghttp('--no-dep', `${base}/missing`, `${base}/small.txt`, `${base}/page.html`);
    session.run('curl', ['-s', '-o', '/dev/null', '--http2-prior-knowledge', `${base}/small.txt`]);
    session.run(mustFind('h2load'), ['-n', '6', '-c', '1', '-m', '3', `${base}/small.txt`]);
    await ask(port, SEVERAL);
  },
};

export const nginxH2c: Recording = {
  name: 'nginx-h2c',
  needs: ['nginx', 'nghttp', 'curl'],
  async record(session) {
    const { port } = session;
    const root = page(session);
    await serveNginx(
      session,
      `server {
         listen 127.0.0.1:${port} http2; root ${root};
         location /broken { return 503; }
       }`
    );
    await session.capture();
    const base = `http://127.0.0.1:${port}`;
    const curl = (...args: readonly string[]) =>
      session.run('curl', ['-s', '-o', '/dev/null', '--http2-prior-knowledge', ...args]);
    curl(`${base}/small.txt`);
    curl('-d', 'name=secret', `${base}/small.txt`);
    session.run(mustFind('nghttp'), ['-n', `${base}/small.txt`, `${base}/broken`, `${base}/page.html`]);
    await ask(port, SEVERAL);
  },
};
