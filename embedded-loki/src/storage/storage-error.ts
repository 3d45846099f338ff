/** A failure of the store, never of the client: `full` and `failed` answer 5xx, so a sender keeps its data and retries. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly kind: 'in-use' | 'other-version' | 'corrupt' | 'full' | 'timeout' | 'cancelled' | 'failed',
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options);
  }
}

export function storageError(error: unknown, doing: string): StorageError {
  if (error instanceof StorageError) {
    return error;
  }
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  if (/no space left|disk (is )?full|ENOSPC|could not write|not enough disk|File too large/i.test(reason)) {
    return new StorageError(
      'full',
      `${doing}: no space left on the disk; free some, or lower the retention (${reason})`,
      {
        cause: error,
      }
    );
  }
  if (/interrupt/i.test(reason)) {
    return new StorageError('timeout', `${doing}: stopped after the time limit; narrow the time range`, {
      cause: error,
    });
  }
  return new StorageError('failed', `${doing}: ${reason}`, { cause: error });
}
