/** Settings from the command line, the environment and files, checked at this border only. Every complaint says what to do. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { type NicOwner } from './capture/packet-source';
import { CollectorError } from './errors';

const DEFAULT_STORE_URL = 'http://127.0.0.1:3180';

type OutputKind = 'ndjson' | 'loki' | 'store';

type Environment = Readonly<Record<string, string | undefined>>;

interface OutputSettings {
  readonly kind: OutputKind;
  /** Where to push; absent for ndjson. */
  readonly url: string | undefined;
  /** On every stream that is pushed. */
  readonly labels: Readonly<Record<string, string>>;
}

export function outputSettings(output: string, lokiUrl: string | undefined, env: Environment): OutputSettings {
  switch (output) {
    case 'ndjson':
      return { kind: output, url: undefined, labels: {} };
    case 'loki': {
      const url = lokiUrl ?? env.BPFNET_LOKI_URL;
      if (url === undefined || url === '') {
        throw new CollectorError(
          'config',
          '--output loki needs the address of Loki: give --loki-url or BPFNET_LOKI_URL.',
          2
        );
      }
      return { kind: output, url, labels: staticLabels(env) };
    }
    case 'store':
      return {
        kind: output,
        url: lokiUrl ?? (env.BPFNET_STORE_URL || DEFAULT_STORE_URL),
        labels: staticLabels(env),
      };
    default:
      throw new CollectorError('config', `--output "${output}" is not known: use ndjson, loki or store.`, 2);
  }
}

/** Labels on every stream, from `BPFNET_LABELS="cluster=a,zone=b"`. */
function staticLabels(env: Environment): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const part of (env.BPFNET_LABELS ?? '').split(',')) {
    const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined) {
      labels[name] = value;
    } else if (part.trim() !== '') {
      throw new CollectorError(
        'config',
        `BPFNET_LABELS: "${part.trim()}" is no label: write name=value, with commas between.`,
        2
      );
    }
  }
  return labels;
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

const ownersSchema = z.record(
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
    throw new CollectorError('config', `--nic-owners ${path} cannot be read: check the name and its permissions.`, 2);
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
  const parsed = ownersSchema.safeParse(json);
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
