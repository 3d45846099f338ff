/** The store that tests ask over HTTP: a Loki (or whatever answers as one) at LOKI_URL, else the embedded store as its own process. */
import { spawn } from 'child_process';
import http from 'http';
import path from 'path';

export interface StoreUnderTest {
  readonly url: string;
  stop(): void;
}

const ROOT = path.join(__dirname, '../../../..');

export function startStoreUnderTest(): Promise<StoreUnderTest> {
  const given = process.env.LOKI_URL;
  if (given !== undefined) {
    return Promise.resolve({ url: given, stop: () => undefined });
  }
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'embedded-loki/src/main.ts', '--port', '0', '--file', ':memory:'],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }
    );
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child.stdout.on('data', (part: Buffer) =>
      resolve({ url: part.toString().trim(), stop: () => child.kill('SIGTERM') })
    );
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the store ended with ${code}: ${said.slice(-500)}`)));
  });
}

/** The body of an answer; rejects with status and body as Grafana's fetch does. */
export function send(
  target: URL,
  { method, body }: { readonly method: string; readonly body?: string }
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(target, { method, headers: { 'Content-Type': 'application/json' } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const data = Buffer.concat(parts).toString();
        const status = response.statusCode ?? 0;
        return status < 300 ? resolve(data) : reject({ status, data });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
