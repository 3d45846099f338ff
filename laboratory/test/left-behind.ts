/** Looks for what a laboratory may have left: processes, and network namespaces that some process is still in. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface Traces {
  readonly pids: readonly number[];
  /** As /proc/PID/ns/net says them: `net:[4026532281]`. */
  readonly namespaces: readonly string[];
}

export function tracesOf(pids: readonly number[]): Traces {
  return { pids, namespaces: pids.map((pid) => readlinkSync(`/proc/${pid}/ns/net`)) };
}

function whatIsLeft({ pids, namespaces }: Traces): readonly string[] {
  const inNamespaces = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return namespaces.includes(readlinkSync(`/proc/${pid}/ns/net`));
      } catch {
        return false;
      }
    });
  return [...pids.filter((pid) => existsSync(`/proc/${pid}`)).map(String), ...inNamespaces];
}

/** What is still there after at most `patienceMs`. */
export async function leftBehind(traces: Traces, patienceMs: number): Promise<readonly string[]> {
  const until = performance.now() + patienceMs;
  let left = whatIsLeft(traces);
  while (left.length > 0 && performance.now() < until) {
    await delay(50);
    left = whatIsLeft(traces);
  }
  return left;
}
