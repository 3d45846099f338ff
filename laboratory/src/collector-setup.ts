/**
 * How a collector is started on a host of the laboratory: in the host's network namespace (`Laboratory.exec`), with the
 * pods' namespaces and their owners as arguments. `exec` leaves the caller's /proc in place, so `/proc/<pid>/ns/net` with the caller's
 * PIDs is right for the collector too.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LaboratoryHost, type LaboratoryPod } from './laboratory';

/** Who owns the NICs of a namespace: the value of the owners file, which is keyed by the name given with `--netns`. */
interface NicOwnerEntry {
  readonly k8s_namespace: string;
  readonly k8s_pod_name: string;
  readonly k8s_container_name: string;
}

interface CollectorPlace {
  readonly host: LaboratoryHost;
  /** The owners file is written there; made if missing. */
  readonly runDir: string;
  /** Where the collector pushes to; the socket `store.sock` in the run directory unless set. */
  readonly lokiUrl?: string;
}

/** Writes the owners file and returns the arguments of `bpfnet`, beginning with `capture`. */
export function collectorArguments({ host, runDir, lokiUrl }: CollectorPlace): readonly string[] {
  const ownersFile = writeOwners(host, runDir);
  return [
    'capture',
    '--host',
    host.name,
    ...host.pods.flatMap((pod) => ['--netns', `${pod.name}=/proc/${pod.netnsPid}/ns/net`]),
    '--nic-owners',
    ownersFile,
    '--output',
    'loki',
    '--loki-url',
    lokiUrl ?? `unix:${join(runDir, 'store.sock')}`,
  ];
}

/** Writes `owners-HOST.json` into a folder, which is made if missing, and returns its path. */
export function writeOwners(host: LaboratoryHost, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `owners-${host.name}.json`);
  const owners = Object.fromEntries(host.pods.map((pod) => [pod.name, ownerOf(pod)]));
  writeFileSync(path, JSON.stringify(owners, null, 2) + '\n');
  return path;
}

function ownerOf(pod: LaboratoryPod): NicOwnerEntry {
  return { k8s_namespace: pod.k8sNamespace, k8s_pod_name: pod.name, k8s_container_name: pod.containerName };
}
