import { mustFind, type Recording } from './recorder';

const resp = (...words: readonly string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

export const redis: Recording = {
  name: 'redis',
  needs: ['redis-server', 'redis-cli'],
  async record(session) {
    const { port } = session;
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', session.folder];
    await session.serve(mustFind('redis-server'), args);
    await session.capture();
    const cli = (...words: readonly string[]) => session.run(mustFind('redis-cli'), ['-p', String(port), ...words]);
    cli('SET', 'cart:7', 'a value that must not show');
    cli('GET', 'cart:7');
    cli('-3', 'HGETALL', 'nothing');
    cli('LPUSH', 'cart:7', 'x');
    cli('-a', 'wrong-password', 'PING');
    cli('EVAL', "return redis.call('GET', KEYS[1])", '1', 'cart:7', 'argument');
    cli('CONFIG', 'SET', 'slowlog-max-len', '64');
    cli('NOSUCHCOMMAND', 'secret');
    // A pipeline, among it a transaction, a large value and a command that waits.
    await session.talk([
      resp('MSET', 'a', '1', 'b', '2') +
        resp('MGET', 'a', 'b') +
        resp('INCR', 'cart:7') +
        resp('BLPOP', 'queue', '0.02'),
      resp('MULTI') + resp('SADD', 's', 'x', 'y') + resp('SMEMBERS', 's') + resp('EXEC'),
      resp('SET', 'big', 'v'.repeat(6000)) + resp('GET', 'big') + resp('XADD', 'stream', '*', 'field', 'secret'),
      resp('XREAD', 'COUNT', '1', 'STREAMS', 'stream', '0') +
        resp('CLIENT', 'REPLY', 'SKIP') +
        resp('SET', 'quiet', '1'),
      resp('CLIENT', 'REPLY', 'OFF') + resp('SET', 'quiet', '2'),
      resp('CLIENT', 'REPLY', 'ON') + resp('GET', 'quiet') + resp('QUIT'),
    ]);
    await session.talk(['PING\r\n', 'SET inline "two words"\r\nGET inline\r\n', '\r\nHSET hash field secret\r\n']);
    // Subscribed and watching connections get what others do.
    const subscribed = session.talk([resp('SUBSCRIBE', 'news', 'sports'), resp('PING'), '', resp('UNSUBSCRIBE')], 200);
    const pushed = session.talk([resp('HELLO', '3'), resp('PSUBSCRIBE', 'n*'), resp('GET', 'a'), ''], 200);
    const watching = session.talk([resp('MONITOR'), '', resp('PING'), ''], 200);
    const publishing = session.talk(['', '', resp('PUBLISH', 'news', 'a message that must not show'), ''], 170);
    await Promise.all([subscribed, pushed, watching, publishing]);
  },
};
