/**
 * Recordings of real servers and clients (testdata/README.md) against what the collector said of them when a person last looked: one line of
 * text per exchange. `UPDATE_GOLDEN=1` writes the lines anew; read the difference before you keep it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type L7Record } from '@bpfnet/flow-model/records';
import { recording, RECORDINGS_FOLDER, recordingNames } from './build/protocol-recordings';
import { replayFiles } from './build/replay';

const SHOWN =
  /^(?:(?:mysql|postgresql|http|ftp)_(?:command|rows|error|content|data)|http_reset|grpc_|tls_|dns_(?:class|flags|answers|addresses))/;

/**
 * What stands on the left is the same for every run; times come from the capture. Ids of connections are another run's, so ports stand in
 * their place.
 */
function exchangeLine(s: L7Record, ports: ReadonlyMap<string, string>): string {
  const words = [s.l7_op, s.l7_resource ?? '-', s.l7_status ?? '-', s.outcome];
  const own = Object.entries(s).filter(([name]) => SHOWN.test(name));
  const bytes = `${s.tx_bytes} > ${s.rx_bytes} bytes`;
  const packets = `${s.tx_packets} > ${s.rx_packets} packets`;
  const place = `${s.l7_proto} ${s.request_id} ${s.l7_traceid}`;
  return [
    words.join(' '),
    ...own.map(([name, value]) => `${name}=${name.endsWith('traceid') ? ports.get(String(value)) : String(value)}`),
    bytes,
    packets,
    `${s.latency_ms} ms`,
    place,
  ].join(' | ');
}

async function summaries(name: string): Promise<{ readonly text: string; readonly all: string }> {
  const { l4, l7, lines, report } = await replayFiles([recording(name)]);
  const ports = new Map(l4.map((r) => [r.inner_traceid, `${r.client_port} to ${r.server_port}`]));
  const connections = new Map<string, L7Record[]>();
  for (const exchange of l7) {
    connections.set(exchange.inner_traceid, [...(connections.get(exchange.inner_traceid) ?? []), exchange]);
  }
  const text = [...connections.values()]
    .map((exchanges, i) =>
      [`connection ${i + 1}`, ...exchanges.map((exchange) => `  ${exchangeLine(exchange, ports)}`)].join('\n')
    )
    .join('\n\n');
  const leftOut = Object.entries(report.drops).flatMap(([stage, reasons]) =>
    Object.entries(reasons).map(([reason, n]) => `dropped: ${stage}: ${reason} ${n}\n`)
  );
  return { text: `${text}\n${leftOut.join('')}`, all: lines.map((line) => line.line).join('\n') };
}

describe.each(recordingNames())('%s', (name) => {
  it('is recorded as before, whole, and without what must not show', async () => {
    const { text, all } = await summaries(name);
    const golden = join(RECORDINGS_FOLDER, `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === '1' || !existsSync(golden)) {
      writeFileSync(golden, text);
    }
    expect(text).toBe(readFileSync(golden, 'utf8'));
    expect(all).not.toMatch(/secret|hidden|password|must not show|(?<!ftp_)argument|"plain|"app"/);
  });
});
