import { execFileSync } from 'node:child_process';

/** Whether a program of that name can be run here. */
export function hasTool(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
