/** What all recordings need: programs that are there, servers on loopback in throwaway directories, tcpdump, raw sockets. */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Recording {
  readonly name: string;
  /** Programs without which it cannot be made. */
  readonly needs: readonly string[];
  record(session: Session): Promise<void>;
}

/** What is sent: bytes, or what follows from the last thing that came. */
export type Part = string | Uint8Array | ((received: Buffer) => Uint8Array);

/** One server with its directory, and what tcpdump sees of its port. */
export class Session {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'bpfnet-record-'));
  private readonly children: ChildProcess[] = [];
  private dump: ChildProcess | undefined;
  private dumpSaid = '';

  constructor(
    readonly port: number,
    private readonly file: string
  ) {}

  directory(name: string): string {
    const directory = path.join(this.folder, name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  /** Starts a server and waits until its port answers. */
  async serve(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
    this.children.push(child);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    for (let tries = 0; tries < 150; tries++) {
      if (child.exitCode !== null) {
        throw new Error(`${command} ended with ${child.exitCode}: ${said}`);
      }
      if (await answers(this.port)) {
        return;
      }
      await pause(100);
    }
    throw new Error(`${command} does not listen on port ${this.port}: ${said}`);
  }

  /** Starts to capture. What the server was asked before, to see that it is there, is not in the recording. */
  async capture(filter = `tcp port ${this.port}`): Promise<void> {
    await pause(300);
    const args = ['-Z', 'root', '-i', 'lo', '-U', '--immediate-mode', '-B', '65536', '--nano', '-w', this.file, filter];
    const dump = spawn('tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.dump = dump;
    await new Promise<void>((resolve, reject) => {
      dump.stderr.setEncoding('utf8').on('data', (text: string) => {
        this.dumpSaid += text;
        if (this.dumpSaid.includes('listening on')) {
          resolve();
        }
      });
      dump.once('exit', () => reject(new Error(`tcpdump: ${this.dumpSaid}`)));
    });
    await pause(300);
  }

  /** Runs a client to its end; that it fails may be what is recorded. */
  run(command: string, args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): string {
    try {
      return execFileSync(command, args, {
        encoding: 'utf8',
        timeout: 20_000,
        input: options.input ?? '',
        env: { ...process.env, ...options.env },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Sends each text when the one before it was answered, or after `waitMs`; then closes. */
  async talk(parts: readonly Part[], waitMs = 60): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port: this.port, noDelay: true });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined).on('data', (bytes) => (received = bytes));
    await new Promise((resolve) => socket.once('connect', resolve));
    for (const part of parts) {
      const bytes = typeof part === 'function' ? part(received) : part;
      if (socket.writable && bytes.length > 0) {
        socket.write(bytes);
      }
      await pause(waitMs);
    }
    socket.end();
    await closed;
  }

  async close(): Promise<void> {
    await pause(1200);
    for (const child of [...(this.dump === undefined ? [] : [this.dump]), ...this.children]) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await ended;
        clearTimeout(timer);
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Packets that tcpdump had no room for; known once it ended. */
  get dropped(): number {
    return Number(/(\d+) packets? dropped by kernel/.exec(this.dumpSaid)?.[1] ?? 0);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port of loopback that nobody listens on. */
export function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error())
      );
    });
  });
}

/** Where a program is: as its path says, on PATH, or where Debian keeps a server's programs. */
export function find(program: string): string | undefined {
  const postgres = '/usr/lib/postgresql';
  const versions = existsSync(postgres) ? readdirSync(postgres).map((v) => path.join(postgres, v, 'bin')) : [];
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', ...versions];
  return [program, ...folders.map((folder) => path.join(folder, program))]
    .filter(path.isAbsolute)
    .find((file) => existsSync(file));
}

export function mustFind(program: string): string {
  const found = find(program);
  if (found === undefined) {
    throw new Error(`${program} is not installed.`);
  }
  return found;
}
