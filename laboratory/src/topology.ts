/**
 * The laboratory's network as data: two hosts with a pod each, as flannel would build it.
 *
 *   cart-7f9c                        node-a                                 node-b                       orders-5d8b
 *   eth0 ─────── veth7f9c ─ cni0 ─ vxlan.1 ─ eth0 ══ the wire ══ eth0 ─ vxlan.1 ─ cni0 ─ veth5d8b ─────── eth0
 *
 * A request to the service address 10.96.0.80:80 is rewritten (DNAT) on node-a to the orders pod, 10.2.1.7:8080, so it crosses
 * ten NICs: five on each side of the wire. Nothing here touches the system; `supervisor.ts` applies it.
 */

interface PodPlan {
  readonly name: string;
  readonly k8sNamespace: string;
  readonly containerName: string;
  readonly ip: string;
  readonly mac: string;
  /** The host's end of the pod's link. */
  readonly vethName: string;
  readonly vethMac: string;
}

export interface HostPlan {
  readonly name: string;
  readonly underlayIp: string;
  readonly underlayMac: string;
  readonly podNetwork: string;
  readonly bridgeIp: string;
  readonly bridgeMac: string;
  readonly tunnelIp: string;
  readonly tunnelMac: string;
  readonly pod: PodPlan;
}

export const NIC = { underlay: 'eth0', bridge: 'cni0', tunnel: 'vxlan.1', pod: 'eth0' } as const;
const MTU = { underlay: 1500, overlay: 1450 } as const;
const VXLAN = { vni: 42, port: 4789 } as const;

export const NODE_A: HostPlan = {
  name: 'node-a',
  underlayIp: '172.20.0.11',
  underlayMac: '02:42:ac:14:00:0b',
  podNetwork: '10.2.0',
  bridgeIp: '10.2.0.1',
  bridgeMac: '0a:58:0a:02:00:01',
  tunnelIp: '10.2.0.0',
  tunnelMac: '0e:a1:0a:02:00:00',
  pod: {
    name: 'cart-7f9c',
    k8sNamespace: 'shop',
    containerName: 'cart',
    ip: '10.2.0.5',
    mac: '0a:58:0a:02:00:05',
    vethName: 'veth7f9c',
    vethMac: '0e:5e:0a:02:00:05',
  },
};

export const NODE_B: HostPlan = {
  name: 'node-b',
  underlayIp: '172.20.0.12',
  underlayMac: '02:42:ac:14:00:0c',
  podNetwork: '10.2.1',
  bridgeIp: '10.2.1.1',
  bridgeMac: '0a:58:0a:02:01:01',
  tunnelIp: '10.2.1.0',
  tunnelMac: '0e:a1:0a:02:01:00',
  pod: {
    name: 'orders-5d8b',
    k8sNamespace: 'shop',
    containerName: 'orders',
    ip: '10.2.1.7',
    mac: '0a:58:0a:02:01:07',
    vethName: 'veth5d8b',
    vethMac: '0e:5e:0a:02:01:07',
  },
};

export const HOSTS: readonly HostPlan[] = [NODE_A, NODE_B];

/** Addresses that the client uses. */
export const ENDPOINTS = {
  /** The service address: node-a rewrites it to `direct`. */
  service: { ip: '10.96.0.80', port: 80 },
  direct: { ip: NODE_B.pod.ip, port: 8080 },
  /** Nothing listens there: the pod answers a SYN with RST. */
  refused: { ip: NODE_B.pod.ip, port: 8081 },
  /** node-b discards what goes there: a SYN is never answered. */
  blackHole: { ip: '10.2.1.250', port: 8080 },
  /** Cluster DNS, rewritten to the orders pod as well. */
  dns: { ip: '10.96.0.10', port: 53 },
} as const;

/** The host's NICs except for `eth0`, which the wire makes: lines for `ip -batch -`, to run in the host's namespace. */
export function hostBatch(host: HostPlan, other: HostPlan, podPid: number): string {
  const { pod } = host;
  const lines = [
    'link set lo up',
    `link add ${NIC.bridge} address ${host.bridgeMac} mtu ${MTU.overlay} type bridge`,
    `address add ${host.bridgeIp}/24 dev ${NIC.bridge}`,
    `link set ${NIC.bridge} up`,
    `link add ${pod.vethName} address ${pod.vethMac} mtu ${MTU.overlay} type veth ` +
      `peer name ${NIC.pod} address ${pod.mac} mtu ${MTU.overlay} netns ${podPid}`,
    `link set ${pod.vethName} master ${NIC.bridge}`,
    `link set ${pod.vethName} up`,
    `link add ${NIC.tunnel} address ${host.tunnelMac} mtu ${MTU.overlay} type vxlan id ${VXLAN.vni} ` +
      `local ${host.underlayIp} remote ${other.underlayIp} dstport ${VXLAN.port} nolearning`,
    `address add ${host.tunnelIp}/32 dev ${NIC.tunnel}`,
    `link set ${NIC.tunnel} up`,
    `neigh add ${other.tunnelIp} lladdr ${other.tunnelMac} dev ${NIC.tunnel} nud permanent`,
    `route add ${other.podNetwork}.0/24 via ${other.tunnelIp} dev ${NIC.tunnel} onlink`,
  ];
  if (ENDPOINTS.blackHole.ip.startsWith(`${host.podNetwork}.`)) {
    lines.push(`route add blackhole ${ENDPOINTS.blackHole.ip}/32`);
  }
  return lines.join('\n') + '\n';
}

/** The pod's own NIC: lines for `ip -batch -`, to run in the pod's namespace after `hostBatch`. */
export function podBatch(host: HostPlan): string {
  return [
    'link set lo up',
    `address add ${host.pod.ip}/24 dev ${NIC.pod}`,
    `link set ${NIC.pod} up`,
    `route add default via ${host.bridgeIp}`,
    '',
  ].join('\n');
}

/** The host's `eth0` once the wire has made it: lines for `ip -batch -`. */
export function underlayBatch(host: HostPlan): string {
  return [
    `link set ${NIC.underlay} address ${host.underlayMac} mtu ${MTU.underlay} txqueuelen 4096`,
    `address add ${host.underlayIp}/24 dev ${NIC.underlay}`,
    `link set ${NIC.underlay} up`,
    '',
  ].join('\n');
}

/** Service addresses on the client's host, for `nft -f -`. */
export function serviceRules(): string {
  const { service, direct, dns } = ENDPOINTS;
  return [
    'table ip services {',
    '  chain rewrite {',
    '    type nat hook prerouting priority dstnat;',
    `    ip daddr ${service.ip} tcp dport ${service.port} dnat to ${direct.ip}:${direct.port}`,
    `    ip daddr ${dns.ip} udp dport ${dns.port} dnat to ${direct.ip}:${dns.port}`,
    '  }',
    '}',
    '',
  ].join('\n');
}
