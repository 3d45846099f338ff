import { readlinkSync, statSync } from 'node:fs';
import { CollectorError } from '../../errors';

/** Throws for namespaces that are given twice or are the own one. Returns the own one's name. */
export function checkNamespaces(namespaces: ReadonlyArray<{ readonly name: string; readonly path: string }>): string {
  const own = '/proc/self/ns/net';
  const seen = new Map([[inode(own), 'the namespace that the collector runs in']]);
  for (const { name, path } of namespaces) {
    const id = inode(path);
    if (id === undefined) {
      continue;
    }
    const other = seen.get(id);
    if (other !== undefined) {
      throw new CollectorError(
        'config',
        `The network namespace "${name}" (${path}) is the same as ${other}, so each packet would be captured twice: remove it.`
      );
    }
    seen.set(id, `"${name}"`);
  }
  try {
    return readlinkSync(own);
  } catch {
    return 'own';
  }
}

/** Undefined where the path cannot be read; opening it says why. */
function inode(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}
