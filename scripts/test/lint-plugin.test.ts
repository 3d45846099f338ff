import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lintPlugin } from '../lint-plugin';

const ROOT = path.join(__dirname, '..', '..');
const COPIED = [
  'docker-compose.yml',
  'provisioning',
  ...[
    'src',
    'datasource/src',
    'panels/packet-sequence/src',
    'panels/nic-topology/src',
    'panels/related-logs/src',
  ].flatMap((folder) => [`${folder}/plugin.json`, `${folder}/img`]),
  'panels/packet-sequence/src/options.ts',
  'panels/nic-topology/src/options.ts',
  'panels/related-logs/src/options.ts',
  'src/module.tsx',
  'datasource/src/module.ts',
  'panels/packet-sequence/src/module.ts',
  'panels/nic-topology/src/module.ts',
  'panels/related-logs/src/module.ts',
];

describe('lint-plugin', () => {
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'bpfnet-lint-'));
    for (const name of COPIED) {
      mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
      cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    }
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  function edit(file: string, change: (text: string) => string): void {
    const before = readFileSync(path.join(copy, file), 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(path.join(copy, file), after);
  }

  it('finds nothing wrong with the repository', () => {
    expect(lintPlugin(copy)).toEqual([]);
    expect(lintPlugin(ROOT)).toEqual([]);
  });

  it.each([
    ['src/plugin.json', '"autoEnabled": true', '"autoEnabled": false', /^src\/plugin.json: must be autoEnabled/],
    [
      'src/plugin.json',
      'panels/nic-topology/plugin.json',
      'panels/other/plugin.json',
      /includes must name panels\/nic-topology\/plugin.json/,
    ],
    [
      'datasource/src/plugin.json',
      '"bpfnet-flows-datasource"',
      '"bpfnet-other-datasource"',
      /must be the datasource "bpfnet-flows-datasource"/,
    ],
    ['datasource/src/plugin.json', '>=11.6.0-0', '>=12.0.0', /^datasource\/src\/plugin.json: dependencies/],
    ['provisioning/dashboards/request.json', '"uid": "bpfnet-flows"', '"uid": "nobody"', /"nobody" is not provisioned/],
    [
      'provisioning/dashboards/request.json',
      '"bpfnet-nictopology-panel"',
      '"someone-elses-panel"',
      /type "someone-elses-panel", which is neither ours/,
    ],
    [
      'provisioning/dashboards/requests.json',
      '/d/bpfnet-request?',
      '/d/bpfnet-nowhere?',
      /links to dashboard "bpfnet-nowhere"/,
    ],
    [
      'panels/nic-topology/src/options.ts',
      'var-inner_traceid=',
      'var-inner=',
      /gives dashboard "bpfnet-connection" the variable "inner", which it does not have/,
    ],
    [
      'provisioning/datasources/bpfnet.yaml',
      'lokiUid: bpfnet-loki',
      'lokiUid: other',
      /wraps "other", which is not provisioned/,
    ],
    ['provisioning/loki/loki.yaml', 'server:', 'server: [', /^provisioning\/loki\/loki.yaml: /],
    ['docker-compose.yml', './provisioning/loki/loki.yaml', './provisioning/none.yaml', /none.yaml does not exist/],
    ['docker-compose.yml', 'grafana/loki:3.4.6', 'grafana/loki:latest', /has no version/],
  ])('%s: says what is wrong where "%s" becomes "%s"', (file, from, to, expected) => {
    edit(file, (text) => text.replace(from, to));
    expect(lintPlugin(copy)).toContainEqual(expect.stringMatching(expected));
  });
});
