/** Connections written as scripts, one for each thing that the records must get right. */
import { Script } from './connection';
import { ascii, ethernet, ipv4, udp } from './packet';
import { type CapturedPacket } from './pcap';
import { inGeneve, inGre } from './tunnel';

const x = (n: number) => 'x'.repeat(n);

const REQUEST = 'GET /orders?secret=1 HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer secret\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 300\r\nContent-Type: text/plain\r\n\r\n';

function at(frames: readonly Uint8Array[]): CapturedPacket[] {
  return frames.map((bytes, i) => ({ bytes, tsNs: 1_700_000_000_000_000_000n + BigInt(i) * 1_000_000n }));
}

function fragments(): CapturedPacket[] {
  const whole = udp(ascii(x(1992)), 40000, 9000);
  const part = (from: number, to: number, id: number, more: boolean) =>
    ethernet(
      ipv4(whole.subarray(from, to), {
        src: '10.0.0.1',
        dst: '10.0.0.2',
        protocol: 17,
        id,
        fragment: (from >> 3) | (more ? 0x2000 : 0),
      })
    );
  return at([part(1000, 2000, 1, false), part(0, 1000, 1, true), part(0, 1000, 2, true), part(8, 1000, 2, true)]);
}

export const scriptedConnections: Readonly<Record<string, () => readonly CapturedPacket[]>> = {
  'one-request': () =>
    new Script({ stepMs: 5 })
      .handshake()
      .sends('client', REQUEST)
      .ack('server')
      .sends('server', ANSWER + x(300))
      .ack('client')
      .close().packets,
  'loss-and-fast-retransmission': () => {
    const script = new Script({ stepMs: 1, timestamps: true }).handshake().sends('client', REQUEST).ack('server');
    script
      .sends('server', ANSWER)
      .sends('server', x(100))
      .ack('client')
      .sends('server', x(100))
      .sends('server', x(100));
    return script
      .ackShort('client', 200)
      .ackShort('client', 200)
      .ackShort('client', 200)
      .repeats(5, { stamped: true })
      .ack('client')
      .close().packets;
  },
  'closed-window': () =>
    new Script({ stepMs: 10 })
      .handshake()
      .sends('client', x(100))
      .ackWindow('server', 0)
      .wait(200)
      .probe('client')
      .ackWindow('server', 0)
      .wait(200)
      .ackWindow('server', 5000)
      .sends('client', x(50))
      .ack('server').packets,
  refused: () => new Script().syn('client').reset('server').packets,
  'no-answer': () => new Script().syn('client').wait(1000).repeats(1).wait(2000).repeats(1).packets,
  'half-closed': () =>
    new Script({ stepMs: 2 })
      .handshake()
      .sends('client', REQUEST)
      .fin('client')
      .ack('server')
      .sends('server', ANSWER + x(300))
      .ack('client')
      .fin('server')
      .ack('client').packets,
  'opened-by-both': () => new Script().syn('client').syn('server').synAckAgain('client').synAckAgain('server').packets,
  'data-in-the-syn': () =>
    new Script({ stepMs: 5 })
      .synWith('client', REQUEST)
      .synAck('server')
      .sends('server', ANSWER + x(300))
      .ack('client')
      .close().packets,
  'one-direction-captured': () =>
    new Script({ stepMs: 5 })
      .handshake()
      .sends('client', REQUEST)
      .sends('server', ANSWER + x(300))
      .ack('client')
      .close()
      .packets.filter(({ bytes }) => bytes[14 + 15] === 1),
  'silent-then-over': () => {
    const { packets } = new Script().handshake().sends('client', 'a').ack('server');
    const later = {
      bytes: ethernet(ipv4(udp(ascii('q'), 1, 9), { src: '10.9.0.1', dst: '10.9.0.2', protocol: 17 })),
      tsNs: packets[0].tsNs + 45_000_000_000n,
    };
    return [...packets, later];
  },
  tunnelled: () => {
    const { packets } = new Script({ stepMs: 5 })
      .handshake()
      .sends('client', REQUEST)
      .sends('server', ANSWER + x(300))
      .ack('client');
    return packets.map(({ bytes, tsNs }) => ({
      bytes: ethernet(inGeneve(ethernet(inGre(bytes.subarray(14), 0x0800, { key: 42 }), { vlans: [[0x8100, 7]] }), 99)),
      tsNs,
    }));
  },
  fragments,
};
