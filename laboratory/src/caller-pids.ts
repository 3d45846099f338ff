/**
 * Process ids across PID namespaces. A process in a nested PID namespace has an id in each of the namespaces above; /proc
 * shows them in `NSpid`, outermost first, starting with the namespace of whoever mounted that /proc (proc(5)).
 */
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessIds {
  /** As the reader of /proc sees it. */
  readonly pid: number;
  readonly parentPid: number;
  /** As the innermost PID namespace that the process is in sees it. */
  readonly innerPid: number;
}

/** The ids of the children of `parentPid`, keyed by the id that they have in their own PID namespace. */
export function childrenByInnerPid(parentPid: number, proc = '/proc'): ReadonlyMap<number, number> {
  const children = new Map<number, number>();
  for (const { pid, parentPid: parent, innerPid } of listProcesses(proc)) {
    if (parent === parentPid) {
      children.set(innerPid, pid);
    }
  }
  return children;
}

function listProcesses(proc: string): readonly ProcessIds[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readIds(Number(name), readFileSync(`${proc}/${name}/status`, 'utf8'))];
      } catch {
        return []; // It ended meanwhile.
      }
    });
}

/** Reads the ids out of the text of /proc/PID/status. */
function readIds(pid: number, status: string): ProcessIds {
  const parentPid = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  const innerPid = Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? pid);
  return { pid, parentPid, innerPid };
}
