/** Settings from the command line, the environment and files, checked at this border only. Every complaint says what to do. */
import { readFileSync } from 'node:fs';
import { DEFAULT_SHARD_COUNT } from '@bpfnet/flow-model/ids';
import * as z from 'zod';
import { type NicOwner } from './capture/packet-source';
import { CollectorError } from './errors';
import { type Credentials } from './loki/push-client';
import { DEFAULT_MAX_FLOWS } from './pipeline';

const DEFAULT_STORE_URL = 'http://127.0.0.1:3180';

/** The datasource takes no more. */
const MAX_FLOW_SHARDS = 1024;
const MAX_FLOWS = 1 << 24;

interface Variable {
  /** The option that it replaces. */
  readonly option?: string;
  readonly text: string;
}

/** Every environment variable that the collector reads: `--help` and docs/generated/config.md print this table. */
export const ENVIRONMENT = {
  BPFNET_LOKI_URL: { option: '--loki-url', text: 'Address of Loki, for --output loki' },
  BPFNET_STORE_URL: {
    option: '--loki-url',
    text: `Address of the embedded store, for --output store (default: ${DEFAULT_STORE_URL})`,
  },
  BPFNET_LOKI_USER: { text: 'User name for basic authentication' },
  BPFNET_LOKI_PASSWORD: { text: 'Password for basic authentication' },
  BPFNET_LOKI_TOKEN: { text: 'Bearer token, instead of user name and password' },
  BPFNET_LOKI_TENANT: { text: 'Tenant of a multi-tenant Loki (X-Scope-OrgID)' },
  BPFNET_LABELS: { text: 'Additional stream labels, for example cluster=a,zone=b' },
  BPFNET_SPOOL_DIR: { option: '--spool-dir', text: 'Spool directory' },
  BPFNET_FLOW_SHARDS: { option: '--flow-shards', text: 'Number of flow shards' },
  BPFNET_MAX_FLOWS: { option: '--max-flows', text: 'Size of the flow table' },
} as const satisfies Readonly<Record<string, Variable>>;

type Environment = Readonly<Partial<Record<keyof typeof ENVIRONMENT, string>>>;

interface OutputSettings {
  /** Where to push; absent for ndjson. */
  readonly url: string | undefined;
  /** On every stream that is pushed. */
  readonly labels: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  /** Where batches wait while the store is down; in memory where absent. */
  readonly spoolDirectory: string | undefined;
}

export function outputSettings(
  { output, lokiUrl, spoolDir }: { readonly output: string; readonly lokiUrl?: string; readonly spoolDir?: string },
  env: Environment
): OutputSettings {
  const pushed = () => ({
    labels: staticLabels(env),
    credentials: {
      user: env.BPFNET_LOKI_USER,
      password: env.BPFNET_LOKI_PASSWORD,
      bearerToken: env.BPFNET_LOKI_TOKEN,
      tenant: env.BPFNET_LOKI_TENANT,
    },
    spoolDirectory: spoolDir ?? (env.BPFNET_SPOOL_DIR || undefined),
  });
  switch (output) {
    case 'ndjson':
      return { url: undefined, labels: {}, credentials: {}, spoolDirectory: undefined };
    case 'loki': {
      const url = lokiUrl ?? env.BPFNET_LOKI_URL;
      if (url === undefined || url === '') {
        throw new CollectorError(
          'config',
          '--output loki needs the address of Loki: set --loki-url or BPFNET_LOKI_URL.',
          2
        );
      }
      return { url, ...pushed() };
    }
    case 'store':
      return { url: lokiUrl ?? (env.BPFNET_STORE_URL || DEFAULT_STORE_URL), ...pushed() };
    default:
      throw new CollectorError('config', `--output "${output}" is not supported: use ndjson, loki or store.`, 2);
  }
}

function staticLabels(env: Environment): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const part of (env.BPFNET_LABELS ?? '').split(',')) {
    const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined) {
      labels[name] = value;
    } else if (part.trim() !== '') {
      throw new CollectorError(
        'config',
        `BPFNET_LABELS: "${part.trim()}" is not a label: write name=value pairs, separated by commas.`,
        2
      );
    }
  }
  return labels;
}

/** How flows are filed and how many are followed at once. */
export function flowSettings(
  { flowShards, maxFlows }: { readonly flowShards?: string; readonly maxFlows?: string },
  env: Environment
): { readonly shardCount: number; readonly maxFlows: number } {
  return {
    shardCount:
      wholeNumber('--flow-shards', flowShards, MAX_FLOW_SHARDS) ??
      wholeNumber('BPFNET_FLOW_SHARDS', env.BPFNET_FLOW_SHARDS || undefined, MAX_FLOW_SHARDS) ??
      DEFAULT_SHARD_COUNT,
    maxFlows:
      wholeNumber('--max-flows', maxFlows, MAX_FLOWS) ??
      wholeNumber('BPFNET_MAX_FLOWS', env.BPFNET_MAX_FLOWS || undefined, MAX_FLOWS) ??
      DEFAULT_MAX_FLOWS,
  };
}

function wholeNumber(setting: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const n = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  if (n < 1 || n > most) {
    throw new CollectorError('config', `${setting} "${text}" is not a whole number from 1 to ${most}.`, 2);
  }
  return n;
}

export function positiveNumber(option: string, text: string): number {
  const n = Number(text);
  if (!Number.isFinite(n) || n <= 0) {
    throw new CollectorError('config', `${option} "${text}" is not a positive number.`, 2);
  }
  return n;
}

/** `NAME=PATH` of a network namespace. */
export function namespaceOption(text: string): { readonly name: string; readonly path: string } {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) {
    throw new CollectorError('config', `--netns "${text}": write NAME=PATH, for example web=/run/netns/web.`, 2);
  }
  return { name: text.slice(0, at), path: text.slice(at + 1) };
}

const OWNERS_SCHEMA = z.record(
  z.string(),
  z.strictObject({
    k8s_namespace: z.string().optional(),
    k8s_pod_name: z.string().optional(),
    k8s_container_name: z.string().optional(),
    container_id: z.string().optional(),
  })
);

/** Reads `{ "<netns>": { "k8s_namespace": …, "k8s_pod_name": …, "k8s_container_name": …, "container_id": … } }`. */
export function readOwners(path: string | undefined): ReadonlyMap<string, NicOwner> {
  if (path === undefined) {
    return new Map();
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CollectorError('config', `--nic-owners ${path} cannot be read: check its name and permissions.`, 2);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CollectorError(
      'config',
      `--nic-owners ${path} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}.`,
      2
    );
  }
  const parsed = OWNERS_SCHEMA.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new CollectorError(
      'config',
      `--nic-owners ${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}.`,
      2
    );
  }
  return new Map(
    Object.entries(parsed.data).map(([netns, owner]) => [
      netns,
      {
        k8sNamespace: owner.k8s_namespace,
        podName: owner.k8s_pod_name,
        containerName: owner.k8s_container_name,
        containerId: owner.container_id,
      },
    ])
  );
}
