/**
 * `tail`: a log query that stays open, over a WebSocket. It begins with the newest `limit` entries since `start`,
 * then sends new entries as they are stored. Frames are those of Loki: `{"streams":[…],"dropped_entries":[…]}`.
 *
 * A reader that does not keep up loses entries rather than filling the memory; `dropped_entries` names them.
 */
import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type LogExpression } from '../logql/ast';
import { labelObject } from '../logql/label-set';
import { parseQuery } from '../logql/parse';
import { liveQuery } from '../query/live-query';
import { runLogQuery } from '../query/log-query';
import { type LogEntry } from '../query/result';
import { errorAnswer } from './error-answer';
import { readLimit, readTime } from './query-parameters';
import { RequestError } from './request-error';
import { type Store } from './request-parts';
import { streamsBody } from './response-body';

/** Loki's default. */
const MAX_TAILS = 10;
const MAX_DELAY_SECONDS = 5;
const SEND_EVERY_MS = 200;
/** Entries queued for a slow reader; further ones are dropped, and that many of them are named. */
const MAX_WAITING = 10_000;
const MAX_NAMED_DROPS = 100;
/** No more is written to a socket that has this many bytes buffered. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

interface TailSockets {
  /** Answers upgrades of this server too. */
  serve(server: Server): void;
  close(): void;
}

export function tailSockets(path: string, store: Store): TailSockets {
  const sockets = new WebSocketServer({ noServer: true });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://store');
    if (url.pathname !== path) {
      refuse(socket, 404, '404 page not found');
      return;
    }
    let tail: Tail;
    try {
      if (sockets.clients.size >= MAX_TAILS) {
        throw new RequestError(
          400,
          `max concurrent tail requests limit exceeded, count > limit (${sockets.clients.size + 1} > ${MAX_TAILS})`
        );
      }
      tail = new Tail(url.searchParams, store);
    } catch (error) {
      const { status, message } = errorAnswer(error);
      refuse(socket, status, message);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => tail.start(client));
  };
  return {
    serve: (server) => server.on('upgrade', upgrade),
    close() {
      sockets.clients.forEach((client) => client.terminate());
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, status: number, message: string): void {
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`
  );
}

class Tail {
  private readonly expression: LogExpression;
  private readonly limit: number;
  private readonly startNs: bigint;
  private readonly delayMs: number;
  private waiting: LogEntry[] = [];
  private dropped: LogEntry[] = [];

  /** @throws RequestError, QueryError */
  constructor(
    form: URLSearchParams,
    private readonly store: Store
  ) {
    const expression = parseQuery(form.get('query') ?? '');
    if (expression.kind !== 'log') {
      throw new RequestError(400, 'only log queries can be tailed');
    }
    const delay = Number(form.get('delay_for') ?? 0);
    if (!(delay >= 0 && delay <= MAX_DELAY_SECONDS)) {
      throw new RequestError(400, `delay_for can't be greater than ${MAX_DELAY_SECONDS}`);
    }
    this.expression = expression;
    this.limit = readLimit(form);
    this.startNs = readTime(form, 'start', store.nowNs() - 3_600_000_000_000n);
    this.delayMs = delay * 1000;
  }

  start(client: WebSocket): void {
    const query = liveQuery(this.expression);
    const stop = new AbortController();
    const live: LogEntry[] = [];
    const storedUntilNs = this.store.nowNs();
    let history: Promise<unknown> | undefined;
    const leave = this.store.appender.onStored((rows) => this.take(query(rows), live, history !== undefined));
    const timer = setInterval(() => this.send(client), SEND_EVERY_MS + this.delayMs);
    client.once('close', () => {
      leave();
      clearInterval(timer);
      stop.abort();
    });
    client.on('error', () => client.terminate());
    history = this.readHistory(storedUntilNs, stop.signal)
      .then((entries) => {
        // What was stored while the history was read may be in both.
        const known = new Set(entries.map(identityOf));
        this.waiting.push(...entries, ...live.filter((entry) => !known.has(identityOf(entry))));
        history = undefined;
      })
      .catch((error: unknown) => client.close(1011, errorAnswer(error).message.slice(0, 120)));
  }

  private take(entries: readonly LogEntry[], early: LogEntry[], isEarly: boolean): void {
    const target = isEarly ? early : this.waiting;
    for (const entry of entries) {
      if (target.length < MAX_WAITING) {
        target.push(entry);
      } else {
        this.drop(entry);
      }
    }
  }

  private drop(entry: LogEntry): void {
    this.store.counters.add('store_entries_dropped_total', 1, { stage: 'tail', reason: 'slow_reader' });
    if (this.dropped.length < MAX_NAMED_DROPS) {
      this.dropped.push(entry);
    }
  }

  private send(client: WebSocket): void {
    if (client.readyState !== WebSocket.OPEN || client.bufferedAmount > MAX_BUFFERED_BYTES) {
      return;
    }
    const { waiting, dropped } = this;
    if (waiting.length === 0 && dropped.length === 0) {
      return;
    }
    this.waiting = [];
    this.dropped = [];
    const drops = dropped.map(({ tsNs, labels }) => ({
      timestamp: String(tsNs),
      labels: labelObject(labels.stream.pairs),
    }));
    client.send(
      JSON.stringify({
        streams: streamsBody(waiting, false),
        ...(drops.length === 0 ? {} : { dropped_entries: drops }),
      })
    );
  }

  private async readHistory(untilNs: bigint, signal: AbortSignal): Promise<readonly LogEntry[]> {
    const { index, reader } = this.store;
    const range = { startNs: this.startNs, endNs: untilNs, limit: this.limit, backward: true, intervalNs: 0n };
    const { entries } = await runLogQuery(this.expression, range, {
      index,
      reader,
      signal,
      work: { lines: 0, bytes: 0 },
    });
    return [...entries].reverse();
  }
}

function identityOf({ tsNs, line, labels }: LogEntry): string {
  return `${tsNs} ${labels.stream.key} ${line}`;
}
