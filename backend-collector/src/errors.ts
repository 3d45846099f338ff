/**
 * Every failure that the user can fix. `message` is one line that says what happened and what to
 * do; the command prints it as it is and exits with `exitCode`.
 */
export class CollectorError extends Error {
  constructor(
    readonly kind: CollectorErrorKind,
    message: string,
    readonly exitCode = 1
  ) {
    super(message);
    this.name = 'CollectorError';
  }
}

export type CollectorErrorKind =
  | 'file-not-found'
  | 'not-a-capture'
  | 'truncated-capture'
  | 'unknown-link-type'
  | 'no-permission'
  | 'filter-syntax'
  | 'no-such-nic'
  | 'not-supported'
  | 'config'
  | 'store-unreachable'
  | 'disk-full';
