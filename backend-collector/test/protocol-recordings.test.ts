/**
 * Recordings of real servers and clients (testdata/README.md) against what the collector said of them when a person last looked: one line of
 * text per span. `UPDATE_GOLDEN=1` writes the lines anew; read the difference before you keep it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type L7Record } from '@bpfnet/flow-model/records';
import { replayFiles } from './build/replay';

const folder = resolve(__dirname, '../../testdata/protocols');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pcap.gz'))
  .map((name) => name.slice(0, -'.pcap.gz'.length));

/** What stands on the left is the same for every run; times come from the capture. */
function spanLine(s: L7Record): string {
  const words = [s.l7_op, s.l7_resource ?? '-', s.l7_status ?? '-', s.outcome];
  const own = Object.entries(s).filter(([name]) =>
    /^(?:mysql|postgresql|http|ftp)_(?:command|rows|error|content|data)/.test(name)
  );
  const bytes = `${s.tx_bytes} > ${s.rx_bytes} bytes`;
  const packets = `${s.tx_packets} > ${s.rx_packets} packets`;
  const place = `${s.l7_proto} ${s.request_id} ${s.l7_traceid}`;
  return [
    words.join(' '),
    ...own.map(([name, value]) => `${name}=${value}`),
    bytes,
    packets,
    `${s.latency_ms} ms`,
    place,
  ].join(' | ');
}

async function told(name: string): Promise<{ readonly text: string; readonly all: string; readonly drops: unknown }> {
  const capture = gunzipSync(readFileSync(join(folder, `${name}.pcap.gz`)));
  const { l7, lines, report } = await replayFiles([capture]);
  const connections = new Map<string, L7Record[]>();
  for (const span of l7) {
    connections.set(span.inner_traceid, [...(connections.get(span.inner_traceid) ?? []), span]);
  }
  const text = [...connections.values()]
    .map((spans, i) => [`connection ${i + 1}`, ...spans.map((span) => `  ${spanLine(span)}`)].join('\n'))
    .join('\n\n');
  return { text: `${text}\n`, all: lines.map((line) => line.line).join('\n'), drops: report.drops };
}

describe.each(names)('%s', (name) => {
  it('is told as before, whole, and without what must not show', async () => {
    const { text, all, drops } = await told(name);
    const golden = join(folder, `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === '1' || !existsSync(golden)) {
      writeFileSync(golden, text);
    }
    expect(text).toBe(readFileSync(golden, 'utf8'));
    expect(drops).toEqual({});
    expect(all).not.toMatch(/secret|hidden|password|must not show|argument|"plain|"app"/);
  });
});
