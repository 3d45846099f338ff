/** The command as a user runs it: its complaints, its exit status, and what it leaves on standard output. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, gunzipSync } from 'node:zlib';
import { ENVIRONMENT } from '../src/config';
import { buildCommand, parseRecords, temporaryFolder, type Command } from './build/command';
import { Script } from './build/connection';
import { pcap } from './build/pcap';

const folder = temporaryFolder();
let command: Command;

beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => {
  command.remove();
  folder.remove();
});

const script = new Script()
  .handshake()
  .sends('client', 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n')
  .sends('server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  .close();
const capture = pcap(script.packets, { nanoseconds: true });

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder.path, name);
  writeFileSync(path, bytes);
  return path;
}

describe('bpfnet replay', () => {
  it('writes records to standard output, and a summary to standard error', async () => {
    const { exitCode, stdout, stderr } = await command.run(['replay', file('ok.pcap', capture), '--host', 'h1']);
    expect(exitCode).toBe(0);
    const records = parseRecords(stdout);
    expect(records.map((r) => r.source)).toEqual(['bpf_net_l7_log', 'bpf_net_l4_log', 'bpf_net_l4_packets']);
    expect(records.every((r) => r.host === 'h1')).toBe(true);
    expect(stdout.split('\n')[0]).toMatch(/^\{"source":"bpf_net_l7_log","ts":"1700000000003000000","v":1,/);
    expect(stderr).toBe(`8 packets, ${capture.length - 24 - 8 * 16} bytes, 1 flows, 1 requests; 3 records written\n`);
  });

  it('reads standard input, gzipped or not', async () => {
    for (const stdin of [Buffer.from(capture), gzipSync(capture)]) {
      const { exitCode, stdout } = await command.run(['replay', '-'], { stdin });
      expect(exitCode).toBe(0);
      expect(parseRecords(stdout)).toHaveLength(3);
    }
  });

  it('shifts a capture so that it ends now', async () => {
    const { stdout } = await command.run(['replay', '--rebase-time', file('old.pcap', capture)]);
    const packets = parseRecords(stdout).find((r) => r.source === 'bpf_net_l4_packets');
    const startMs = Number(BigInt(packets?.time_pos ?? 0) / 1_000_000n);
    expect(Math.abs(Date.now() - startMs)).toBeLessThan(20_000);
  });

  it('says whose NICs they are', async () => {
    const owners = file('owners.json', '{"web":{"k8s_namespace":"shop","k8s_pod_name":"web-1"}}');
    const { exitCode } = await command.run(['replay', '--nic-owners', owners, file('ok.pcap', capture)]);
    expect(exitCode).toBe(0);
  });

  it.each<readonly [string, () => readonly string[], number, RegExp]>([
    [
      'a missing file',
      () => ['replay', '/nowhere.pcap'],
      1,
      /^bpfnet: \/nowhere\.pcap does not exist: check the name\.\n$/,
    ],
    [
      'no capture',
      () => ['replay', file('notes.txt', 'just text')],
      1,
      /^bpfnet: .*notes\.txt is not a pcap or pcapng capture; it looks like text\.\n$/,
    ],
    [
      'an unknown output',
      () => ['replay', file('ok.pcap', capture), '--output', 'kafka'],
      2,
      /^bpfnet: --output "kafka" is not supported: use ndjson, loki or store\.\n$/,
    ],
    [
      'loki without an address',
      () => ['replay', file('ok.pcap', capture), '--output', 'loki'],
      2,
      /--loki-url or BPFNET_LOKI_URL/,
    ],
    [
      'owners that are no JSON',
      () => ['replay', file('ok.pcap', capture), '--nic-owners', file('o.json', '{')],
      2,
      /o\.json is not JSON/,
    ],
    [
      'owners of another form',
      () => ['replay', file('ok.pcap', capture), '--nic-owners', file('p.json', '{"web":{"pod":1}}')],
      2,
      /p\.json: web: /,
    ],
    ['rebasing standard input', () => ['replay', '-', '--rebase-time'], 2, /cannot come from standard input/],
    ['a namespace without a path', () => ['capture', '--netns', 'web'], 2, /write NAME=PATH/],
    [
      'a duration that is none',
      () => ['capture', '--duration', 'soon'],
      2,
      /--duration "soon" is not a positive number/,
    ],
    [
      'no number of flow shards',
      () => ['replay', file('ok.pcap', capture), '--flow-shards', '0'],
      2,
      /--flow-shards "0" is not a whole number from 1 to 1024/,
    ],
    [
      'a flow table without a size',
      () => ['replay', file('ok.pcap', capture), '--max-flows', 'many'],
      2,
      /--max-flows "many" is not a whole number from 1 to 16777216/,
    ],
    ['no file', () => ['replay'], 1, /missing required argument/],
  ])('complains in one line about %s', async (_what, args, status, message) => {
    const { exitCode, stdout, stderr } = await command.run(args());
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode).toBe(status);
  });

  it('writes what came before the damage, says what is wrong, and fails', async () => {
    const { exitCode, stdout, stderr } = await command.run([
      'replay',
      file('cut.pcap', capture.subarray(0, capture.length - 5)),
    ]);
    expect(exitCode).toBe(1);
    expect(parseRecords(stdout).length).toBeGreaterThan(1);
    expect(stderr).toMatch(/^7 packets, .*\nbpfnet: .*cut off inside a packet .*\n$/);
  });

  it('says that a link type is not known, and counts its packets', async () => {
    const { exitCode, stderr } = await command.run([
      'replay',
      file('radio.pcap', pcap(script.packets, { linkType: 127 })),
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/dropped: decode: unknown link type 8; 0 records written\nbpfnet: .*127 \(radiotap\)/);
  });

  it('ends quietly when nobody reads any more', async () => {
    const many = new Script({ stepMs: 0.1 }).handshake();
    for (let i = 0; i < 4000; i++) {
      many
        .sends('client', `GET /${i} HTTP/1.1\r\nHost: h\r\n\r\n`)
        .sends('server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    }
    const path = file('many.pcap', pcap(many.packets, { nanoseconds: true }));
    const child = spawn('sh', ['-c', '"$0" "$1" replay "$2" | head -n 1', process.execPath, command.script, path]);
    let out = '';
    let errors = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    await new Promise((done) => child.on('close', done));
    expect(out.split('\n')).toHaveLength(2);
    expect(errors).not.toMatch(/EPIPE|unexpected/);
  });
});

it('follows at most the given number of flows, set by option or environment', async () => {
  const flows = [1, 2, 3].map((port) => new Script({ clientPort: 4000 + port }).handshake());
  const path = file(
    'three.pcap',
    pcap(
      flows.flatMap(({ packets }) => packets),
      { nanoseconds: true }
    )
  );
  const evicted = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    parseRecords((await command.run(['replay', path, ...args], { env })).stdout).filter(
      (record) => record.source === 'bpf_net_l4_log' && record.end_reason === 'evicted'
    ).length;
  expect(await evicted([])).toBe(0);
  expect(await evicted(['--max-flows', '1'])).toBe(2);
  expect(await evicted([], { BPFNET_MAX_FLOWS: '2' })).toBe(1);
  expect(await evicted(['--max-flows', '3'], { BPFNET_MAX_FLOWS: '1' })).toBe(0);
});

it('names every environment variable in its help', async () => {
  const { stdout } = await command.run(['capture', '--help']);
  expect(Object.keys(ENVIRONMENT).filter((name) => !stdout.includes(`  ${name}  `))).toEqual([]);
});

describe('bpfnet replay --output loki', () => {
  it('pushes the same records, with their labels', async () => {
    const streams: Array<{
      readonly stream: Record<string, string>;
      readonly values: ReadonlyArray<readonly string[]>;
    }> = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts);
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        streams.push(...(JSON.parse(text.toString()) as { streams: typeof streams }).streams);
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await command.run(
      [
        'replay',
        file('ok.pcap', capture),
        '--host',
        'h1',
        '--output',
        'loki',
        '--loki-url',
        `http://127.0.0.1:${port}`,
      ],
      { env: { BPFNET_LABELS: 'cluster=test' } }
    );
    await new Promise((done) => server.close(done));
    expect(stderr).toMatch(/3 records written\n$/);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(streams.map((s) => s.stream.source).sort()).toEqual([
      'bpf_net_l4_log',
      'bpf_net_l4_packets',
      'bpf_net_l7_log',
    ]);
    for (const { stream } of streams) {
      expect(stream).toMatchObject({ host: 'h1', service_name: 'bpfnet', cluster: 'test' });
      expect(stream.flow_shard).toMatch(/^(\d|1[0-5])$/);
    }
    expect(new Set(streams.map((s) => s.stream.flow_shard)).size).toBe(1);
  });

  it('fails where the store refuses records, and says how many and why', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(400).end('entry too far behind'));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const result = await command.run(['replay', file('ok.pcap', capture), '--output', 'loki', '--loki-url', url]);
    await new Promise((done) => server.close(done));
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('entry too far behind');
    expect(result.stderr).toMatch(/\nbpfnet: 3 records are not in the store; [^\n]+\n$/);
  });
});
