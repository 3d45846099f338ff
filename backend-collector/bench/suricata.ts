/** Suricata with what compares to ours: flows and HTTP as JSON, no rules, checksums not looked at, one packet thread, memory for everything. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countLines } from './count-lines';
import { type Contents } from './generated-capture';
import { cpuSeconds } from './process-cost';

const SETTINGS = `%YAML 1.1
---
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - http
        - flow
stats:
  enabled: no
app-layer:
  protocols:
    http:
      enabled: yes
stream:
  memcap: 4gb
  reassembly:
    memcap: 4gb
flow:
  memcap: 4gb
`;

/** CPU seconds. Fails when it did not report every connection and every request, since then it has done less than we. */
export async function suricataSeconds(capture: string, folder: string, contents: Contents): Promise<number> {
  const settings = join(folder, 'suricata.yaml');
  const logs = join(folder, 'suricata');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs);
  writeFileSync(settings, SETTINGS);
  const seconds = await cpuSeconds([
    'suricata',
    ...['-c', settings, '-S', '/dev/null', '-l', logs, '-k', 'none', '--runmode', 'single', '-r', capture],
  ]);
  const eve = join(logs, 'eve.json');
  const http = await countLines(eve, '"event_type":"http"');
  const flows = await countLines(eve, '"event_type":"flow"');
  if (http !== contents.requests || flows !== contents.connections) {
    throw new Error(
      `Suricata saw ${http} of ${contents.requests} requests and ${flows} of ${contents.connections} connections`
    );
  }
  return seconds;
}
