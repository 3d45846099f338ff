/** A NIC in words: on its card, in its details, and for those who hear the path. */
import { OUTSIDE_CLIENT } from '@bpfnet/flow-model/frames';
import { addressText, durationText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { type Address, type NicPath, type PathNode } from './path';

type CardTone = 'plain' | 'secondary' | 'strong' | 'changed' | 'attention' | 'danger';

interface CardLine {
  readonly text: string;
  readonly tone: CardTone;
  /** Digits of equal width. */
  readonly tabular?: boolean;
}

/**
 * Title first; all cards of a path have the same number of lines, so that they line up.
 *
 * @param wide one line has room for both addresses
 */
export function cardLines(path: NicPath, index: number, wide: boolean): readonly CardLine[] {
  const all = path.nodes.map((_node, i) => linesOf(path, i, wide));
  return all[index].filter((_line, at) => all.some((lines) => lines[at].text !== ''));
}

function linesOf(path: NicPath, index: number, wide: boolean): readonly CardLine[] {
  const node = path.nodes[index];
  const before = index > 0 ? path.nodes[index - 1] : undefined;
  const clientTone = isChanged(before?.client, node.client) ? 'changed' : 'plain';
  const serverTone = isChanged(before?.server, node.server) ? 'changed' : 'plain';
  const [client, server] = node.observed
    ? [endText(node.client), `→ ${endText(node.server)}`]
    : [outsideText(node), ''];
  const addresses: CardLine[] = wide
    ? [{ text: `${client} ${server}`.trim(), tone: serverTone === 'changed' ? serverTone : clientTone, tabular: true }]
    : [
        { text: client, tone: clientTone, tabular: true },
        { text: server, tone: serverTone, tabular: true },
      ];
  return [
    { text: nodeName(node), tone: 'strong' },
    { text: ownerText(node), tone: 'secondary' },
    ...addresses,
    { text: node.observed ? detailText(node) : '', tone: 'secondary' },
    latencyLine(path, index),
    troubleLine(path, index),
  ];
}

/** The last NIC's latency was spent inside of what it belongs to, or beyond it. */
function whereInside({ nodes }: NicPath, index: number): string {
  const node = nodes[index];
  const isLast = !nodes.slice(index + 1).some(({ observed }) => observed);
  if (!isLast || node.latencyMs === null) {
    return '';
  }
  return index === nodes.length - 1 && node.podName !== '' ? 'inside' : 'beyond';
}

/** The number of retransmissions where no response was seen. */
function latencyLine(path: NicPath, index: number): CardLine {
  const node = path.nodes[index];
  return node.latencyMs === null && troubleOf(path, index) !== undefined
    ? { text: retransmissionText(node), tone: 'attention', tabular: true }
    : { text: [latencyText(node), whereInside(path, index)].join(' ').trim(), tone: 'strong', tabular: true };
}

function troubleLine(path: NicPath, index: number): CardLine {
  const trouble = troubleOf(path, index);
  return trouble === undefined
    ? { text: retransmissionText(path.nodes[index]), tone: 'attention', tabular: true }
    : { text: trouble.text, tone: trouble.endsHere ? 'danger' : 'attention' };
}

/** Pods' NICs by pod; ends that nobody saw as N/A. */
export function nodeName(node: PathNode): string {
  if (!node.observed) {
    return 'N/A';
  }
  return node.podName === '' ? node.nicName : node.podName;
}

function ownerText(node: PathNode): string {
  if (!node.observed) {
    return node.id === OUTSIDE_CLIENT ? 'client, not observed' : 'server, not observed';
  }
  return node.podName === ''
    ? joined(nicKind(node), ...protocolsOf(node))
    : joined(node.nicName, node.k8sNamespace, node.containerName);
}

/** What did not fit above: kind and protocols of a pod's NIC, the container of a host's. */
function detailText(node: PathNode): string {
  return node.podName === ''
    ? joined(tunnelText(node), node.containerName)
    : joined(nicKind(node), ...protocolsOf(node), tunnelText(node));
}

const joined = (...parts: readonly string[]) => parts.filter((text) => text !== '').join(' · ');

const protocolsOf = ({ l4Proto, l7Proto }: PathNode) => [l4Proto, l7Proto];

/** '' where the capture does not say. */
export function nicKind({ virtual }: Pick<PathNode, 'virtual'>): 'virtual' | 'physical' | '' {
  return virtual === null ? '' : virtual ? 'virtual' : 'physical';
}

/** The address of an end that nobody saw, as the NICs saw it. */
function outsideText(node: PathNode): string {
  return endText(node.client.ip === '' ? node.server : node.client);
}

function endText({ ip, port }: Address): string {
  return ip === '' ? 'N/A' : addressText(ip, port);
}

/** `tcp · http · VXLAN 42` */
export const protocolText = (node: PathNode) => joined(...protocolsOf(node), tunnelText(node));

/** `VXLAN 42`; '' outside of tunnels. */
export function tunnelText({ tunnel, vniId }: PathNode): string {
  return tunnel === '' ? '' : [tunnel.toUpperCase(), vniId ?? ''].join(' ').trim();
}

export function latencyText(node: PathNode): string {
  return node.latencyMs === null ? '' : durationText(node.latencyMs);
}

function retransmissionText(node: PathNode): string {
  return node.retransmissions === 0 ? '' : pluralText(node.retransmissions, 'retransmission');
}

function isChanged(before: Address | undefined, now: Address): boolean {
  return before !== undefined && before.ip !== '' && now.ip !== '' && endText(before) !== endText(now);
}

interface Trouble {
  readonly text: string;
  /** Request or response was seen here for the last time. */
  readonly endsHere: boolean;
}

/** What went wrong at this NIC, in words; undefined where nothing did. */
export function troubleOf(path: NicPath, index: number): Trouble | undefined {
  const node = path.nodes[index];
  if (!node.observed) {
    return undefined;
  }
  if (path.edges[index]?.lost === 'request') {
    return { text: 'last seen here', endsHere: true };
  }
  if (path.edges[index - 1]?.lost === 'response') {
    return { text: 'response last seen here', endsHere: true };
  }
  const isLastSeen = !path.nodes.slice(index + 1).some((next) => next.outcome !== '');
  switch (node.outcome) {
    case '':
      return { text: 'request not seen', endsHere: false };
    case 'unanswered':
      return { text: isLastSeen ? 'last seen, no response' : 'no response', endsHere: isLastSeen };
    case 'reset':
      return { text: isLastSeen ? 'last seen, reset' : 'reset', endsHere: isLastSeen };
    case 'gap':
      return { text: 'partly captured', endsHere: false };
    case 'parse_error':
      return { text: 'response not parsed', endsHere: false };
    default:
      return undefined;
  }
}

/** For those who hear the path. */
export function nodeSentence(path: NicPath, index: number): string {
  const node = path.nodes[index];
  const where = node.observed && node.host !== '' ? `${nodeName(node)} on ${node.host}` : nodeName(node);
  return [
    where,
    ...cardLines(path, index, false)
      .slice(1)
      .map(({ text }) => text),
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** Addresses as seen here beside those of the neighbours, where they differ. */
export function addressDetails(path: NicPath, index: number): ReadonlyArray<readonly [string, string]> {
  const node = path.nodes[index];
  if (!node.observed) {
    return [['address', outsideText(node)]];
  }
  const pair = ({ client, server }: PathNode) => `${endText(client)} → ${endText(server)}`;
  const here = pair(node);
  const beside = (name: string, neighbour: PathNode | undefined): ReadonlyArray<readonly [string, string]> =>
    neighbour?.observed === true && pair(neighbour) !== here ? [[name, pair(neighbour)]] : [];
  return [...beside('before', path.nodes[index - 1]), ['here', here], ...beside('after', path.nodes[index + 1])];
}
