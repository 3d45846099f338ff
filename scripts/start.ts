/** `npm start`: builds what is out of date, starts the demo on loopback, prints one address, ends cleanly on Ctrl-C. */
import { Command } from 'commander';
import { BUILD_PARTS, buildStale } from './build-parts';
import { startDemo } from './demo/demo';
import { freePort } from './demo/free-port';

interface StartOptions {
  readonly port: string;
  readonly storePort: string;
  readonly rate: string;
  readonly recording?: true;
  readonly verbose?: true;
}

const say = (line: string) => console.error(`bpfnet: ${line}`);

async function main(): Promise<void> {
  const options = new Command('npm start --')
    .description('The whole of bpfnet on this machine, with real traffic in a network laboratory.')
    .option('--port <port>', 'of the workbench', '3181')
    .option('--store-port <port>', 'of the store (Loki API)', '3180')
    .option('--rate <n>', 'client actions per second in the laboratory', '5')
    .option('--recording', 'replay the recording of the laboratory instead of making one')
    .option('--verbose', 'say what every part says')
    .parse()
    .opts() as StartOptions;

  await buildStale(BUILD_PARTS, say);
  const demo = await startDemo({
    workbenchPort: await portOrAnother('--port', Number(options.port)),
    storePort: await portOrAnother('--store-port', Number(options.storePort)),
    rate: Number(options.rate),
    recordingOnly: options.recording,
    say,
    detail: options.verbose === true ? say : () => undefined,
  });

  const interrupted = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(undefined));
    }
  });
  console.log(`\n  bpfnet is ready: ${demo.url}\n\n  Requests appear within seconds. Ctrl-C ends everything.`);
  if (demo.laboratory !== undefined) {
    console.log(
      `  Lose every tenth segment: npx tsx laboratory/src/main.ts fault --run-dir ${demo.runDir} '{"loss": 0.1}'`
    );
  }
  console.log('');
  const fault = await Promise.race([demo.broken, interrupted]);
  if (fault !== undefined) {
    say(fault);
    process.exitCode = 1;
  }
  say('stopping …');
  await demo.stop();
  say('stopped; nothing is left behind');
}

async function portOrAnother(option: string, wanted: number): Promise<number> {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
    throw new Error(`${option} ${wanted} is no port; choose one in 0 … 65535 (0 takes a free one)`);
  }
  const port = await freePort(wanted);
  if (wanted !== 0 && port !== wanted) {
    say(`port ${wanted} is taken; using ${port} instead (${option} chooses another)`);
  }
  return port;
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
