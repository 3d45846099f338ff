/**
 * A TLS handshake as one exchange (RFC 8446 for 1.3, RFC 5246 for 1.2 and before). Nothing is decrypted; when the handshake is over, the
 * connection is not looked at any more.
 *
 *   what ends it                                                          status
 *   up to 1.2: the server's Finished, the record after its cipher change  ok
 *   1.3: the client's first encrypted record (its Finished); the answer   ok
 *        ends with the server's last record before it
 *   an alert in clear text, but for warnings                              its name, e.g. handshake_failure
 *   an encrypted alert: known by its type or, in 1.3, by its length       encrypted_alert
 *
 * The outcome of an alert is `client_error` where the client sent it (it did not trust the certificate), `server_error` where the server
 * did. A session that is resumed is a handshake as well. In 1.3 the server's choice of application protocol is encrypted, so
 * `tls_alpn` is absent; what the client offered is in clear text. Of certificates nothing is read.
 */
import { REQUEST_ID_STREAM_BYTES, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { Exchange } from '../exchange';
import { type L7Parser, type L7Protocol, type ParserEvents } from '../protocol';
import { readClientHello, readServerHello } from './hello';
import { alertName, cipherName, versionName } from './names';
import { MessageType, RecordType, probeTls } from './probe';
import { RecordStream } from './record-stream';

/** TLS handshakes (RFC 8446, RFC 5246). */
export const tls: L7Protocol = {
  name: 'tls',
  probe: probeTls,
  createParser: (events) => new TlsParser(events),
};

const TLS_1_3 = 0x0304;
const WARNING = 1;
/** Two bytes of alert, one of type, and the tag: 16 bytes, or 8 with CCM_8. No handshake record of 1.3 is that short. */
const MAX_ENCRYPTED_ALERT = 19;

class TlsParser implements L7Parser {
  private readonly client: RecordStream;
  private readonly server: RecordStream;
  private exchange: Exchange | undefined;
  private isTls13 = false;
  private serverHelloSeen = false;
  private serverChangedCipher = false;
  private sawGap = false;
  private isOver = false;
  private nowNs = 0;

  /** The ClientHello's first bytes, record header included. */
  private readonly start = new Uint8Array(REQUEST_ID_STREAM_BYTES);
  private startLength = 0;
  private startSeq = 0;
  private startNs = 0;
  private clientBytes = 0;

  constructor(private readonly events: ParserEvents) {
    this.client = new RecordStream({
      hello: (type, bytes, from, to) => this.clientHello(type, bytes, from, to),
      record: (type, length, first) => this.clientRecord(type, length, first),
      notTls: () => this.notTls(),
    });
    this.server = new RecordStream({
      hello: (type, bytes, from, to) => this.serverHello(type, bytes, from, to),
      record: (type, length, first) => this.serverRecord(type, length, first),
      notTls: () => this.notTls(),
    });
  }

  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    if (this.isOver) {
      return;
    }
    this.nowNs = nowNs;
    if (fromClient) {
      this.clientBytes += to - from;
      this.noteStart(bytes, from, to, seq);
      if (this.exchange !== undefined) {
        this.exchange.requestBytes = this.clientBytes;
      }
      this.client.data(bytes, from, to, this.askOver);
      return;
    }
    const { exchange } = this;
    if (exchange !== undefined) {
      if (!exchange.answered) {
        exchange.answered = true;
        exchange.responseSeq = toSeq(seq);
        exchange.responseFirstNs = nowNs;
      }
      exchange.responseLastNs = nowNs;
      exchange.responseBytes += to - from;
    }
    this.server.data(bytes, from, to, this.askOver);
  }

  gap(fromClient: boolean, length: number, nowNs: number): void {
    this.nowNs = nowNs;
    this.sawGap = true;
    (fromClient ? this.client : this.server).gap(length);
  }

  unseenAcknowledged(): void {
    // A handshake goes back and forth; what was lost shows as a gap.
  }

  expire(beforeNs: number, nowNs: number): void {
    const { exchange } = this;
    if (exchange !== undefined && !exchange.answered && exchange.requestFirstNs <= beforeNs) {
      exchange.responseLastNs = nowNs;
      this.finish('', this.sawGap ? 'gap' : 'unanswered');
    }
  }

  end(nowNs: number, wasReset: boolean): void {
    const { exchange } = this;
    if (this.isOver || exchange === undefined) {
      this.isOver = true;
      return;
    }
    if (!exchange.answered) {
      exchange.responseLastNs = nowNs;
    }
    const other = this.sawGap || exchange.answered ? 'gap' : 'unanswered';
    this.report('', wasReset ? 'reset' : other);
  }

  private readonly askOver = (): boolean => this.isOver;

  private noteStart(bytes: Uint8Array, from: number, to: number, seq: number): void {
    if (this.startLength === 0) {
      this.startSeq = seq;
      this.startNs = this.nowNs;
      this.events.requestStarts();
    }
    for (let p = from; p < to && this.startLength < this.start.length; p++) {
      this.start[this.startLength++] = bytes[p];
    }
  }

  private clientHello(type: MessageType, bytes: Uint8Array, from: number, to: number): void {
    const hello = type === MessageType.ClientHello ? readClientHello(bytes, from, to) : undefined;
    if (hello === undefined) {
      this.notTls();
      return;
    }
    if (this.exchange !== undefined) {
      // The second one, after a HelloRetryRequest.
      return;
    }
    const seq = toSeq(this.startSeq);
    const exchange = new Exchange(
      requestId(seq, this.start, 0, this.startLength),
      seq,
      this.startNs,
      'handshake',
      hello.serverName ?? '',
      {
        tls_sni: hello.serverName,
        tls_alpn: undefined,
        tls_alpn_offered: hello.protocols.length === 0 ? undefined : hello.protocols.join(','),
        tls_version: undefined,
        tls_cipher: undefined,
        tls_hello_retries: undefined,
      }
    );
    exchange.requestLastNs = this.nowNs;
    exchange.requestBytes = this.clientBytes;
    exchange.requestEnded = true;
    this.exchange = exchange;
    this.events.began(exchange);
  }

  private serverHello(type: MessageType, bytes: Uint8Array, from: number, to: number): void {
    const hello = type === MessageType.ServerHello ? readServerHello(bytes, from, to) : undefined;
    if (hello === undefined) {
      this.notTls();
      return;
    }
    const { exchange } = this;
    if (exchange === undefined) {
      this.events.orphanResponse();
      this.leave();
      return;
    }
    if (hello.isRetry) {
      this.server.ignoreCipherChange();
      exchange.fields.tls_hello_retries = (exchange.fields.tls_hello_retries ?? 0) + 1;
      return;
    }
    this.serverHelloSeen = true;
    const version = versionName(hello.version);
    this.isTls13 = hello.version >= TLS_1_3;
    exchange.fields.tls_version = version;
    exchange.fields.tls_cipher = cipherName(hello.cipher);
    exchange.fields.tls_alpn = hello.protocol;
  }

  private clientRecord(type: number, length: number, first: readonly [number, number]): void {
    if (type === RecordType.Alert) {
      this.alert(length, first, 'client_error');
    } else if (type === RecordType.ApplicationData && this.exchange?.answered === true) {
      // Early data of 1.3 comes before the server's hello and is passed over.
      if (this.isTls13 && length <= MAX_ENCRYPTED_ALERT) {
        this.finish('encrypted_alert', 'client_error');
      } else if (this.serverHelloSeen || this.sawGap) {
        this.finish('ok', 'ok');
      }
    }
  }

  private serverRecord(type: number, length: number, first: readonly [number, number]): void {
    switch (type) {
      case RecordType.Alert:
        this.alert(length, first, 'server_error');
        return;
      case RecordType.ChangeCipherSpec:
        this.serverChangedCipher = true;
        return;
      case RecordType.Handshake:
        if (this.serverChangedCipher && !this.isTls13) {
          this.finish('ok', 'ok');
        }
        return;
      case RecordType.ApplicationData:
        if (this.isTls13 && length <= MAX_ENCRYPTED_ALERT) {
          this.finish('encrypted_alert', 'server_error');
        } else if (!this.isTls13 && (this.serverHelloSeen || this.sawGap)) {
          // Its Finished was not seen.
          this.finish('ok', 'ok');
        }
    }
  }

  private alert(length: number, first: readonly [number, number], outcome: Exchange['outcome']): void {
    const { exchange } = this;
    if (length !== 2) {
      this.finish('encrypted_alert', outcome);
      return;
    }
    const [level, description] = first;
    const isWarning = level === WARNING && description !== 0 && !this.isTls13;
    if (!isWarning && exchange !== undefined) {
      exchange.responseLastNs = this.nowNs;
      this.finish(alertName(description), outcome);
    }
  }

  /** Ends the handshake, and what this parser has to do. */
  private finish(status: string, outcome: Exchange['outcome']): void {
    this.report(status, outcome);
    this.leave();
  }

  private report(status: string, outcome: Exchange['outcome']): void {
    this.isOver = true;
    const { exchange } = this;
    if (exchange !== undefined && !exchange.reported) {
      exchange.status = status;
      exchange.outcome = outcome;
      exchange.reported = true;
      this.events.ended(exchange);
    }
  }

  private leave(): void {
    this.isOver = true;
    this.events.stopped(true);
  }

  private notTls(): void {
    if (this.exchange === undefined) {
      this.isOver = true;
      this.events.stopped(false);
    }
  }
}
