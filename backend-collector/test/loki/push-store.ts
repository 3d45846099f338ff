/** A store for tests: a real HTTP server that answers as configured and keeps what was pushed to it. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface Push {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly streams: ReadonlyArray<{
    readonly stream: Readonly<Record<string, string>>;
    readonly values: ReadonlyArray<readonly [string, string]>;
  }>;
}

export type Behaviour = (response: ServerResponse, push: Push, socket: Socket) => void;

export const accept: Behaviour = (response) => void response.writeHead(204).end();
export const refuse =
  (status: number, text = '', headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end(text);
export const hang: Behaviour = () => undefined;
export const hangUp: Behaviour = (_, __, socket) => void socket.destroy();

export class PushStore {
  readonly pushes: Push[] = [];
  /** Those that were answered with 204. */
  readonly accepted: Push[] = [];
  connections = 0;
  behaviour: Behaviour;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  /** Answers by the given behaviours, one a push, then by the last of them. */
  constructor(...behaviours: readonly Behaviour[]) {
    const left = [...behaviours];
    this.behaviour = (response, push, socket) => {
      const next = left.length > 1 ? left.shift() : left[0];
      (next ?? accept)(response, push, socket);
    };
  }

  /** Listens on a free port of loopback, on the port given, or on a Unix socket. */
  async listen(at: number | string = 0): Promise<string> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as { streams: Push['streams'] };
        const push: Push = { headers: request.headers, path: request.url ?? '', streams: body.streams };
        this.pushes.push(push);
        response.on('finish', () => {
          if (response.statusCode === 204) {
            this.accepted.push(push);
          }
        });
        this.behaviour(response, push, request.socket);
      });
    });
    this.server.on('connection', (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) =>
      typeof at === 'string' ? this.server?.listen(at, resolve) : this.server?.listen(at, '127.0.0.1', resolve)
    );
    return typeof at === 'string' ? `unix:${at}` : `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The lines that the store took, in the order in which they came. */
  get lines(): string[] {
    return this.accepted.flatMap((push) => push.streams.flatMap((stream) => stream.values.map(([, line]) => line)));
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise<void>((resolve) => (this.server === undefined ? resolve() : this.server.close(() => resolve())));
  }
}
