/**
 * The sockets of a network namespace that others connect to, from the kernel's lists `/proc/net/{tcp,tcp6,udp,udp6}` (proc_net_tcp(5)): text in,
 * a look-up out.
 *
 * A line is `N: ADDRESS:PORT REMOTE:PORT STATE …` in hex, addresses as words of the machine's (little-endian) byte order. A TCP socket
 * listens in state 0A; these lines come first. A UDP socket has no such state: one that is bound to a port below those that the system
 * hands out, and connected to nobody, counts. A socket of IPv6 that is bound to no address takes IPv4 too.
 */
import { type SocketAddress } from '../packet-source';

export type SocketList = 'tcp' | 'tcp6' | 'udp' | 'udp6';
export const SOCKET_LISTS: readonly SocketList[] = ['tcp', 'tcp6', 'udp', 'udp6'];

const TCP = 6;
const UDP = 17;
const LISTEN = '0A';
const UNCONNECTED = /^0+:0000$/;
/** Linux hands out 32768 and up (`ip_local_port_range`). */
const HANDED_OUT_START = 32768;
const LINE = /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]{2}) /;

/** True where a line of a TCP list is past those of listening sockets. */
export function isPastListening(line: string): boolean {
  const state = LINE.exec(line)?.[4];
  return state !== undefined && state !== LISTEN;
}

export class Listeners {
  /** Addresses by protocol and port; an empty one is any address. */
  private readonly byPort = new Map<number, Int32Array[]>();

  /** Adds what a list says, head line and all. */
  add(list: SocketList, text: string): void {
    const isTcp = list.startsWith('tcp');
    const isV6 = list.endsWith('6');
    const protocol = isTcp ? TCP : UDP;
    for (const line of text.split('\n')) {
      const [, address, portText, remote, state] = LINE.exec(line) ?? [];
      if (address === undefined || (address.length === 32) !== isV6) {
        continue;
      }
      const port = parseInt(portText, 16);
      if (isTcp ? state === LISTEN : UNCONNECTED.test(remote) && port > 0 && port < HANDED_OUT_START) {
        const key = keyOf(protocol, port);
        this.byPort.set(key, [...(this.byPort.get(key) ?? []), words(address)]);
      }
    }
  }

  has({ protocol, ipVersion, addresses, at, port }: SocketAddress): boolean {
    const count = ipVersion === 4 ? 1 : 4;
    return (this.byPort.get(keyOf(protocol, port)) ?? []).some(
      (bound) => bound.length === 0 || (bound.length === count && bound.every((word, i) => word === addresses[at + i]))
    );
  }
}

function keyOf(protocol: number, port: number): number {
  return protocol * 65_536 + port;
}

/** Empty for the wildcard address. */
function words(hex: string): Int32Array {
  if (/^0+$/.test(hex)) {
    return new Int32Array(0);
  }
  const all = Int32Array.from(hex.match(/.{8}/g) ?? [], (word) => swapped(parseInt(word, 16)));
  const isMappedIpv4 = all.length === 4 && all[0] === 0 && all[1] === 0 && all[2] === 0xffff;
  return isMappedIpv4 ? all.subarray(3) : all;
}

function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
