/**
 * DNS in datagrams (RFC 1035, EDNS RFC 6891), on any port by content; multicast DNS (RFC 6762, port 5353) and LLMNR (RFC 4795, port 5355).
 *
 *   op        type asked for (A, AAAA, …), or UPDATE, NOTIFY, STATUS, DSO; ANNOUNCE for what nobody asked in the flow
 *   resource  name asked for, lower case, escaped as in master files
 *   status    name of the code: NOERROR, NXDOMAIN, SERVFAIL, …
 *   outcome   ok; server_error for SERVFAIL, NOTIMP and DSOTYPENI; client_error for the other codes; unanswered after 5 s
 *
 * Multicast: a question goes to a group and is answered, if at all, by whom it concerns, from another address and so in another
 * flow. It is recorded without a status, outcome `ok`, and never as unanswered. An answer that comes
 * so, asked for or not, is a message of its own: op ANNOUNCE, resource the (first) name that it is about. A question that mDNS repeats within a second is one.
 * The message id of mDNS is 0, so equal questions of several hosts have the same `request_id`; their addresses distinguish them.
 *
 * Nothing is masked: names and addresses are what DNS tells everybody anyway. Other data (TXT, keys, signatures) are not read.
 * NetBIOS names (port 137), which look alike, are left out.
 */
import { type Datagram, type DatagramMessage, type DatagramProtocol } from '../datagram-protocol';
import { Probe } from '../protocol';
import { readMessage, type DnsMessage } from './message';
import { probeMessage, probeOnOwnPort } from './probe';
import { addAnswer, operationOf, outcomeOf, questionFields, statusOf, subjectOf } from './question';

const DNS_PORT = 53;
const NETBIOS_PORT = 137;
const MDNS_PORT = 5353;
const LLMNR_PORT = 5355;

/** What stub resolvers wait for unless configured (resolv.conf: `timeout:5`). */
const DNS_WAIT_NS = 5e9;
/** RFC 6762 section 5.2: questions are at least one second apart. RFC 4795 section 2.7: its timeouts are shorter. */
const MULTICAST_WAIT_NS = 1e9;

export const dns: DatagramProtocol = {
  name: 'dns',
  waitNs: DNS_WAIT_NS,
  probe: (datagram) => {
    const { bytes, from, to } = datagram;
    if (hasPort(datagram, DNS_PORT)) {
      return probeOnOwnPort(bytes, from, to);
    }
    return hasPort(datagram, NETBIOS_PORT) ? Probe.NotOurs : probeMessage(bytes, from, to);
  },
  read: (datagram) => {
    const message = readMessage(datagram.bytes, datagram.from, datagram.to);
    return message === undefined ? undefined : message.isResponse ? response(message) : request(message, true);
  },
};

export const mdns: DatagramProtocol = multicastProtocol('mdns', MDNS_PORT);
export const llmnr: DatagramProtocol = multicastProtocol('llmnr', LLMNR_PORT);

function multicastProtocol(name: string, port: number): DatagramProtocol {
  return {
    name,
    waitNs: MULTICAST_WAIT_NS,
    // Who sends is the client, whatever it says: the group never sends.
    probe: (datagram) =>
      hasPort(datagram, port) && probeOnOwnPort(datagram.bytes, datagram.from, datagram.to) !== Probe.NotOurs
        ? Probe.Request
        : Probe.NotOurs,
    read: (datagram) => {
      const message = readMessage(datagram.bytes, datagram.from, datagram.to);
      if (message === undefined) {
        return undefined;
      }
      if (!message.isResponse) {
        return request(message, !datagram.multicast);
      }
      const fields = questionFields(message);
      addAnswer(fields, message);
      return { ...response(message), unasked: { op: 'ANNOUNCE', resource: message.name, fields } };
    },
  };
}

function hasPort(datagram: Datagram, port: number): boolean {
  return datagram.srcPort === port || datagram.dstPort === port;
}

function request(message: DnsMessage, expectsAnswer: boolean): DatagramMessage {
  return {
    kind: 'request',
    id: message.id,
    subject: subjectOf(message) ?? '',
    op: operationOf(message),
    resource: message.name,
    fields: questionFields(message),
    expectsAnswer,
  };
}

function response(message: DnsMessage): Extract<DatagramMessage, { readonly kind: 'response' }> {
  return {
    kind: 'response',
    id: message.id,
    subject: subjectOf(message),
    status: statusOf(message),
    outcome: outcomeOf(message),
    addTo: (fields) => addAnswer(fields, message),
  };
}
