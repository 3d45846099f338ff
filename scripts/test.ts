/**
 * `npm test`: builds what the tests run, then runs them all and ends with one line over all runs, `N passed, N failed`.
 * Unit and component tests run beside each other; the end-to-end tests one at a time, since each needs the machine.
 * Arguments go to jest: `npm test -- flow-model`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const ROOT = path.join(__dirname, '..');

function run(command: string, args: readonly string[]): number {
  return spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

function main(): number {
  if (run('npx', ['tsx', 'scripts/build.ts']) !== 0) {
    return 1;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'bpfnet-test-'));
  const asked = process.argv.slice(2);
  const runs = [
    ['--selectProjects', 'node', 'browser', '--maxWorkers=2'],
    ['--selectProjects', 'e2e', '--runInBand'],
  ];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [index, selection] of runs.entries()) {
    const outputFile = path.join(folder, `${index}.json`);
    run('npx', [
      'jest',
      ...selection,
      '--passWithNoTests',
      '--json',
      `--outputFile=${outputFile}`,
      ...(asked.length > 0 ? ['--', ...asked] : []),
    ]);
    const result = read(outputFile);
    if (result === undefined) {
      sum.failed += 1;
      continue;
    }
    sum.passed += result.numPassedTests;
    // A test file that cannot even be loaded has no failed test, and is one all the same.
    sum.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    sum.skipped += result.numPendingTests + result.numTodoTests;
  }
  rmSync(folder, { recursive: true, force: true });
  console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

function read(file: string): JestResult | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestResult;
  } catch {
    return undefined;
  }
}

process.exitCode = main();
