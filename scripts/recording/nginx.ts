import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { mustFind, type Recording, type Session } from './recorder';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Starts nginx with what stands inside its `http` block. */
export async function serveNginx(session: Session, http: string): Promise<void> {
  const { folder } = session;
  const configuration = path.join(folder, 'nginx.conf');
  writeFileSync(
    configuration,
    `daemon off; ${process.getuid?.() === 0 ? 'user root;' : ''} pid ${folder}/pid; error_log stderr; events {}
     http {
       access_log off; types { text/html html; text/plain txt; }
       ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
       ${http}
     }\n`
  );
  await session.serve(mustFind('nginx'), ['-e', 'stderr', '-p', folder, '-c', configuration]);
}

export const nginx: Recording = {
  name: 'nginx',
  needs: ['nginx', 'curl'],
  async record(session) {
    const { port } = session;
    const root = session.directory('root');
    writeFileSync(path.join(root, 'small.txt'), 'small\n');
    writeFileSync(path.join(root, 'page.html'), `<p>${'words and words '.repeat(500)}</p>\n`);
    await serveNginx(
      session,
      `gzip on; gzip_min_length 100;
       server {
         listen 127.0.0.1:${port}; root ${root};
         location /old { return 301 /small.txt; }
         location /broken { return 503; }
         location /hangup { return 444; }
       }`
    );
    await session.capture();
    const base = `http://127.0.0.1:${port}`;
    const curl = (...args: readonly string[]) => session.run('curl', ['-s', '-o', '/dev/null', ...args]);
    // One connection for all of a call.
    curl(`${base}/small.txt?token=secret`, `${base}/missing`, '-o', '/dev/null', `${base}/old`, '-o', '/dev/null');
    curl('--compressed', `${base}/page.html`);
    curl('-I', `${base}/page.html`);
    curl('-r', '0-99', `${base}/page.html`);
    curl('-X', 'POST', '-d', 'name=secret', `${base}/small.txt`);
    curl(`${base}/broken`);
    curl(`${base}/hangup`);
    const get = (target: string, extra = '') => `GET ${target} HTTP/1.1\r\nHost: shop.example\r\n${extra}\r\n`;
    const gzip = 'Accept-Encoding: gzip\r\n';
    await session.talk([get('/small.txt') + get('/page.html', gzip) + get('/missing') + get('/broken')]);
    await session.talk([get('/page.html', gzip).slice(0, 30), get('/page.html', gzip).slice(30)]);
  },
};
