/** Real clients and servers of Node's talk over a pair of streams in memory; what each side sent is kept. */
import { Duplex } from 'node:stream';
import { type Script, type Who } from './connection';

export interface Sent {
  readonly who: Who;
  readonly bytes: Uint8Array;
}

export class RecordedStreams {
  readonly sent: Sent[] = [];
  readonly client: Duplex = this.end('client', () => this.server);
  readonly server: Duplex = this.end('server', () => this.client);

  private end(who: Who, other: () => Duplex): Duplex {
    const { sent } = this;
    return new Duplex({
      read() {
        // Data is pushed as it comes.
      },
      write(chunk: Buffer, _encoding, done) {
        sent.push({ who, bytes: Uint8Array.from(chunk) });
        other().push(chunk);
        setImmediate(done);
      },
      final(done) {
        other().push(null);
        done();
      },
      destroy(error, done) {
        setImmediate(() => other().push(null));
        done(error);
      },
    });
  }
}

/** Bytes as the text that `Script` sends. */
export function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Sends what was recorded, each piece cut at the places that `cuts` names for it. */
export function replaySent(script: Script, sent: readonly Sent[], cuts: readonly number[] = []): Script {
  const perPiece = new Map<number, number[]>();
  for (const cut of cuts) {
    const piece = cut % sent.length;
    const place = Math.floor(cut / sent.length) % sent[piece].bytes.length;
    perPiece.set(piece, [...(perPiece.get(piece) ?? []), place]);
  }
  sent.forEach(({ who, bytes }, i) => {
    const places = [...new Set(perPiece.get(i) ?? [])].filter((p) => p > 0).sort((a, b) => a - b);
    [0, ...places].forEach((from, j) => script.sends(who, binary(bytes.subarray(from, places[j]))));
  });
  return script;
}
