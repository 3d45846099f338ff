import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { mustFind, type Recording } from './recorder';
import { serveNginx } from './nginx';

export const tls: Recording = {
  name: 'tls',
  needs: ['nginx', 'curl', 'openssl'],
  async record(session) {
    const { port, folder } = session;
    const key = path.join(folder, 'key.pem');
    const certificate = path.join(folder, 'certificate.pem');
    const subject = ['-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example', '-days', '30'];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync(
      mustFind('openssl'),
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...files, ...subject],
      { stdio: ['ignore', 'ignore', 'pipe'] }
    );
    writeFileSync(path.join(session.directory('root'), 'small.txt'), 'small\n');
    await serveNginx(
      session,
      `ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_protocols TLSv1.2 TLSv1.3;
       server { listen 127.0.0.1:${port} ssl http2; root ${folder}/root; }`
    );
    await session.capture();
    const url = `https://shop.example:${port}/small.txt`;
    const curl = (...args: readonly string[]) =>
      session.run('curl', ['-s', '-o', '/dev/null', '--resolve', `shop.example:${port}:127.0.0.1`, ...args]);
    curl('--cacert', certificate, url);
    curl('--cacert', certificate, '--http1.1', url, url, '-o', '/dev/null');
    curl('--cacert', certificate, '--tls-max', '1.2', url);
    // The client trusts nobody, and says so in an alert.
    curl(url);
    curl('--tls-max', '1.2', url);
    curl('-k', '--no-alpn', `https://127.0.0.1:${port}/small.txt`);
    // The server speaks none of what the client can.
    const openssl = (...args: readonly string[]) =>
      session.run(mustFind('openssl'), ['s_client', '-connect', `127.0.0.1:${port}`, ...args]);
    openssl('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
    openssl('-tls1_2', '-cipher', 'AES128-SHA', '-servername', 'other.example');
    // A curve that the server has to ask for.
    openssl('-tls1_3', '-groups', 'X448:P-256', '-servername', 'shop.example');
    // Plain text where TLS is expected.
    await session.talk(['GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n']);
  },
};
