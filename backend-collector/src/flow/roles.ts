/** Which side of a flow is which in its records. */
import { type ListeningPorts } from '../capture/packet-source';
import { RoleSource, type Flow, type Side } from './flow';

/**
 * Settles, when the first record of a flow is written, which side is `src`: the NIC's own side where the capture says it, else the
 * client, else the sender of the first packet. It stays the same for all records of the flow.
 */
export function settleSides(flow: Flow): Side {
  guessClientByPorts(flow);
  if (flow.ownSide < 0) {
    flow.ownSide = flow.clientSide >= 0 ? flow.clientSide : flow.firstSide;
  }
  return flow.ownSide === 1 ? 1 : 0;
}

/** To be called with a flow's first packet, when the NIC's own side is known: where its namespace listens there, the other side is the client. */
export function askListeners(flow: Flow, ports: ListeningPorts): void {
  const { ownSide, protocol, ipVersion, addresses } = flow;
  if (ownSide < 0) {
    return;
  }
  const port = ownSide === 0 ? flow.port0 : flow.port1;
  if (ports.isListening(flow.nicId, { protocol, ipVersion, addresses, at: 4 * ownSide, port })) {
    flow.setClient(ownSide === 0 ? 1 : 0, RoleSource.Listening);
  }
}

const WELL_KNOWN_END = 1024;
/** Linux hands out 32768 and up for connections of clients (`ip_local_port_range`). */
const EPHEMERAL_START = 32768;

/** Who is the client where neither a handshake nor a request was seen: the side that does not use a service's port. */
function guessClientByPorts(flow: Flow): void {
  if (flow.roleSource !== RoleSource.None) {
    return;
  }
  const rank0 = portRank(flow.port0);
  const rank1 = portRank(flow.port1);
  if (rank0 !== rank1) {
    flow.setClient(rank0 > rank1 ? 0 : 1, RoleSource.Ports);
  }
}

function portRank(port: number): number {
  return port < WELL_KNOWN_END ? 0 : port < EPHEMERAL_START ? 1 : 2;
}
