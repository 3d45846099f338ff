/** A rejected request, with its HTTP status. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly status: 400 | 404 | 413 | 415 | 422,
    message: string
  ) {
    super(message);
  }
}
