/** FTP written as scripts and read from the exchanges; and the control connections of the real captures. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { dataPort } from '../src/l7/ftp/data-port';
import { probeFtp } from '../src/l7/ftp/probe';
import { Probe } from '../src/l7/protocol';
import { Script, type ScriptOptions } from './build/connection';
import { together } from './build/datagrams';
import { ascii } from './build/packet';
import { replayFiles, replayPackets } from './build/replay';

const GREETING = '220 shop.example FTP server ready.\r\n';
const control = (options: ScriptOptions = {}) =>
  new Script({ serverPort: 21, ...options }).handshake().sends('server', GREETING).ack('client');

const exchanges = async (script: Script) => (await replayPackets(script.packets)).l7;
const summaries = async (script: Script) =>
  (await exchanges(script)).map((s) => `${s.l7_op} ${s.l7_resource ?? '-'} ${s.l7_status ?? '-'} ${s.outcome}`);

/** A command and what answers it. */
const says = (script: Script, command: string, ...replies: readonly string[]) => {
  script.sends('client', `${command}\r\n`);
  replies.forEach((reply) => script.sends('server', `${reply}\r\n`));
  return script.ack('client');
};

describe('a command', () => {
  it('has its reply, its times and bytes, and its place in the stream', async () => {
    const script = says(control(), 'CWD /pub/Tools', '250 Directory changed.').close();
    const { l7, l4, report } = await replayPackets(script.packets);
    expect(l7).toHaveLength(1);
    expect(l7[0]).toMatchObject({
      inner_traceid: l4[0].inner_traceid,
      client_port: 40000,
      l7_proto: 'ftp',
      l7_op: 'CWD',
      l7_resource: '/pub/Tools',
      ftp_argument: '/pub/Tools',
      l7_status: '250',
      outcome: 'ok',
      req_seq: 1001,
      resp_seq: 5001 + GREETING.length,
      latency_ms: 1,
      tx_packets: 1,
      rx_packets: 1,
      tx_bytes: 'CWD /pub/Tools\r\n'.length,
      rx_bytes: '250 Directory changed.\r\n'.length,
    });
    expect(report.drops).toEqual({});
  });

  it.each<readonly [string, string, readonly string[], string]>([
    ['in lower case', 'pwd', ['257 "/"'], 'PWD - 257 ok'],
    ['that is refused', 'RETR x', ['550 No such file'], 'RETR x 550 client_error'],
    ['that cannot be done now', 'RETR x', ['425 No data connection'], 'RETR x 425 server_error'],
    ['that waits for another', 'RNFR a b', ['350 Go on'], 'RNFR a b 350 ok'],
    [
      'with several lines of answer',
      'FEAT',
      ['211-Features:', ' UTF8', '211 not the end?', ' 211 no'],
      'FEAT - 211 ok',
    ],
    [
      'with digits inside its answer',
      'STAT',
      ['213-Status:', '150 bytes sent', '213-still', '213 End'],
      'STAT - 213 ok',
    ],
    ['with a preliminary answer', 'LIST -l', ['150 Here it comes', '226 Done'], 'LIST -l 226 ok'],
    ['that is none', 'GIMME x', ['500 What?'], 'UNKNOWN - 500 client_error'],
    ['behind telnet signs', '\u00ff\u00f4\u00ff\u00f2ABOR', ['226 Aborted'], 'ABOR - 226 ok'],
    ['without an answer', 'NOOP', [], 'NOOP - - unanswered'],
    ['with control characters', 'MKD a\u001b[2Jb', ['257 ok'], 'MKD a%1B[2Jb 257 ok'],
  ])('%s', async (_what, command, replies, expected) => {
    const script = says(control(), 'SYST', '215 UNIX');
    expect((await summaries(says(script, command, ...replies).close()))[1]).toBe(expected);
  });

  it('never shows who logs in, or with what', async () => {
    const script = control();
    says(script, 'USER jane', '331 Password for jane?');
    says(script, 'PASS s3cret jane', '230-Welcome jane', '230 s3cret');
    says(script, 'ACCT s3cret', '202 No');
    says(script, 'SITE PSWD s3cret', '200 ok');
    says(script, 's3cret', '500 s3cret not understood');
    says(script, 'USER Anonymous', '331 Any password');
    const { l7, lines } = await replayPackets(script.packets);
    expect(l7.map((s) => `${s.l7_op} ${s.l7_resource ?? '-'} ${s.l7_status}`)).toEqual([
      'USER - 331',
      'PASS - 230',
      'ACCT - 202',
      'SITE PSWD 200',
      'UNKNOWN - 500',
      'USER Anonymous 331',
    ]);
    expect(lines.map((line) => line.line).join('\n')).not.toMatch(/s3cret|jane/i);
  });

  it('sent before the answer to another has its own', async () => {
    const script = control().sends('client', 'TYPE I\r\nCWD a\r\nSIZE b\r\n');
    script.sends('server', '200 ok\r\n550 no\r\n').sends('server', '213 17\r\n');
    expect(await summaries(script.close())).toEqual(['TYPE I 200 ok', 'CWD a 550 client_error', 'SIZE b 213 ok']);
  });

  it('STAT during a transfer is answered before the transfer is', async () => {
    const script = control().sends('client', 'RETR big\r\n').sends('server', '150 Coming\r\n');
    script
      .sends('client', 'STAT\r\n')
      .sends('server', '213-Status\r\n 10 %\r\n213 End\r\n')
      .sends('server', '226 Done\r\n');
    expect(await summaries(script.close())).toEqual(['STAT - 213 ok', 'RETR big 226 ok']);
  });

  it('aborted and aborting have their own answers', async () => {
    const script = control().sends('client', 'RETR big\r\n').sends('server', '150 Coming\r\n');
    script.sends('client', 'ABOR\r\n').sends('server', '426 Aborted\r\n').sends('server', '226 Closed\r\n');
    expect(await summaries(script.close())).toEqual(['RETR big 426 server_error', 'ABOR - 226 ok']);
  });

  it('after a granted AUTH nothing is read any more', async () => {
    const script = says(control(), 'AUTH TLS', '234 Go ahead').sends('client', '\u0016\u0003\u0001USER x\r\nSYST\r\n');
    expect(await summaries(script.close())).toEqual(['AUTH TLS 234 ok']);
  });

  it('whose answer was not captured is a gap, and the next goes on', async () => {
    const script = says(control(), 'SYST', '215 UNIX').sends('client', 'PWD\r\n');
    script.sends('server', '257 "/"\r\n', { lost: true }).ack('client');
    expect(await summaries(says(script, 'TYPE I', '200 ok').close())).toEqual([
      'SYST - 215 ok',
      'PWD - - gap',
      'TYPE I 200 ok',
    ]);
  });

  it('is reset with its connection', async () => {
    const script = says(control(), 'SYST', '215 UNIX').sends('client', 'LIST\r\n').reset('server');
    expect((await summaries(script))[1]).toBe('LIST - - reset');
  });

  it('is known without the greeting, and on another port', async () => {
    const script = new Script({ serverPort: 2121 }).handshake().sends('server', '220 Welcome\r\n').ack('client');
    says(script, 'USER x', '331 Password?');
    says(script, 'PASS x', '230 ok');
    expect(await summaries(says(says(script, 'SYST', '215 UNIX'), 'PWD', '257 "/"').close())).toEqual([
      'SYST - 215 ok',
      'PWD - 257 ok',
    ]);
  });
});

describe('what is probed', () => {
  const probe = (text: string, srcPort = 40000, dstPort = 2100) =>
    probeFtp(ascii(text), 0, text.length, srcPort, dstPort);

  it.each<readonly [string, number, number, Probe]>([
    ['220 ProFTPD Server ready\r\n', 2100, 40000, Probe.Response],
    ['220-FileZilla Server 1.8\r\n', 2100, 40000, Probe.Response],
    ['220 Welcome\r\n', 21, 40000, Probe.Response],
    ['220 Welcome\r\n', 2100, 40000, Probe.NotOurs],
    ['220 mail.example ESMTP Postfix (not FTP)\r\n', 21, 40000, Probe.NotOurs],
    ['USER jane\r\n', 40000, 21, Probe.Request],
    ['USER jane\r\n', 40000, 110, Probe.NotOurs],
    ['QUIT\r\n', 40000, 25, Probe.NotOurs],
    ['PORT 10,0,0,1,200,1\r\n', 40000, 2100, Probe.Request],
    ['PASV\r\n', 40000, 2100, Probe.Request],
    ['GET / HTTP/1.1\r\n', 40000, 21, Probe.NotOurs],
    ['LIST\r\n', 40000, 110, Probe.NotOurs],
  ])('%j from %d to %d', (text, srcPort, dstPort, expected) => {
    expect(probe(text, srcPort, dstPort)).toBe(expected);
  });

  it('data ports', () => {
    expect(dataPort('PORT', '10,0,0,1,200,1')).toBe(51201);
    expect(dataPort('PASV', 'Entering Passive Mode (10,0,0,1,4,1).')).toBe(1025);
    expect(dataPort('PASV', '=10,0,0,1,256,1')).toBeUndefined();
    expect(dataPort('EPRT', '|1|10.0.0.1|6275|')).toBe(6275);
    expect(dataPort('EPRT', '|2|fd00::1|5282|')).toBe(5282);
    expect(dataPort('EPRT', '|1|10.0.0.1|62750000|')).toBeUndefined();
    expect(dataPort('EPSV', 'Entering Extended Passive Mode (|||6446|)')).toBe(6446);
    expect(dataPort('EPSV', 'Entering Extended Passive Mode (|||0|)')).toBeUndefined();
  });
});

describe('a transfer', () => {
  it('carries the bytes, the time and the id of its data connection, whatever the data look like', async () => {
    const dialogue = says(control(), 'PASV', '227 Entering Passive Mode (10,0,0,2,200,1).');
    const data = new Script({ clientPort: 40001, serverPort: 51201 }).wait(8).handshake().wait(10);
    data.sends('server', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n').repeats(1).sends('server', 'more').ack('client').close();
    dialogue
      .sends('client', 'RETR a.txt\r\n')
      .wait(3)
      .sends('server', '150 Coming\r\n')
      .wait(40)
      .sends('server', '226 Done\r\n');
    const { l7, l4 } = await replayPackets(together(dialogue, data));
    const [retr, ...others] = l7.filter((s) => s.l7_op !== 'PASV');
    expect(others).toEqual([]);
    const dataRecord = l4.find((r) => r.client_port === 40001);
    expect(dataRecord).toMatchObject({ l7_proto: 'ftp-data' });
    expect(retr).toMatchObject({
      l7_op: 'RETR',
      l7_status: '226',
      ftp_data_bytes: 31,
      ftp_data_ms: 2,
      ftp_data_inner_traceid: dataRecord?.inner_traceid,
    });
  });

  it('waits for data that come after its reply', async () => {
    const dialogue = says(control(), 'EPSV', '229 Extended (|||51201|)');
    dialogue
      .sends('client', 'RETR a\r\n')
      .sends('server', '150 Coming\r\n')
      .wait(10)
      .sends('server', '226 Done\r\n')
      .ack('client');
    says(dialogue, 'NOOP', '200 ok');
    const data = new Script({ clientPort: 40001, serverPort: 51201 })
      .wait(8)
      .handshake()
      .sends('server', 'x'.repeat(1000));
    data.wait(400.5).sends('server', 'y'.repeat(1000)).ack('client').close();
    const { l7 } = await replayPackets(together(dialogue, data));
    expect(l7.map((s) => s.l7_op)).toEqual(['EPSV', 'NOOP', 'RETR']);
    expect(l7[2]).toMatchObject({
      ftp_data_bytes: 2000,
      ftp_data_ms: 401.5,
      tx_packets: 1,
      rx_packets: 2,
      latency_ms: 12,
    });
  });

  it('waits no longer than its control connection lasts', async () => {
    const dialogue = says(control(), 'EPSV', '229 Extended (|||51201|)');
    dialogue
      .sends('client', 'RETR a\r\n')
      .sends('server', '150 Coming\r\n')
      .wait(10)
      .sends('server', '226 Done\r\n')
      .close();
    const data = new Script({ clientPort: 40001, serverPort: 51201 })
      .wait(8)
      .handshake()
      .sends('server', 'x'.repeat(1000));
    data.wait(400).sends('server', 'y'.repeat(1000));
    const { l7 } = await replayPackets(together(dialogue, data));
    expect(l7[1]).toMatchObject({ l7_op: 'RETR', ftp_data_bytes: 1000 });
    expect(l7[1].ftp_data_inner_traceid).toMatch(/^[0-9a-f]{32}$/);
  });

  it('of the active kind is opened by the server; a connection to another port is not its own', async () => {
    const dialogue = says(control(), 'PORT 10,0,0,1,200,1', '200 ok');
    dialogue
      .sends('client', 'STOR up\r\n')
      .sends('server', '150 Send\r\n')
      .wait(40)
      .sends('server', '226 Got it\r\n')
      .close();
    // Here the script's server opens it, from port 20.
    const swapped = new Script({ clientPort: 51201, serverPort: 20 }).wait(10);
    swapped.syn('server').synAck('client').ack('server').sends('client', 'upload').ack('server').close();
    const other = new Script({ clientPort: 51202, serverPort: 20 }).wait(11).handshake().sends('client', 'not it');
    const { l7, l4 } = await replayPackets(together(dialogue, swapped, other));
    expect(l7.find((s) => s.l7_op === 'STOR')).toMatchObject({ ftp_data_bytes: 6 });
    expect(l4.filter((r) => r.l7_proto === 'ftp-data')).toHaveLength(1);
  });
});

describe('any dialogue', () => {
  const lines: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['USER anonymous', ['331 Guest ok']],
    ['PASS x@y', ['230-Welcome', '  230 inside', '230 ok']],
    ['PASV', ['227 Passive (10,0,0,2,200,1)']],
    ['LIST', ['150 Coming', '226 Done']],
    ['QUIT', ['221-Bye', '221 now']],
  ];
  const cutUp = (script: Script, who: 'client' | 'server', text: string, cuts: readonly number[]) => {
    let from = 0;
    for (const cut of [...new Set(cuts.map((c) => c % text.length))].sort((a, b) => a - b)) {
      if (cut > from) {
        script.sends(who, text.slice(from, cut));
        from = cut;
      }
    }
    script.sends(who, text.slice(from));
  };
  const dialogue = async (client: readonly number[], server: readonly number[]) => {
    const script = new Script({ serverPort: 21 }).handshake();
    cutUp(script, 'server', GREETING, server);
    for (const [command, replies] of lines) {
      cutUp(script, 'client', `${command}\r\n`, client);
      cutUp(script, 'server', replies.map((reply) => `${reply}\r\n`).join(''), server);
      script.ack('client');
    }
    return (await exchanges(script.close())).map(
      (s) =>
        `${s.l7_op} ${s.l7_resource ?? '-'} ${s.l7_status} ${s.outcome} ${s.request_id} ${s.req_seq} ${s.resp_seq} ${s.tx_bytes} ${s.rx_bytes}`
    );
  };

  it('is the same however it is cut into segments', async () => {
    const whole = await dialogue([], []);
    expect(whole.map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual([
      'USER anonymous 331 ok',
      'PASS - 230 ok',
      'PASV - 227 ok',
      'LIST - 226 ok',
      'QUIT - 221 ok',
    ]);
    const cuts = fc.array(fc.nat(60), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, cuts, async (client, server) => {
        expect(await dialogue(client, server)).toEqual(whole);
      }),
      { numRuns: 80 }
    );
  });

  it('may be anything', async () => {
    const noise = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        '\r\n',
        '227 (1,2,3,4,5,6)\r\n',
        'PASV\r\n',
        'RETR x\r\n',
        '150 x\r\n',
        '226 x\r\n',
        '230-x\r\n',
        'PORT 1\r\n'
      )
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), noise), { maxLength: 25 }), async (turns) => {
        const script = control();
        turns.forEach(([fromClient, text]) =>
          script.sends(fromClient ? 'client' : 'server', `${text} `.replace(/[^\u0000-\u00ff]/g, '?'))
        );
        const { report } = await replayPackets(script.close().packets);
        expect(report.problem).toBeUndefined();
      }),
      { numRuns: 80 }
    );
  });
});

const folder = resolve(__dirname, '../../../shared/captures');
const captures = ['ftp-ipv4.pcap', 'ftp-retr.pcap'].filter((name) => existsSync(join(folder, 'truth', `${name}.json`)));

interface TruthRow {
  readonly 'ftp.request.command'?: string;
  readonly 'ftp.request.arg'?: string;
  readonly 'ftp.response.code'?: string;
}

/** Arguments that the reference shows and a record must not. */
const HIDDEN = new Set(['PASS']);

(captures.length === 0 ? describe.skip : describe)(`FTP of real captures at ${folder}`, () => {
  it.each(captures)('%s: every command with its final reply', async (name) => {
    const truth = JSON.parse(readFileSync(join(folder, 'truth', `${name}.json`), 'utf8')) as {
      readonly ftp: readonly TruthRow[];
    };
    const expected: string[] = [];
    // The first reply is the greeting, which answers no command.
    const dialogue = truth.ftp.slice(1);
    dialogue.forEach((row, i) => {
      const command = row['ftp.request.command'];
      if (command !== undefined) {
        const final = dialogue.slice(i + 1).find((later) => (later['ftp.response.code'] ?? '1') >= '2');
        const argument = HIDDEN.has(command) ? '-' : (row['ftp.request.arg'] ?? '-');
        expected.push(`${command} ${argument} ${final?.['ftp.response.code'] ?? '-'}`);
      }
    });
    const { l7, report } = await replayFiles([readFileSync(join(folder, name))]);
    expect(l7.map((s) => `${s.l7_op} ${s.l7_resource ?? '-'} ${s.l7_status ?? '-'}`)).toEqual(expected);
    expect(report.drops).toEqual({});
  });

  it.each(captures)('%s: every transfer with the bytes of its data connection', async (name) => {
    const truth = JSON.parse(readFileSync(join(folder, 'truth', `${name}.json`), 'utf8')) as {
      readonly tcp_streams: ReadonlyArray<{ readonly payload_a_to_b: number; readonly payload_b_to_a: number }>;
    };
    const { l7, l4 } = await replayFiles([readFileSync(join(folder, name))]);
    const transfers = l7.filter((s) => s.ftp_data_bytes !== undefined);
    expect(transfers.map((s) => s.ftp_data_bytes)).toEqual(
      truth.tcp_streams.slice(1).map((s) => s.payload_a_to_b + s.payload_b_to_a)
    );
    for (const transfer of transfers) {
      const data = l4.filter((r) => r.inner_traceid === transfer.ftp_data_inner_traceid);
      expect(data).not.toEqual([]);
      expect(data.every((r) => r.l7_proto === 'ftp-data')).toBe(true);
    }
  });
});
