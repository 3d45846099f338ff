/** Command line of the laboratory, and the entry of its own processes. */
import { runInside } from './inside/run-inside';

async function main([command = 'help', ...rest]: readonly string[]): Promise<void> {
  if (command === 'inside') {
    return runInside(rest);
  }
  const { runCommand } = await import('./command-line');
  return runCommand([command, ...rest]);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`laboratory: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
