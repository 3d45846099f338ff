/** Loki's HTTP API: what collectors, Grafana's Loki datasource and its alerting call. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { answerDetectedFields, answerDetectedFieldValues, answerDetectedLabels } from './detection-routes';
import { errorAnswer } from './error-answer';
import { decompress, MAX_BODY_BYTES, readPush } from './push-body';
import { answerInstant, answerRange } from './query-routes';
import { RequestError } from './request-error';
import { bodyOf, type Question, questionOf, sendJson, sendText, type Store } from './request-parts';
import { answerIndexStats, answerLabels, answerLabelValues, answerSeries } from './stream-routes';
import { answerVolume, answerVolumeRange } from './volume-routes';

export const API_PREFIX = '/loki/api/v1';

const ANSWERS: Readonly<Record<string, (question: Question, store: Store) => Promise<unknown>>> = {
  '/query_range': answerRange,
  '/query': answerInstant,
  '/labels': answerLabels,
  '/label/:name/values': answerLabelValues,
  '/series': answerSeries,
  '/index/stats': answerIndexStats,
  '/index/volume': answerVolume,
  '/index/volume_range': answerVolumeRange,
  '/detected_labels': answerDetectedLabels,
  '/detected_fields': answerDetectedFields,
  '/detected_field/:name/values': answerDetectedFieldValues,
};

export function registerRoutes(app: FastifyInstance, store: Store): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_, body, done) => done(null, body));
  app.setErrorHandler((error, _, reply) => {
    const { status, message } = errorAnswer(error);
    store.counters.add('store_requests_refused_total', 1, { status: String(status) });
    return sendText(reply.code(status), message);
  });
  app.setNotFoundHandler((_, reply) => sendText(reply.code(404), '404 page not found\n'));

  app.get('/ready', (_, reply) => sendText(reply, 'ready\n'));
  app.get('/metrics', (_, reply) => sendText(reply, store.counters.text()));
  app.get(`${API_PREFIX}/status/buildinfo`, (_, reply) =>
    sendJson(reply, { version: '3.4.0', revision: 'bpfnet', branch: '', buildUser: '', buildDate: '', goVersion: '' })
  );
  app.post(`${API_PREFIX}/push`, (request, reply) => push(request, reply, store));
  for (const [path, answer] of Object.entries(ANSWERS)) {
    app.route({
      method: ['GET', 'POST'],
      url: `${API_PREFIX}${path}`,
      handler: async (request, reply) => sendJson(reply, await answer(questionOf(request, reply), store)),
    });
  }
}

async function push(request: FastifyRequest, reply: FastifyReply, store: Store): Promise<FastifyReply> {
  const { counters } = store;
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'this store accepts JSON pushes only: set Content-Type: application/json');
  }
  const body = await decompress(bodyOf(request), request.headers['content-encoding']);
  const { streams, rejections } = readPush(body);
  for (const { reason, entries } of rejections) {
    counters.add('store_entries_dropped_total', entries, { stage: 'push', reason });
  }
  const { stored, duplicates } = await store.appender.append(streams);
  counters.add('store_pushes_total', 1);
  counters.add('store_entries_stored_total', stored);
  if (duplicates > 0) {
    counters.add('store_entries_dropped_total', duplicates, { stage: 'append', reason: 'duplicate' });
  }
  if (rejections.length > 0) {
    const more = rejections.length > 1 ? ` (and ${rejections.length - 1} more)` : '';
    throw new RequestError(400, `${rejections[0].message}${more}`);
  }
  return reply.code(204).send();
}
