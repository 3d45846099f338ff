import { mustFind, type Recording } from './recorder';

/** More than a datagram of 512 bytes holds. */
const LONG = 'a text that takes room '.repeat(9);

export const dnsmasq: Recording = {
  name: 'dnsmasq',
  needs: ['dnsmasq', 'dig'],
  async record(session) {
    const { port } = session;
    const answers = [
      '--address=/shop.example/192.0.2.10',
      '--host-record=both.example,192.0.2.1,2001:db8::1',
      '--cname=alias.example,both.example',
      '--mx-host=shop.example,mail.shop.example,10',
      '--srv-host=_http._tcp.shop.example,web.shop.example,8080',
      '--ptr-record=10.2.0.192.in-addr.arpa,shop.example',
      ...[1, 2, 3, 4].map((n) => `--txt-record=long.example,${n} ${LONG}`),
      '--local=/example/',
    ];
    const alone = ['--no-resolv', '--no-hosts', '--keep-in-foreground', '--conf-file=/dev/null', '--pid-file'];
    const place = ['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${port}`, '--user=root'];
    await session.serve(mustFind('dnsmasq'), [...alone, ...place, ...answers]);
    await session.capture(`port ${port}`);
    const dig = (...args: readonly string[]) =>
      session.run(mustFind('dig'), ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=2', ...args]);
    dig('shop.example', 'A');
    dig('both.example', 'AAAA', '+noedns');
    dig('alias.example', 'A');
    dig('shop.example', 'MX');
    dig('_http._tcp.shop.example', 'SRV');
    dig('-x', '192.0.2.10');
    dig('missing.example', 'A');
    // Nobody to ask further.
    dig('elsewhere.test', 'A');
    dig('version.bind', 'TXT', 'CH');
    dig('both.example', 'A', '+tcp');
    // Cut off over UDP, whole over TCP.
    dig('long.example', 'TXT', '+noedns');
    dig('+tcp', '+keepopen', 'shop.example', 'A', 'missing.example', 'AAAA', 'both.example', 'ANY');
  },
};
