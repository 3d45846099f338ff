/** The command `bpfnet` as its users see it: commands, options, help. What the commands do is main.ts's matter. */
import { Command, Option } from 'commander';
import { DEFAULT_SHARD_COUNT } from '@bpfnet/flow-model/ids';
import { ENVIRONMENT } from './config';
import { DEFAULT_MAX_FLOWS } from './pipeline';

export interface CommonOptions {
  readonly output: string;
  readonly lokiUrl?: string;
  readonly host?: string;
  readonly spoolDir?: string;
  readonly nicOwners?: string;
  readonly foldPaths?: boolean;
  readonly flowShards?: string;
  readonly maxFlows?: string;
}

export interface ReplayOptions extends CommonOptions {
  readonly rebaseTime?: boolean;
}

export interface CaptureOptions extends CommonOptions {
  readonly nic: readonly string[];
  readonly filter?: string;
  readonly adaptiveSnap?: boolean;
  readonly netns: readonly string[];
  readonly duration?: string;
  readonly ringMb?: string;
  readonly stats?: boolean;
}

interface Actions {
  readonly replay: (files: readonly string[], options: ReplayOptions) => Promise<void>;
  readonly capture: (options: CaptureOptions) => Promise<void>;
}

export function buildCommand(actions: Actions): Command {
  const program = new Command('bpfnet').description(
    'Records the packets and requests at every network interface as log lines.'
  );
  withCommonOptions(program.command('replay'))
    .description('read capture files (pcap or pcapng, gzipped or not; "-" is standard input)')
    .argument('<file...>', 'capture files; several are merged by time')
    .option('--rebase-time', 'shift all timestamps so that the capture ends now')
    .action(actions.replay);
  withCommonOptions(program.command('capture'))
    .description('capture live on the NICs of this network namespace and of others')
    .addOption(repeatable('--nic <pattern>', 'NIC name with * and ?; !pattern excludes', 'all'))
    .option('--filter <expression>', 'capture filter in pcap-filter syntax')
    .option(
      '--adaptive-snap',
      'capture only the headers of long TCP segments that do not start a message: captures fewer bytes, but sees less of HTTP/2'
    )
    .addOption(repeatable('--netns <name=path>', 'also capture in this network namespace', 'none'))
    .option('--duration <seconds>', 'stop after this time')
    .option('--ring-mb <n>', "size of the kernel's ring buffer, MiB (default: 64)")
    .option('--stats', 'print counters every second')
    .action(actions.capture);
  return program;
}

function withCommonOptions(command: Command): Command {
  return command
    .option(
      '--output <kind>',
      'where records go: ndjson (standard output), loki, or store (the embedded store)',
      'ndjson'
    )
    .option('--loki-url <url>', `http(s)://HOST:PORT or unix:/path/to.sock ${orFrom('--loki-url')}`)
    .option('--host <name>', 'host name in the records (default: the system host name)')
    .option(
      '--spool-dir <dir>',
      `where batches wait while the store is unavailable ${orFrom('--spool-dir')} (default: in memory)`
    )
    .option('--nic-owners <file>', 'JSON file: network namespace → pod or container that owns it')
    .option('--fold-paths', 'replace IDs in request paths with {id}, so that a route counts as one resource')
    .option(
      '--flow-shards <n>',
      `number of flow shards; the same on all hosts and in the datasource ${orFrom('--flow-shards')} (default: ${DEFAULT_SHARD_COUNT})`
    )
    .option(
      '--max-flows <n>',
      `maximum number of flows tracked at once; beyond it, the flow idle the longest is ended ${orFrom('--max-flows')} (default: ${DEFAULT_MAX_FLOWS})`
    )
    .addHelpText('after', `\n${environmentText()}`);
}

function orFrom(option: string): string {
  const names = Object.entries(ENVIRONMENT).filter(
    ([, variable]) => 'option' in variable && variable.option === option
  );
  return `(or ${names.map(([name]) => name).join(', ')})`;
}

function environmentText(): string {
  const lines = Object.entries(ENVIRONMENT).map(([name, { text }]) => `  ${name.padEnd(22)}${text}`);
  return ['Environment variables:', ...lines].join('\n');
}

function repeatable(flags: string, description: string, otherwise: string): Option {
  return new Option(flags, `${description}; repeatable`)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], otherwise);
}
