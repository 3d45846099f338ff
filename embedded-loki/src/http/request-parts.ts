/** What all routes share: the store, the request's parameters, and how an answer is sent. */
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Appender } from '../storage/append';
import { type Reader } from '../storage/reader';
import { type StreamIndex } from '../storage/stream-index';
import { type Counters } from './counters';

export interface Store {
  readonly appender: Appender;
  readonly index: StreamIndex;
  readonly reader: Reader;
  readonly counters: Counters;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
}

/** A question with its parameters, from the URL and from a form in the body. */
export interface Question {
  readonly form: URLSearchParams;
  readonly request: FastifyRequest;
  /** Aborted once the client has gone. */
  readonly signal: AbortSignal;
}

export function questionOf(request: FastifyRequest, reply: FastifyReply): Question {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return { form: readForm(request), request, signal: gone.signal };
}

function readForm(request: FastifyRequest): URLSearchParams {
  const form = new URLSearchParams(request.url.split('?').slice(1).join('?'));
  if (
    request.method === 'POST' &&
    /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')
  ) {
    for (const [name, value] of new URLSearchParams(bodyOf(request).toString('utf8'))) {
      form.append(name, value);
    }
  }
  return form;
}

export function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

export function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.header('Content-Type', 'application/json; charset=UTF-8').send(JSON.stringify(body));
}

export function sendText(reply: FastifyReply, body: string): FastifyReply {
  return reply
    .header('Content-Type', 'text/plain; charset=utf-8')
    .header('X-Content-Type-Options', 'nosniff')
    .send(body);
}
