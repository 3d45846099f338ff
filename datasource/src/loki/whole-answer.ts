import { type Observable } from 'rxjs';

/** The last value of an observable, which is the whole answer. Aborting unsubscribes, so the host cancels the request. */
export function answerOf<T>(source: Observable<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let last: { readonly value: T } | undefined;
    const onAbort = () => {
      subscription.unsubscribe();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (outcome: () => void) => {
      signal.removeEventListener('abort', onAbort);
      outcome();
    };
    const subscription = source.subscribe({
      next: (value) => (last = { value }),
      error: (error) => settle(() => reject(error)),
      complete: () => settle(() => (last === undefined ? reject(new Error('no answer')) : resolve(last.value))),
    });
  });
}
