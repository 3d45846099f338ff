/** Redis, MySQL and PostgreSQL where the recordings have nothing to say: redirections, encryption, captures that begin late. */
import { Script } from './build/connection';
import { replayPackets } from './build/replay';

const summaries = async (script: Script) =>
  (await replayPackets(script.packets)).l7.map(
    (s) => `${s.l7_proto} ${s.l7_op} ${s.l7_resource ?? '-'} ${s.l7_status ?? '-'} ${s.outcome}`
  );

const resp = (...words: readonly string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

const u32 = (n: number) => String.fromCharCode((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
const typed = (type: string, body: string) => `${type}${u32(body.length + 4)}${body}`;
const READY = typed('Z', 'I');

const packet = (sequence: number, body: string) =>
  `${String.fromCharCode(body.length & 255, body.length >> 8, 0, sequence)}${body}`;
const OK = (sequence: number) => packet(sequence, '\0\0\0\x02\0\0\0');
const GREETING = packet(
  0,
  `\x0a8.0.36\0\x01\0\0\0abcdefgh\0\xff\xff\x2d\x02\0\xff\xdf\x15${'\0'.repeat(10)}ijklmnopqrst\0`
);

describe('databases', () => {
  it.each<readonly [string, () => Script, readonly string[]]>([
    [
      'Redis: redirections, errors of both kinds, a name that is not known',
      () =>
        new Script()
          .handshake()
          .sends('client', resp('GET', 'k') + resp('SET', 'k', 'v') + resp('GET', 'k') + resp('MY.SECRET', 'x'))
          .sends('server', '-MOVED 3999 10.0.0.3:6381\r\n-OOM command not allowed\r\n-WRONGTYPE no\r\n+fine\r\n'),
      [
        'redis GET k MOVED ok',
        'redis SET k OOM server_error',
        'redis GET k WRONGTYPE client_error',
        'redis MY.SECRET - OK ok',
      ],
    ],
    [
      'Redis: the capture began later',
      () => new Script().sends('server', '$3\r\nabc\r\n').sends('client', resp('GET', 'k')).sends('server', '_\r\n'),
      ['redis GET k OK ok'],
    ],
    [
      'Redis: no answer',
      () =>
        new Script()
          .handshake()
          .sends('client', resp('BLPOP', 'k', '0'))
          .ack('server')
          .wait(70_000)
          .close(),
      ['redis BLPOP k - unanswered'],
    ],
    [
      'memcached is not Redis',
      () => new Script().handshake().sends('client', 'set k 0 0 1\r\nx\r\n').sends('server', 'STORED\r\n'),
      [],
    ],
    [
      'MySQL: a switch to TLS',
      () =>
        new Script()
          .handshake()
          .sends('server', GREETING)
          .sends('client', packet(1, `\x85\xae\xff\x19\0\0\0\x01\x2d${'\0'.repeat(23)}`))
          .sends('client', '\x17\x03\x03\x00\x05abcde'),
      ['mysql SSLRequest - TLS ok'],
    ],
    [
      'MySQL: the capture began later, without saying whether EOF packets are used',
      () =>
        new Script()
          .sends('client', packet(0, '\x03SELECT 1 FROM t'))
          .sends(
            'server',
            packet(1, '\x01') + packet(2, '\x03def\0\0\0\x011\0') + packet(3, '\x011') + packet(4, '\xfe\0\0\x02\0\0\0')
          )
          .sends('client', packet(0, "\x03DELETE FROM t WHERE a = 'secret'"))
          .sends('server', OK(1)),
      ['mysql SELECT t OK ok', 'mysql DELETE t OK ok'],
    ],
    [
      'MySQL: too many connections for a command, a deadlock',
      () =>
        new Script()
          .sends('client', packet(0, '\x03UPDATE t SET a = 1'))
          .sends('server', packet(1, '\xff\xbd\x04#40001Deadlock')),
      ['mysql UPDATE t 1213 40001 server_error'],
    ],
    [
      'PostgreSQL: a switch to TLS',
      () =>
        new Script()
          .handshake()
          .sends('client', `${u32(8)}${u32(80877103)}`)
          .sends('server', 'S')
          .sends('client', '\x17\x03\x03\x00\x05abcde'),
      ['postgresql SSLRequest - yes ok'],
    ],
    [
      'PostgreSQL: the capture began later; a server that shuts down',
      () =>
        new Script()
          .sends('client', typed('Q', "SELECT 'secret' FROM t\0"))
          .sends('server', typed('C', 'SELECT 0\0') + READY)
          .sends('client', typed('Q', 'COMMIT\0'))
          .sends('server', typed('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating secret\0\0'))
          .close(),
      ['postgresql SELECT t OK ok', 'postgresql COMMIT - 57P01 server_error'],
    ],
    [
      'PostgreSQL: two simple queries one after the other without waiting',
      () =>
        new Script()
          .sends('client', typed('Q', 'SELECT 1 FROM a\0'))
          .sends('client', typed('Q', 'SELECT 1 FROM b\0'))
          .sends('server', typed('C', 'SELECT 1\0') + READY + typed('E', 'C42P01\0\0') + READY),
      ['postgresql SELECT a OK ok', 'postgresql SELECT b 42P01 client_error'],
    ],
  ])('%s', async (_name, script, expected) => {
    expect(await summaries(script())).toEqual(expected);
  });
});
