/**
 * One push over HTTP, and what its answer means.
 *
 * A push is retried where the store may accept it later: no answer, 408, 429 (with its Retry-After) and 5xx. Any other rejection is
 * final, because the same body would be rejected again. Retrying a push that arrived after all does no harm: it is the
 * same bytes, and the store drops exact duplicates.
 */
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type RejectionText } from './rejection';
import { type StoreAddress } from './store-address';

export interface Credentials {
  readonly user?: string;
  readonly password?: string;
  readonly bearerToken?: string;
  /** Sent as `X-Scope-OrgID`. */
  readonly tenant?: string;
}

export type PushAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly status: number; readonly rejection: RejectionText }
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs?: number };

export interface PushClient {
  /** Never rejects. */
  push(body: Buffer, signal: AbortSignal): Promise<PushAnswer>;
  close(): void;
}

const MAX_ANSWER = 2 << 20;
const MAX_RETRY_AFTER_MS = 5 * 60_000;

export function createPushClient(address: StoreAddress, credentials: Credentials, timeoutMs: number): PushClient {
  const secure = address.kind === 'tcp' && address.secure;
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;
  const target: RequestOptions =
    address.kind === 'unix'
      ? { socketPath: address.socketPath, path: address.path }
      : { host: address.hostname, port: address.port, path: address.path };
  const headers = headersFor(address, credentials);

  return {
    push: async (body, signal) => {
      const attempt = new AbortController();
      const giveUp = (): void => attempt.abort();
      const timer = setTimeout(giveUp, timeoutMs);
      signal.addEventListener('abort', giveUp);
      try {
        return await new Promise<PushAnswer>((resolve, reject) => {
          const outgoing = send(
            {
              ...target,
              agent,
              method: 'POST',
              headers: { ...headers, 'content-length': body.length },
              signal: attempt.signal,
            },
            (response) => readAnswer(response).then(resolve, reject)
          );
          outgoing.on('error', reject);
          outgoing.end(body);
        });
      } catch (error) {
        const late = attempt.signal.aborted && !signal.aborted;
        return { kind: 'later', reason: late ? `no answer within ${timeoutMs / 1000} s` : describe(error) };
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      }
    },
    close: () => agent.destroy(),
  };
}

function headersFor(address: StoreAddress, credentials: Credentials): Record<string, string> {
  const basic =
    credentials.user === undefined
      ? address.kind === 'tcp'
        ? address.userInfo
        : undefined
      : `${credentials.user}:${credentials.password ?? ''}`;
  return {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'user-agent': 'bpfnet',
    ...(credentials.bearerToken !== undefined
      ? { authorization: `Bearer ${credentials.bearerToken}` }
      : basic !== undefined
        ? { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }
        : {}),
    ...(credentials.tenant !== undefined ? { 'x-scope-orgid': credentials.tenant } : {}),
  };
}

async function readAnswer(response: IncomingMessage): Promise<PushAnswer> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    if (text.length < MAX_ANSWER) {
      text += String(chunk);
    }
  }
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    return { kind: 'accepted' };
  }
  const reason = text.trim() === '' ? `status ${status}` : `status ${status}: ${text.trim()}`;
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: 'later', reason: oneLine(reason), afterMs: retryAfterMs(response.headers['retry-after']) };
  }
  return { kind: 'rejected', status, rejection: { text: reason, whole: text.length < MAX_ANSWER } };
}

/** RFC 9110, section 10.2.3: seconds, or a date. At most five minutes. */
function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

function describe(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOENT':
      return 'no such socket';
    case 'EACCES':
      return 'no permission to open the socket';
    case 'ENOTFOUND':
      return 'host not found';
    case 'ECONNRESET':
      return 'connection reset';
    default:
      return oneLine(error instanceof Error ? error.message : String(error));
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
