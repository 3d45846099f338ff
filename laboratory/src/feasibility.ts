import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { inNewNamespaces } from './namespace-commands';

type Feasibility = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Makes one of each thing that the laboratory needs. The namespaces, and all in them, end with the script. */
const TRIAL = [
  'echo 1 > /proc/sys/net/ipv4/ip_forward',
  'ip link add veth0 type veth peer name veth1',
  'ip link add cni0 type bridge',
  'ip link add vxlan.1 type vxlan id 42 local 127.0.0.1 remote 127.0.0.2 dstport 4789',
  'ip tuntap add dev tap0 mode tap',
  'nft "add table ip trial; add chain ip trial c { type nat hook prerouting priority 0; }"',
  'nsenter -t $$ -n setpriv --pdeathsig KILL true',
].join('\n');
const TRIAL_TIMEOUT_MS = 5000;
const TUN_DEVICE = '/dev/net/tun';

/** Whether a laboratory can be made here, by trying. Synchronous, some 30 ms: tests decide by it what to skip. */
export function canRunLaboratory(): Feasibility {
  if (process.platform !== 'linux') {
    return { ok: false, reason: 'network namespaces need Linux' };
  }
  try {
    accessSync(TUN_DEVICE, constants.R_OK | constants.W_OK);
  } catch {
    const reason = `${TUN_DEVICE} is missing or not accessible to this user; load the module "tun", or add --device ${TUN_DEVICE} to the container`;
    return { ok: false, reason };
  }
  const [file, ...args] = inNewNamespaces(['sh', '-e', '-c', TRIAL]);
  const { status, error, stderr } = spawnSync(file, args, { timeout: TRIAL_TIMEOUT_MS, encoding: 'utf8' });
  if (status === 0) {
    return { ok: true };
  }
  const [said] = (stderr ?? '').trim().split('\n');
  return {
    ok: false,
    reason: `network namespaces cannot be made here: ${said || (error?.message ?? `ended with ${status}`)}`,
  };
}
