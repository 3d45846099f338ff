/** The orders pod: an HTTP/1.1 service whose paths answer fast, slowly, with errors or never, and cluster DNS. */
import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { seededRandom } from '../seeded-random';
import { ENDPOINTS } from '../topology';
import { answerQuery, type Zone } from './dns-answer';

export const ORDERS_DNS_NAME = 'orders.shop.svc.cluster.local';

const FAST_MS = [2, 8] as const;
const SLOW_MS = [380, 460] as const;
/** Idle connections are closed after this; the client reads it from the Keep-Alive header and closes a little earlier. */
const KEEP_ALIVE_MS = 3000;
const CATALOGUE_BYTES = 200_000;
/** Order numbers that exist are 1..`LAST_ORDER`. */
export const LAST_ORDER = 800;

type Range = readonly [number, number];

/** Resolves when the service accepts connections. */
export function startOrdersService(seed: number): Promise<Server> {
  const random = seededRandom(seed);
  const catalogue = makeCatalogue();
  let paymentsFailed = 0;

  const later = ([from, to]: Range, action: () => void): void => {
    setTimeout(action, from + (to - from) * random());
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://orders');
    const order = /^\/api\/orders\/(\d+)$/.exec(pathname);
    request.resume();
    if (pathname === '/api/orders') {
      const orders = Array.from({ length: 8 }, (_, i) => ({ id: i + 1, item: 'tea', quantity: i % 3, state: 'paid' }));
      later(FAST_MS, () => sendJson(response, 200, { orders }));
    } else if (order !== null) {
      const id = Number(order[1]);
      later(FAST_MS, () =>
        id <= LAST_ORDER
          ? sendJson(response, 200, { id, state: 'paid' })
          : sendJson(response, 404, { error: `no order ${id}` })
      );
    } else if (pathname === '/api/report') {
      later(SLOW_MS, () => sendJson(response, 200, { turnover: 48_211.4, orders: LAST_ORDER }));
    } else if (pathname === '/api/pay') {
      const status = paymentsFailed++ % 2 === 0 ? 500 : 503;
      later(FAST_MS, () => sendJson(response, status, { error: 'the payment provider does not answer' }));
    } else if (pathname === '/api/catalogue') {
      later(FAST_MS, () => sendJson(response, 200, catalogue));
    } else if (pathname === '/api/hang') {
      // Never answered: the client times out.
    } else {
      later(FAST_MS, () => sendJson(response, 404, { error: 'no such path' }));
    }
  };

  startDnsResponder({ name: ORDERS_DNS_NAME, ip: ENDPOINTS.service.ip }, ENDPOINTS.dns.port);
  const server = createServer(handle);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(ENDPOINTS.direct.port, '0.0.0.0', () => resolve(server));
  });
}

function startDnsResponder(zone: Zone, port: number): void {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const answer = answerQuery(query, zone);
    if (answer !== null) {
      socket.send(answer, from.port, from.address);
    }
  });
  socket.bind(port);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
  response.end(text);
}

function makeCatalogue(): string {
  const articles: string[] = [];
  for (let bytes = 0, id = 1; bytes < CATALOGUE_BYTES; id++) {
    const article = JSON.stringify({ id, name: `article ${id}`, text: 'in stock, '.repeat(12) });
    articles.push(article);
    bytes += article.length + 1;
  }
  return `[${articles.join(',')}]`;
}
