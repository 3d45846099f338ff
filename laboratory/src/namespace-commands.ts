/**
 * How the laboratory gets into namespaces of its own. Root needs no user namespace; everybody else gets one in which it is
 * root. util-linux does the work: `unshare`, `nsenter`, `setpriv`.
 */

function needsUserNamespace(): boolean {
  return process.geteuid?.() !== 0;
}

/**
 * A command in new mount, network and PID namespaces. It is process 1 of the PID namespace: all processes in there end with it,
 * and it ends with `unshare`.
 */
export function inNewNamespaces(command: readonly string[]): readonly string[] {
  const user = needsUserNamespace() ? ['--user', '--map-root-user'] : [];
  const own = ['--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc'];
  return ['unshare', ...user, ...own, '--', ...command];
}

/**
 * A command in the network namespace of a process, and else where its caller is: it sees the caller's files and /proc, and
 * signals reach the command itself (nothing forks on the way). The kernel kills it when the caller ends.
 */
export function inNetworkNamespaceOf(pid: number, command: readonly string[]): readonly string[] {
  const user = needsUserNamespace() ? ['--user', '--preserve-credentials'] : [];
  return ['nsenter', '-t', String(pid), ...user, '--net', '--', 'setpriv', '--pdeathsig', 'KILL', '--', ...command];
}
