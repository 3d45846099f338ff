/**
 * One piece of work for several askers: the panels of a page ask the same thing at the same moment.
 *
 * Only what is under way is shared, nothing is kept, so no answer is older than its question. The work is
 * aborted when the last of its askers has gone.
 */
interface SharedRequest<T> {
  readonly controller: AbortController;
  readonly answer: Promise<T>;
  askers: number;
}

export class RequestCoalescing<T> {
  private readonly flights = new Map<string, SharedRequest<T>>();

  join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal.aborted) {
      return Promise.reject(signal.reason);
    }
    const flight = this.flightOf(key, start);
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
  }

  private flightOf(key: string, start: (signal: AbortSignal) => Promise<T>): SharedRequest<T> {
    const under = this.flights.get(key);
    if (under !== undefined && !under.controller.signal.aborted) {
      return under;
    }
    const controller = new AbortController();
    const answer = start(controller.signal);
    const flight: SharedRequest<T> = { controller, answer, askers: 0 };
    this.flights.set(key, flight);
    const land = () => this.flights.get(key) === flight && this.flights.delete(key);
    answer.then(land, land);
    return flight;
  }
}
