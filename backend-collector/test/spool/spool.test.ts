import { MEBIBYTE } from '../../src/byte-units';
import { execFileSync, fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { batchFileBytes } from '../../src/spool/batch-file';
import { Spool, type SpoolOptions } from '../../src/spool/spool';

const DIRECTORIES: string[] = [];
const newDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'bpfnet-spool-'));
  DIRECTORIES.push(directory);
  return directory;
};
afterAll(() => DIRECTORIES.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

const batchFiles = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.includes('.batch'))
    .sort();
/** The end of a process by `kill -9`, as far as the directory can tell. */
const crash = (directory: string): void => rmSync(join(directory, 'lock'), { force: true });
const options = (directory: string | undefined, maxBytes = MEBIBYTE): SpoolOptions => ({
  directory,
  maxBytes,
  memoryBytes: MEBIBYTE,
});

/** Takes everything out, oldest first. */
async function drain(spool: Spool): Promise<string[]> {
  const bodies: string[] = [];
  for (let batch = await spool.oldest(); batch !== undefined; batch = await spool.oldest()) {
    bodies.push(batch.body.toString());
    await spool.remove(batch.id);
  }
  return bodies;
}

describe.each([
  ['on disk', newDirectory],
  ['in memory', () => undefined],
])('a spool %s', (_, place) => {
  it('gives batches back in order', async () => {
    const spool = await Spool.open(options(place()));
    for (const body of ['first', 'second', 'third']) {
      await spool.offer({ body: Buffer.from(body), lines: 1 });
    }
    expect(await drain(spool)).toEqual(['first', 'second', 'third']);
    expect(spool.stats).toMatchObject({ lines: 0, bytes: 0, evictedLines: 0 });
  });

  it('evicts the oldest first when it is full, and counts its lines', async () => {
    const spool = await Spool.open(options(place(), 3 * batchFileBytes(5)));
    for (const [index, body] of ['aaaaa', 'bbbbb', 'ccccc', 'ddddd', 'eeeee'].entries()) {
      await spool.offer({ body: Buffer.from(body), lines: index + 1 });
    }
    expect(spool.stats.evictedLines).toBe(1 + 2);
    expect(await drain(spool)).toEqual(['ccccc', 'ddddd', 'eeeee']);
  });

  it('never evicts the batch that is being sent', async () => {
    const spool = await Spool.open(options(place(), 2 * batchFileBytes(5)));
    await spool.offer({ body: Buffer.from('aaaaa'), lines: 1 });
    const sending = await spool.oldest();
    await spool.offer({ body: Buffer.from('bbbbb'), lines: 10 });
    await spool.offer({ body: Buffer.from('ccccc'), lines: 100 });
    expect(spool.stats.evictedLines).toBe(10);
    await spool.remove(sending?.id ?? 0);
    expect(await drain(spool)).toEqual(['ccccc']);
  });
});

describe('a spool directory', () => {
  it('is taken up by the next run, in order', async () => {
    const directory = newDirectory();
    const first = await Spool.open(options(directory));
    await first.offer({ body: Buffer.from('one'), lines: 2 });
    await first.offer({ body: Buffer.from('two'), lines: 3 });
    expect(await first.close()).toEqual({ linesOnDisk: 5, linesInMemory: 0 });
    const second = await Spool.open(options(directory));
    await second.offer({ body: Buffer.from('three'), lines: 1 });
    expect(await drain(second)).toEqual(['one', 'two', 'three']);
    expect(batchFiles(directory)).toEqual([]);
  });

  it('detects files that were cut short, altered or never finished, and goes on with the others', async () => {
    const directory = newDirectory();
    const first = await Spool.open(options(directory));
    for (const [index, body] of ['cut short', 'altered', 'emptied', 'sound'].entries()) {
      await first.offer({ body: Buffer.from(body), lines: 10 ** index });
    }
    crash(directory);
    const [cut, altered, emptied] = batchFiles(directory).map((name) => join(directory, name));
    truncateSync(cut, batchFileBytes(4));
    const bytes = readFileSync(altered);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(altered, bytes);
    truncateSync(emptied, 0);
    writeFileSync(join(directory, '000000000009-00005000.batch.tmp'), 'half');
    writeFileSync(join(directory, 'README'), 'not ours');

    const second = await Spool.open(options(directory));
    expect(await drain(second)).toEqual(['sound']);
    expect(second.stats).toMatchObject({ damagedFiles: 4, damagedLines: 5111, lines: 0, bytes: 0 });
    expect(readdirSync(directory).sort()).toEqual(['README', 'lock']);
  });

  it('belongs to one collector at a time', async () => {
    const directory = newDirectory();
    const first = await Spool.open(options(directory));
    await expect(Spool.open(options(directory))).rejects.toThrow(
      /in use by process \d+: use a separate directory for each collector/
    );
    await first.close();
    await (await Spool.open(options(directory))).close();
  });

  it('that cannot be made is refused with one line', async () => {
    const file = join(newDirectory(), 'file');
    writeFileSync(file, '');
    await expect(Spool.open(options(join(file, 'spool')))).rejects.toThrow(/cannot be used \(ENOTDIR\)/);
  });

  it('that stops taking files leaves the batches in memory, within their bound', async () => {
    const directory = newDirectory();
    const spool = await Spool.open({ directory, maxBytes: MEBIBYTE, memoryBytes: 10 });
    await spool.offer({ body: Buffer.from('disk1'), lines: 1 });
    rmSync(directory, { recursive: true });
    for (const [index, body] of ['mem-1', 'mem-2', 'mem-3'].entries()) {
      await spool.offer({ body: Buffer.from(body), lines: 10 ** (index + 1) });
    }
    expect(spool.stats).toMatchObject({ diskErrors: 3, lastDiskError: 'ENOENT', evictedLines: 10 });
    mkdirSync(directory);
    await spool.offer({ body: Buffer.from('disk2'), lines: 1 });
    // The file of disk1 went with the directory, and its copy in memory made room for batches that have no file.
    expect(await drain(spool)).toEqual(['mem-2', 'mem-3', 'disk2']);
    expect(spool.stats).toMatchObject({ damagedFiles: 1, damagedLines: 1 });
  });

  it('on a full disk goes on in memory, and uses the disk again when there is room', () => {
    const mount = 'mount -t tmpfs -o size=256k none "$1"';
    const directory = newDirectory();
    const tried = spawnSync('unshare', ['-Urm', 'sh', '-c', mount, 'sh', directory]);
    if (tried.status !== 0) {
      console.log(`skipped: no small disk can be mounted here (${String(tried.stderr ?? tried.error).trim()})`);
      return;
    }
    const child = join(__dirname, 'full-disk-child.ts');
    const output = execFileSync('unshare', [
      '-Urm',
      'sh',
      '-c',
      `${mount} && exec "$2" --require tsx/cjs "$3" "$1"`,
      'sh',
      directory,
      process.execPath,
      child,
    ]);
    // Six files of 40 KB fit on the disk and six batches in memory.
    expect(JSON.parse(output.toString())).toEqual({
      diskErrors: 6,
      lastDiskError: 'ENOSPC',
      evictedLines: 0,
      damagedFiles: 0,
      order: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      diskWorksAgain: true,
    });
  });

  it('loses at most the batch that is being written when the process is killed', async () => {
    const directory = newDirectory();
    const acknowledged = await killWhileOffering(directory);
    expect(acknowledged).toBeGreaterThan(20);
    const spool = await Spool.open(options(directory, 64 * MEBIBYTE));
    const bodies = await drain(spool);
    expect(bodies.length).toBeGreaterThanOrEqual(acknowledged);
    expect(bodies.map((body) => Number(body.split(' ')[0]))).toEqual(bodies.map((_, index) => index + 1));
    expect(spool.stats.damagedFiles).toBeLessThanOrEqual(1);
  });
});

/** How many offers were acknowledged before the child was killed. */
async function killWhileOffering(directory: string): Promise<number> {
  const child = fork(join(__dirname, 'offering-child.ts'), [directory], { execArgv: ['--require', 'tsx/cjs'] });
  let acknowledged = 0;
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (count) => {
      acknowledged = Number(count);
      if (acknowledged === 25) {
        child.kill('SIGKILL');
      }
    });
    child.on('exit', () => resolve());
  });
  return acknowledged;
}

/** The model: what must be in the spool, by the invariants in its header. */
class Model {
  batches: Array<{ readonly name: string; readonly lines: number; readonly bytes: number }> = [];
  lent: string | undefined;
  offered = 0;
  removed = 0;
  evicted = 0;
  damaged = 0;

  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.batches.reduce((sum, batch) => sum + batch.bytes, 0);
  }

  offer(batch: Model['batches'][number]): void {
    this.offered += batch.lines;
    while (this.bytes + batch.bytes > this.maxBytes) {
      const victim = this.batches.find(({ name }) => name !== this.lent);
      if (victim === undefined) {
        this.evicted += batch.lines;
        return;
      }
      this.evicted += victim.lines;
      this.batches.splice(this.batches.indexOf(victim), 1);
    }
    this.batches.push(batch);
  }
}

interface Real {
  readonly directory: string;
  spool: Spool;
}
type Command = fc.AsyncCommand<Model, Real>;

let serial = 0;
class Offer implements Command {
  constructor(
    readonly size: number,
    readonly lines: number
  ) {}
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    const name = `${++serial} `;
    const body = Buffer.from(name.padEnd(name.length + this.size, 'x'));
    model.offer({ name: body.toString(), lines: this.lines, bytes: batchFileBytes(body.length) });
    await real.spool.offer({ body, lines: this.lines });
    expectSame(model, real);
  }
  toString = (): string => `offer(${this.size} bytes, ${this.lines} lines)`;
}

class Deliver implements Command {
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    const batch = await real.spool.oldest();
    const expected = model.batches.shift();
    expect(batch?.body.toString()).toBe(expected?.name);
    expect(batch?.lines).toBe(expected?.lines);
    if (batch !== undefined) {
      model.removed += batch.lines;
      model.lent = undefined;
      await real.spool.remove(batch.id);
    }
    expectSame(model, real);
  }
  toString = (): string => 'deliver';
}

class Lend implements Command {
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    const batch = await real.spool.oldest();
    model.lent = model.batches[0]?.name;
    expect(batch?.body.toString()).toBe(model.lent);
  }
  toString = (): string => 'lend';
}

class Crash implements Command {
  constructor(
    readonly damage: 'none' | 'truncate' | 'alter' | 'half-written',
    readonly victim: number
  ) {}
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    await real.spool.oldest(); // lets operations under way come to their end
    crash(real.directory);
    const before = real.spool.stats;
    const files = batchFiles(real.directory);
    let unfinished = 0;
    if (this.damage === 'half-written') {
      unfinished = 7;
      writeFileSync(join(real.directory, '000000900000-00000007.batch.tmp'), 'half');
    } else if (this.damage !== 'none' && files.length > 0) {
      const index = this.victim % files.length;
      const file = join(real.directory, files[index]);
      if (this.damage === 'truncate') {
        truncateSync(file, batchFileBytes(0));
      } else {
        const bytes = readFileSync(file);
        bytes[bytes.length - 1] ^= 0x20;
        writeFileSync(file, bytes);
      }
      model.damaged += model.batches[index].lines;
      model.batches.splice(index, 1);
    }
    model.lent = undefined;
    model.damaged += unfinished;
    model.offered += unfinished;
    real.spool = await Spool.open(options(real.directory, model.maxBytes));
    expect(real.spool.stats.diskErrors).toBe(0);
    // Damage is found when the file is read: read everything, and put it back.
    const found: Array<{ readonly body: Buffer; readonly lines: number }> = [];
    for (let batch = await real.spool.oldest(); batch !== undefined; batch = await real.spool.oldest()) {
      found.push(batch);
      await real.spool.remove(batch.id);
    }
    for (const batch of found) {
      await real.spool.offer(batch);
    }
    real.spool.stats.evictedLines += before.evictedLines;
    real.spool.stats.damagedLines += before.damagedLines;
    expectSame(model, real);
  }
  toString = (): string => `crash(${this.damage})`;
}

function expectSame(model: Model, real: Real): void {
  const { stats } = real.spool;
  expect(stats.bytes).toBe(model.bytes);
  expect(stats.bytes).toBeLessThanOrEqual(model.maxBytes);
  expect(stats.evictedLines).toBe(model.evicted);
  expect(stats.damagedLines).toBe(model.damaged);
  expect(stats.lines + stats.evictedLines + stats.damagedLines + model.removed).toBe(model.offered);
  expect(batchFiles(real.directory).length).toBe(model.batches.length);
}

it('behaves as its model, whatever happens in whatever order', async () => {
  const size = fc.integer({ min: 0, max: 300 });
  const lines = fc.integer({ min: 1, max: 50 });
  const commands = fc.commands(
    [
      fc.tuple(size, lines).map(([bytes, count]) => new Offer(bytes, count)),
      fc.constant(new Deliver()),
      fc.constant(new Lend()),
      fc
        .tuple(
          fc.constantFrom('none' as const, 'truncate' as const, 'alter' as const, 'half-written' as const),
          fc.nat(20)
        )
        .map(([damage, victim]) => new Crash(damage, victim)),
    ],
    { maxCommands: 40, size: 'max' }
  );
  await fc.assert(
    fc.asyncProperty(commands, fc.integer({ min: 100, max: 900 }), async (sequence, maxBytes) => {
      const directory = newDirectory();
      const real: Real = { directory, spool: await Spool.open(options(directory, maxBytes)) };
      await fc.asyncModelRun(() => ({ model: new Model(maxBytes), real }), sequence);
      await real.spool.close();
    }),
    { numRuns: 40 }
  );
}, 30_000);
