/** Who is the client: handshake, else who listens, else the request, else the ports. */
import { Listeners } from '../src/capture/nics/listeners';
import { type ListeningPorts } from '../src/capture/packet-source';
import { Flow, RoleSource } from '../src/flow/flow';
import { askListeners, settleSides } from '../src/flow/roles';

/** A namespace in which something listens on port 40000 of all addresses, and port 41000 of 10.0.0.2 only. */
const listeners = new Listeners();
listeners.add(
  'tcp',
  [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 00000000:9C40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
    '   1: 0200000A:A028 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0',
  ].join('\n')
);
const ports: ListeningPorts = { isListening: (_nic, address) => listeners.has(address) };

/** Between 10.0.0.1 (side 0) and 10.0.0.2 (side 1). */
function flow(port0: number, port1: number, ownSide: 0 | 1 | -1): Flow {
  const made = new Flow(0);
  made.protocol = 6;
  made.ipVersion = 4;
  made.addresses[0] = 0x0a000001;
  made.addresses[4] = 0x0a000002;
  made.port0 = port0;
  made.port1 = port1;
  made.ownSide = ownSide;
  return made;
}

function clientOf(made: Flow): number {
  askListeners(made, ports);
  settleSides(made);
  return made.clientSide;
}

describe('who is the client', () => {
  it('is the other side of who listens, whatever the ports look like', () => {
    expect(clientOf(flow(80, 40_000, 1))).toBe(0);
    expect(clientOf(flow(40_000, 80, 0))).toBe(1);
  });

  it('is asked of the own side only: others listen elsewhere', () => {
    expect(clientOf(flow(80, 40_000, 0))).toBe(1);
    expect(clientOf(flow(80, 40_000, -1))).toBe(1);
  });

  it('regards the address that a socket is bound to', () => {
    expect(clientOf(flow(80, 41_000, 1))).toBe(0);
    expect(clientOf(flow(41_000, 80, 0))).toBe(0);
  });

  it('is known better from a handshake, and worse from a request', () => {
    const made = flow(80, 40_000, 1);
    askListeners(made, ports);
    made.setClient(1, RoleSource.Request);
    expect(made.clientSide).toBe(0);
    made.setClient(1, RoleSource.Handshake);
    expect(made.clientSide).toBe(1);
  });
});
