/** The kernel's lists of sockets, and what is asked of them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, connect } from 'node:net';
import { isPastListening, Listeners } from '../../src/capture/nics/listeners';
import { closeSocketLists, NamespaceListeners, openSocketLists } from '../../src/capture/nics/listening-ports';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const REST_OF_LINE = '00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0';
const line = (n: number, local: string, remote: string, state: string) =>
  `   ${n}: ${local} ${remote} ${state} ${REST_OF_LINE}\n`;

const v4 = (address: string, port: number, protocol = 6) => ({
  protocol,
  ipVersion: 4,
  addresses: Int32Array.of(
    0,
    address.split('.').reduce((word, part) => (word << 8) | Number(part), 0)
  ),
  at: 1,
  port,
});
const v6 = (words: readonly number[], port: number) => ({
  protocol: 6,
  ipVersion: 6,
  addresses: Int32Array.from(words),
  at: 0,
  port,
});

function listeners(): Listeners {
  const all = new Listeners();
  all.add(
    'tcp',
    HEAD +
      line(0, '0100007F:1F90', '00000000:0000', '0A') +
      line(1, '00000000:0050', '00000000:0000', '0A') +
      line(2, '0100007F:9C40', '0100007F:1F90', '01')
  );
  all.add(
    'tcp6',
    HEAD +
      line(0, 'B80D0120000000000000000001000000:01BB', '00000000000000000000000000000000:0000', '0A') +
      line(1, '00000000000000000000000000000000:0016', '00000000000000000000000000000000:0000', '0A') +
      line(2, '0000000000000000FFFF00000200000A:0BB8', '00000000000000000000000000000000:0000', '0A')
  );
  all.add(
    'udp',
    HEAD +
      line(0, '0100007F:0035', '00000000:0000', '07') +
      line(1, '00000000:9C41', '00000000:0000', '07') +
      line(2, '0100007F:0CEA', '0100007F:0035', '01')
  );
  return all;
}

it.each([
  ['a socket at its address', v4('127.0.0.1', 8080), true],
  ['the port at another address', v4('10.0.0.1', 8080), false],
  ['another port', v4('127.0.0.1', 8081), false],
  ['a socket at any address', v4('10.0.0.1', 80), true],
  ['a connection', v4('127.0.0.1', 40000), false],
  ['the port of the other protocol', v4('127.0.0.1', 8080, 17), false],
  ['IPv6 at its address', v6([0x20010db8, 0, 0, 1], 443), true],
  ['IPv6 at another', v6([0x20010db8, 0, 0, 2], 443), false],
  ['IPv4 where IPv6 listens at any address', v4('10.0.0.1', 22), true],
  ['IPv4 where an IPv6 socket is bound to it', v4('10.0.0.2', 3000), true],
  ['a UDP service', v4('127.0.0.1', 53, 17), true],
  ['a UDP port that the system handed out', v4('10.0.0.1', 40001, 17), false],
  ['a connected UDP socket', v4('127.0.0.1', 3306, 17), false],
])('%s: %#', (_, address, expected) => {
  expect(listeners().has(address)).toBe(expected);
});

it('takes no line for another', () => {
  const all = new Listeners();
  all.add('tcp', `${HEAD}\n  x: nonsense\n${line(0, '0100007F:1F90', '00000000:0000', '0A').slice(0, 20)}`);
  expect(all.has(v4('127.0.0.1', 8080))).toBe(false);
  expect(isPastListening(HEAD)).toBe(false);
  expect(isPastListening(line(0, '0100007F:1F90', '00000000:0000', '0A'))).toBe(false);
  expect(isPastListening(line(2, '0100007F:9C40', '0100007F:1F90', '01'))).toBe(true);
});

const tried = process.platform === 'linux' ? it : it.skip;

tried('knows the ports of this namespace, and learns of new ones', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const datagrams = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(datagrams, 'listening')]);
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  const lists = openSocketLists();
  const ports = new NamespaceListeners([lists], () => 0);
  try {
    expect(ports.isListening(0, v4('127.0.0.1', port))).toBe(false);
    ports.refresh(0);
    expect(ports.isListening(0, v4('127.0.0.1', port))).toBe(true);
    expect(ports.isListening(0, v4('127.0.0.1', client.localPort ?? 0))).toBe(false);
    expect(ports.isListening(0, v4('10.0.0.1', port))).toBe(false);
    const later = createServer().listen(0, '127.0.0.1');
    await once(later, 'listening');
    const laterPort = (later.address() as AddressInfo).port;
    ports.refresh(1000);
    expect(ports.isListening(0, v4('127.0.0.1', laterPort))).toBe(false);
    ports.refresh(20_000);
    expect(ports.isListening(0, v4('127.0.0.1', laterPort))).toBe(true);
    later.close();
  } finally {
    closeSocketLists(lists);
    client.destroy();
    server.close();
    datagrams.close();
  }
});
