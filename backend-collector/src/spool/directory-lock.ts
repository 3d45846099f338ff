/**
 * Keeps two collectors off one spool directory: a file `lock` that names the process which has it. A process is known by
 * PID namespace, PID and start time, so that neither a PID used again nor a `kill -9` keeps the directory locked.
 * Limit: a process of another PID namespace cannot be looked up; its lock is taken over.
 */
import { readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CollectorError } from '../errors';

export function lockDirectory(directory: string): () => void {
  const file = join(directory, 'lock');
  const holder = readText(file);
  const own = identity(process.pid);
  if (holder !== undefined && holder !== '') {
    const pid = Number(holder.split(' ')[1]);
    if (identity(pid) === holder) {
      throw new CollectorError(
        'config',
        `The spool directory ${directory} is in use by process ${pid}: use a separate directory for each collector.`
      );
    }
  }
  writeFileSync(file, own, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** `<PID namespace> <PID> <start time>`; the start time is empty where there is no such process. */
function identity(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  // Field 22, counted after the command name in parentheses.
  const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? (pid === process.pid ? 'unknown' : '');
  return `${pidNamespace()} ${pid} ${started}`;
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'pid';
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
