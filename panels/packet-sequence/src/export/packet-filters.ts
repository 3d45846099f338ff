/** Filters for other tools, from the packet's own numbers and addresses. Addresses are checked: they may come off the wire. */
import { type Lane } from '../model/lane';
import { type PacketTable } from '../model/packets';

const ADDRESS = /^[0-9a-f.:]+$/i;

/** Wireshark's display filter for one packet of a connection; '' where the addresses are not known. */
export function tsharkFilter(table: PacketTable, packet: number): string {
  const lane = table.lanes[table.lane[packet]];
  const [from, to] = table.fromFar[packet] === 1 ? [lane.far, lane.near] : [lane.near, lane.far];
  if (!ADDRESS.test(from.ip) || !ADDRESS.test(to.ip)) {
    return '';
  }
  const ip = from.ip.includes(':') ? 'ipv6' : 'ip';
  const proto = lane.tcp ? 'tcp' : 'udp';
  const ends = [
    `${ip}.src == ${from.ip}`,
    `${ip}.dst == ${to.ip}`,
    `${proto}.srcport == ${from.port}`,
    `${proto}.dstport == ${to.port}`,
  ];
  const numbers = lane.tcp
    ? [
        `tcp.seq_raw == ${table.seq[packet]}`,
        `tcp.ack_raw == ${table.ack[packet]}`,
        `tcp.len == ${table.len[packet]}`,
        `tcp.flags == 0x${table.flags[packet].toString(16).padStart(3, '0')}`,
      ]
    : [`udp.length == ${table.len[packet] + 8}`];
  return [...ends, ...numbers].join(' && ');
}

/** BPF (pcap-filter) for the whole connection, both directions; '' where the addresses are not known. */
export function bpfFilter({ near, far, tcp }: Lane): string {
  if (!ADDRESS.test(near.ip) || !ADDRESS.test(far.ip)) {
    return '';
  }
  const proto = tcp ? 'tcp' : 'udp';
  return `${proto} and host ${near.ip} and port ${near.port} and host ${far.ip} and port ${far.port}`;
}
