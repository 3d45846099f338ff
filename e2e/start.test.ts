/** `npm start`: its output, what it does where a port is taken or no laboratory can be made, and what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Demo, startDemo } from '../scripts/demo/demo';
import { readL7 } from './support/store-client';
import { waitFor } from './support/wait-for';

const ROOT = path.join(__dirname, '..');

interface Started {
  readonly process: ChildProcess;
  readonly output: () => string;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts', ...args], { cwd: ROOT });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  return { process: child, output: () => text };
}

const runFolders = (): string[] => readdirSync(tmpdir()).filter((name) => /^bpfnet-\w{6}$/.test(name));

it('takes another port where one is taken, and on Ctrl-C leaves nothing behind', async () => {
  const before = runFolders();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const started = start('--port', String(port), '--store-port', '0', '--verbose');
  try {
    const url = await waitFor('an address', () => /is ready: (http:\S+)/.exec(started.output())?.[1], 60_000);
    expect(started.output()).toMatch(new RegExp(`port ${port} is taken; using \\d+ instead`));
    expect((await fetch(url)).status).toBe(200);
    const made = runFolders().filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThan(0);

    const ended = once(started.process, 'exit');
    started.process.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow();
    expect(made.filter((name) => existsSync(path.join(tmpdir(), name)))).toEqual([]);
  } finally {
    started.process.kill('SIGKILL');
    taken.close();
  }
});

it('says in one line that a port is none', async () => {
  const started = start('--port', '70000');
  const [status] = await once(started.process, 'exit');
  expect(status).toBe(1);
  expect(started.output()).toContain('--port 70000 is no port; choose one in 0 … 65535');
});

describe('where no laboratory can be made', () => {
  const said: string[] = [];
  let demo: Demo;

  beforeAll(async () => {
    demo = await startDemo({
      storePort: 0,
      workbenchPort: 0,
      recordingOnly: true,
      say: (line) => said.push(line),
      detail: () => undefined,
    });
  });
  afterAll(() => demo?.stop());

  it('says that it replays a recording', () => {
    expect(said.join('\n')).toMatch(/no laboratory .*replaying a recording/);
  });

  it('has every request of the recording at ten NICs of two hosts, answered or not, as of now', async () => {
    const nicsOf = new Map<string, Set<string>>();
    for (const record of await readL7(demo.storeUrl, '|= "\\"l7_proto\\":\\"http\\""')) {
      const nics = nicsOf.get(record.request_id) ?? new Set();
      nicsOf.set(record.request_id, nics.add(`${record.host} ${record.netns ?? ''} ${record.nic_name}`));
    }
    expect(nicsOf.size).toBeGreaterThan(40);
    expect([...new Set([...nicsOf.values()].map((nics) => nics.size))]).toEqual([10]);
  });

  it('holds no credential that its traffic carried', async () => {
    const answer = await fetch(
      `${demo.storeUrl}/loki/api/v1/query_range?${new URLSearchParams({
        query: '{service_name="bpfnet"} |= "laboratory-credential"',
        start: String((Date.now() - 3_600_000) * 1e6),
      }).toString()}`
    );
    expect(((await answer.json()) as { data: { result: unknown[] } }).data.result).toEqual([]);
  });
});
