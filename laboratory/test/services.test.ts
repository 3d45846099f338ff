import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childrenByInnerPid } from '../src/caller-pids';
import { seededRandom } from '../src/seeded-random';
import { answerQuery } from '../src/services/dns-answer';
import { type Action, trafficMix } from '../src/services/traffic-mix';

const ZONE = { name: 'orders.shop', ip: '10.96.0.80' };
const TYPE_A = 1;
const TYPE_AAAA = 28;

function query(name: string, type: number): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  const header = Buffer.from('abcd01000001000000000000', 'hex');
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

describe('the name server', () => {
  it('answers its name with its address', () => {
    const answer = answerQuery(query('Orders.shop', TYPE_A), ZONE);
    expect(answer?.subarray(0, 8).toString('hex')).toBe('abcd850000010001');
    expect(answer?.subarray(-16).toString('hex')).toBe('c00c0001000100000005' + '00040a600050');
  });

  it('has no other data of its name, and no other names', () => {
    expect(answerQuery(query('orders.shop', TYPE_AAAA), ZONE)?.subarray(2, 8).toString('hex')).toBe('850000010000');
    expect(answerQuery(query('nobody.shop', TYPE_A), ZONE)?.subarray(2, 8).toString('hex')).toBe('850300010000');
  });

  it('does not answer anything but a query, wherever it is cut', () => {
    const whole = query('orders.shop', TYPE_A);
    for (let length = 0; length < whole.length; length++) {
      expect(answerQuery(whole.subarray(0, length), ZONE)).toBeNull();
    }
    const response = Buffer.from(whole);
    response.writeUInt16BE(0x8180, 2);
    expect(answerQuery(response, ZONE)).toBeNull();
  });
});

describe('the traffic mix', () => {
  const take = (count: number, seed: number): Action[] => {
    const mix = trafficMix(seededRandom(seed), 800);
    return Array.from({ length: count }, () => mix.next().value);
  };
  const nameOf = (action: Action): string =>
    action.kind === 'http' ? action.target.replace(/[?].*/, '').replace(/\d+$/, 'N') : action.kind;

  it('begins with one of each kind', () => {
    expect(take(11, 1).map(nameOf)).toEqual([
      '/api/orders',
      '/api/orders/N',
      '/api/orders/N',
      '/api/report',
      '/api/pay',
      '/api/hang',
      '/api/catalogue',
      'dns',
      'dns',
      'refused',
      'black-hole',
    ]);
  });

  it('is what its seed determines', () => {
    expect(take(200, 7)).toEqual(take(200, 7));
    expect(take(200, 7)).not.toEqual(take(200, 8));
  });

  it('carries well-formed trace contexts in some requests', () => {
    const contexts = take(300, 1).map((action) => (action.kind === 'http' ? action.traceparent : undefined));
    const present = contexts.filter((context) => context !== undefined);
    expect(present.length).toBeGreaterThan(60);
    expect(present.length).toBeLessThan(240);
    expect(present.every((context) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(context))).toBe(true);
  });
});

describe('process ids', () => {
  it('are read across PID namespaces', () => {
    const proc = mkdtempSync(join(tmpdir(), 'proc-'));
    const addProcess = (pid: number, status: string): void => {
      mkdirSync(join(proc, String(pid)));
      writeFileSync(join(proc, String(pid), 'status'), status);
    };
    try {
      addProcess(4711, 'Name:\tsleep\nPPid:\t4700\nNSpid:\t4711\t12\nThreads:\t1\n');
      addProcess(5, 'PPid:\t1\nNSpid:\t5\n');
      mkdirSync(join(proc, '4712'));
      expect(childrenByInnerPid(4700, proc)).toEqual(new Map([[12, 4711]]));
      expect(childrenByInnerPid(1, proc)).toEqual(new Map([[5, 5]]));
    } finally {
      rmSync(proc, { recursive: true });
    }
  });
});
