/**
 * One request for several askers: the panels of a page ask the same first question at the same moment.
 *
 * Only what is under way is shared, nothing is kept, so no answer is older than its question. The request is
 * aborted when the last of its askers has gone.
 */
import { type LineQuery, type LogEntry, type LokiClient } from './loki-client';

interface Flight {
  readonly controller: AbortController;
  readonly answer: Promise<readonly LogEntry[]>;
  askers: number;
}

export function sharedInFlight(client: LokiClient): LokiClient {
  const flights = new Map<string, Flight>();

  function flightOf(query: LineQuery): Flight {
    const key = `${query.maxLines} ${query.window.fromNs} ${query.window.toNs} ${query.logql}`;
    const under = flights.get(key);
    if (under !== undefined && !under.controller.signal.aborted) {
      return under;
    }
    const controller = new AbortController();
    const answer = client.lines(query, controller.signal);
    const flight: Flight = { controller, answer, askers: 0 };
    flights.set(key, flight);
    const land = () => flights.get(key) === flight && flights.delete(key);
    answer.then(land, land);
    return flight;
  }

  return {
    instant: (...query) => client.instant(...query),
    lines(query, signal) {
      if (signal.aborted) {
        return Promise.reject(signal.reason);
      }
      const flight = flightOf(query);
      flight.askers++;
      return new Promise((resolve, reject) => {
        const leave = () => {
          reject(signal.reason);
          if (--flight.askers === 0) {
            flight.controller.abort(signal.reason);
          }
        };
        signal.addEventListener('abort', leave, { once: true });
        flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
      });
    },
  };
}
