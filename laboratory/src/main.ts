import { runCommand } from './command-line';

runCommand(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`laboratory: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
