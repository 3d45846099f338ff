/**
 * The program attached to a packet socket: what the collector itself never wants, then the user's filter.
 *
 * It runs in the kernel before the ring, so that what it rejects costs no ring space and is not a drop. In this order:
 * 1. The outgoing copy of every loopback packet. A packet on `lo` passes a packet socket twice, once as it leaves and once
 *    as it arrives; as libpcap does, only the arriving copy is kept.
 * 2. NICs that the user excluded (at most 200 of them; the reader sorts out the rest, and NICs that appear later).
 * 3. TCP segments from and to the store, without which each push would be captured and pushed again. Limits: IPv4
 *    headers with options pass; where the address is translated on its way (a service address in Kubernetes), the
 *    translated packets pass, so give the translated address too.
 * 4. The user's filter: one program for Ethernet, another for NICs without a link layer (tun, ipip, WireGuard).
 * 5. How much of the packet is kept: `snapLength`, or what adaptive-snap.ts finds worth it.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { EtherType } from '../../wire/link-type';
import { adaptiveSnap } from './adaptive-snap';
import {
  Ancillary,
  assemble,
  ifEqual,
  inline,
  jump,
  keep,
  label,
  loadAncillary,
  loadByte,
  loadHalf,
  loadWord,
  networkHeader,
  type Program,
} from './cbpf';

/** `ARPHRD_*` numbers (linux/if_arp.h). */
export const HardwareType = { ethernet: 1, loopback: 772 } as const;

const PACKET_OUTGOING = 4;
const PROTOCOL_TCP = 6;
const MAX_EXCLUDED_NICS = 200;

export interface UserFilter {
  readonly ethernet: Program;
  /** For NICs without a link layer. Absent: the expression has no meaning there, and nothing of them is kept. */
  readonly rawIp?: Program;
}

export interface Endpoint {
  /** An IPv4 or IPv6 address in text. */
  readonly address: string;
  readonly port: number;
}

export interface SocketProgramOptions {
  /** Bytes of each packet to keep. */
  readonly snapLength: number;
  /** Of long TCP segments only what is worth it (adaptive-snap.ts). */
  readonly adaptive?: boolean;
  readonly filter?: UserFilter;
  readonly excludedNics?: readonly number[];
  readonly excludedEndpoints?: readonly Endpoint[];
}

type Lines = Parameters<typeof assemble>[0];

/** Throws a RangeError when the parts together are too long for the kernel. */
export function socketProgram(options: SocketProgramOptions): Program {
  return assemble([
    ...withoutOutgoingLoopback(),
    ...withoutNics((options.excludedNics ?? []).slice(0, MAX_EXCLUDED_NICS)),
    ...(options.excludedEndpoints ?? []).flatMap((endpoint, index) => withoutEndpoint(endpoint, `endpoint${index}`)),
    ...userPart(options.filter),
    label('wanted'),
    ...(options.adaptive === true ? adaptiveSnap(options.snapLength) : [keep(options.snapLength)]),
  ]);
}

/** Refuses everything: attached before a ring is drained for the last time. */
export const REFUSE_ALL: Program = assemble([keep(0)]);

function withoutOutgoingLoopback(): Lines {
  return [
    loadAncillary(Ancillary.hardwareType),
    ifEqual(HardwareType.loopback, { otherwise: 'not-loopback' }),
    loadAncillary(Ancillary.packetType),
    ifEqual(PACKET_OUTGOING, { otherwise: 'not-loopback' }),
    keep(0),
    label('not-loopback'),
  ];
}

function withoutNics(indexes: readonly number[]): Lines {
  if (indexes.length === 0) {
    return [];
  }
  return [
    loadAncillary(Ancillary.interfaceIndex),
    ...indexes.map((index) => ifEqual(index, { then: 'excluded-nic' })),
    jump('included-nic'),
    label('excluded-nic'),
    keep(0),
    label('included-nic'),
  ];
}

function withoutEndpoint(endpoint: Endpoint, name: string): Lines {
  const drop = `${name}-drop`;
  const pass = `${name}-pass`;
  const toSource = `${name}-destination`;
  const side = (words: readonly number[], addressOffset: number, portOffset: number, otherwise: string): Lines => [
    ...words.flatMap((word, index) => [
      loadWord(networkHeader(addressOffset + index * 4)),
      ifEqual(word, { otherwise }),
    ]),
    loadHalf(networkHeader(portOffset)),
    ifEqual(endpoint.port, { then: drop, otherwise }),
  ];
  const words = addressWords(endpoint.address);
  const v4 = words.length === 1;
  return [
    loadAncillary(Ancillary.protocol),
    ifEqual(v4 ? EtherType.Ipv4 : EtherType.Ipv6, { otherwise: pass }),
    ...(v4 ? [loadByte(networkHeader(0)), ifEqual(0x45, { otherwise: pass })] : []),
    loadByte(networkHeader(v4 ? 9 : 6)),
    ifEqual(PROTOCOL_TCP, { otherwise: pass }),
    ...side(words, v4 ? 12 : 8, v4 ? 20 : 40, toSource),
    label(toSource),
    ...side(words, v4 ? 16 : 24, v4 ? 22 : 42, pass),
    label(drop),
    keep(0),
    label(pass),
  ];
}

function userPart(filter: UserFilter | undefined): Lines {
  if (filter === undefined) {
    return [];
  }
  return [
    loadAncillary(Ancillary.hardwareType),
    ifEqual(HardwareType.ethernet, { then: 'ethernet' }),
    ifEqual(HardwareType.loopback, { then: 'ethernet' }),
    jump('raw-ip'),
    label('ethernet'),
    inline(filter.ethernet, 'wanted'),
    label('raw-ip'),
    ...(filter.rawIp === undefined ? [keep(0)] : [inline(filter.rawIp, 'wanted')]),
  ];
}

/** An address as one or four 32-bit words. Throws a RangeError for text that is not an address. */
function addressWords(address: string): readonly number[] {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) {
    return addressWords(mapped[1]);
  }
  if (isIPv4(address)) {
    return [address.split('.').reduce((word, part) => word * 256 + Number(part), 0)];
  }
  if (!isIPv6(address)) {
    throw new RangeError(`"${address}" is not an IP address`);
  }
  const [head, tail] = address.split('%')[0].split('::');
  const groups = (text: string | undefined): readonly number[] =>
    text === undefined || text === ''
      ? []
      : text.split(':').flatMap((group) => {
          if (!group.includes('.')) {
            return [parseInt(group, 16)];
          }
          const [word] = addressWords(group);
          return [word >>> 16, word & 0xffff];
        });
  const first = groups(head);
  const last = groups(tail);
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return [0, 2, 4, 6].map((i) => ((all[i] << 16) | all[i + 1]) >>> 0);
}
