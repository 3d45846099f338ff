/** The cart pod: sends the traffic mix at a steady rate and writes down what became of each action. */
import { Resolver } from 'node:dns/promises';
import { createWriteStream } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { seededRandom } from '../seeded-random';
import { ENDPOINTS } from '../topology';
import { LAST_ORDER, ORDERS_DNS_NAME } from './orders-service';
import { type RequestMade } from './request-made';
import { type Action, type HttpAction, trafficMix } from './traffic-mix';

export interface CartOptions {
  /** Actions per second on average, more than 0. */
  readonly rate: number;
  readonly seed: number;
  /** JSON lines of `RequestMade` go here. */
  readonly requestsFile: string;
}

/** Timeouts of the client: until a response begins, and until its body ends. */
const PATIENCE_MS = 1500;
const BODY_PATIENCE_MS = 10_000;
/** Connect timeout: long enough for a second SYN. */
const CONNECT_PATIENCE_MS = 2500;
/** In every request, so that a test can check that it is not recorded. */
const NOT_TO_BE_RECORDED = 'laboratory-credential';

type Ending = Pick<RequestMade, 'outcome' | 'status' | 'clientPort'>;

interface CartClient {
  /** Each action starts on its time, whether or not earlier ones have ended. */
  begin(): void;
  /** Starts no more actions; those under way go on. */
  pause(): void;
}

/** Is idle until `begin()`. */
export function startCartClient({ rate, seed, requestsFile }: CartOptions): CartClient {
  const random = seededRandom(seed);
  const mix = trafficMix(random, LAST_ORDER);
  const log = createWriteStream(requestsFile, { flags: 'w' });
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 2 });
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([`${ENDPOINTS.dns.ip}:${ENDPOINTS.dns.port}`]);

  const act = async (action: Action): Promise<void> => {
    const tsNs = (BigInt(Date.now()) * 1_000_000n).toString();
    const started = performance.now();
    const ending = await perform(action, { agent, resolver });
    const durationMs = Math.round((performance.now() - started) * 1000) / 1000;
    const made: RequestMade = { tsNs, durationMs, ...describe(action), ...ending };
    log.write(JSON.stringify(made) + '\n');
  };

  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    void act(mix.next().value);
    timer = setTimeout(next, (1000 / rate) * (0.75 + 0.5 * random()));
  };
  const pause = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return { begin: () => timer ?? next(), pause };
}

function describe(action: Action): Omit<RequestMade, 'tsNs' | 'durationMs' | keyof Ending> {
  if (action.kind !== 'http') {
    return { kind: action.kind };
  }
  const { kind, method, via, traceparent } = action;
  const path = action.target.split('?')[0];
  return { kind, method, path, via, ...(traceparent !== undefined && { traceId: traceparent.split('-')[1] }) };
}

function perform(action: Action, tools: { readonly agent: Agent; readonly resolver: Resolver }): Promise<Ending> {
  switch (action.kind) {
    case 'http':
      return sendRequest(action, tools.agent);
    case 'dns':
      return tools.resolver.resolve4(action.known ? ORDERS_DNS_NAME : `nobody.${ORDERS_DNS_NAME}`).then(
        () => ({ outcome: 'ok' }),
        (error: NodeJS.ErrnoException) => ({ outcome: error.code === 'ENOTFOUND' ? 'not-found' : 'gave-up' })
      );
    case 'refused':
      return tryToConnect(ENDPOINTS.refused);
    case 'black-hole':
      return tryToConnect(ENDPOINTS.blackHole);
  }
}

function sendRequest(action: HttpAction, agent: Agent): Promise<Ending> {
  const { ip, port } = ENDPOINTS[action.via];
  const body = action.method === 'POST' ? JSON.stringify({ card: NOT_TO_BE_RECORDED, amount: 12.5 }) : '';
  return new Promise((resolve) => {
    let clientPort: number | undefined;
    const end = (ending: Ending): void => resolve({ ...ending, ...(clientPort !== undefined && { clientPort }) });
    const outgoing = request({
      host: ip,
      port,
      method: action.method,
      path: action.target,
      agent: action.keepAlive ? agent : false,
      headers: {
        host: 'orders.shop',
        'user-agent': 'cart/1.4',
        authorization: `Bearer ${NOT_TO_BE_RECORDED}`,
        cookie: `session=${NOT_TO_BE_RECORDED}`,
        ...(action.traceparent !== undefined && { traceparent: action.traceparent }),
        ...(body !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    const giveUp = (): void => {
      outgoing.destroy();
      end({ outcome: 'gave-up' });
    };
    let patience = setTimeout(giveUp, PATIENCE_MS);
    const done = (ending: Ending): void => {
      clearTimeout(patience);
      end(ending);
    };
    outgoing.once('socket', (socket) => {
      const note = (): void => void (clientPort = socket.localPort);
      if (socket.connecting) {
        socket.once('connect', note);
      } else {
        note();
      }
    });
    outgoing.once('response', (response) => {
      clearTimeout(patience);
      patience = setTimeout(giveUp, BODY_PATIENCE_MS);
      response.resume();
      response.once('end', () => done({ outcome: 'ok', status: response.statusCode }));
      response.once('error', () => done({ outcome: 'broken', status: response.statusCode }));
    });
    outgoing.once('error', (error: NodeJS.ErrnoException) =>
      done({ outcome: error.code === 'ECONNREFUSED' ? 'refused' : 'broken' })
    );
    outgoing.end(body);
  });
}

function tryToConnect({ ip, port }: { readonly ip: string; readonly port: number }): Promise<Ending> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port });
    const end = (outcome: RequestMade['outcome']): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve({ outcome });
    };
    const patience = setTimeout(() => end('gave-up'), CONNECT_PATIENCE_MS);
    socket.once('connect', () => end('ok'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'refused' : 'broken'));
  });
}
