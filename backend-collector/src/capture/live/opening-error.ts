/** What went wrong while a ring was opened, as one line that says what to do. */
import { MEBIBYTE } from '../../byte-units';
import { CollectorError } from '../../errors';
import { SystemCallError } from '../libc';

export function openingError(
  error: unknown,
  namespace: { readonly name: string; readonly path?: string; readonly ringBytes: number }
): Error {
  if (error instanceof SystemCallError) {
    return systemCallError(error, namespace);
  }
  const code = (error as { readonly code?: unknown }).code;
  if (namespace.path !== undefined && typeof code === 'string') {
    return new CollectorError(
      code === 'EACCES' || code === 'EPERM' ? 'no-permission' : 'config',
      `The network namespace "${namespace.name}" cannot be opened at ${namespace.path} (${code}): use a readable /proc/PID/ns/net of a running process, or /run/netns/NAME of "ip netns".`
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

function systemCallError(
  error: SystemCallError,
  namespace: { readonly name: string; readonly path?: string; readonly ringBytes: number }
): CollectorError {
  if (error.call === 'setns') {
    return error.is('EPERM')
      ? new CollectorError(
          'no-permission',
          `Entering the network namespace "${namespace.name}" needs the capability CAP_SYS_ADMIN: run as root, or "sudo setcap cap_net_raw,cap_sys_admin+ep ${process.execPath}".`
        )
      : new CollectorError(
          'config',
          `${namespace.path} of "${namespace.name}" is not a network namespace (${error.message}): use /proc/PID/ns/net or /run/netns/NAME.`
        );
  }
  if (error.is('EPERM') || error.is('EACCES')) {
    return new CollectorError(
      'no-permission',
      `Capturing packets needs the capability CAP_NET_RAW: run as root, or once "sudo setcap cap_net_raw+ep ${process.execPath}", or try it in a private network namespace with "unshare -Urn".`
    );
  }
  if (error.is('ENOMEM')) {
    const mebibytes = Math.round(namespace.ringBytes / MEBIBYTE);
    return new CollectorError(
      'config',
      `The kernel has no memory for a packet ring of ${mebibytes} MiB: set a smaller --ring-mb.`
    );
  }
  return new CollectorError(
    'not-supported',
    `This kernel cannot provide a packet ring (${error.message}): live capture needs Linux 4.4 or newer with AF_PACKET; replay a capture file instead.`
  );
}
