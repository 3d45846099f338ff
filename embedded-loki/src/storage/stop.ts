/** Queries that are to end before they are done. */
import { StorageError } from './storage-error';

export function refuseStopped(signal: AbortSignal): void {
  if (signal.aborted) {
    throw stopped(signal);
  }
}

/** In Loki's words. */
export function stopped({ reason }: AbortSignal): StorageError {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? new StorageError(
        'timeout',
        'request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed'
      )
    : new StorageError('cancelled', 'the request was cancelled by the client');
}
