/** A query that cannot be answered, with the message for the user. All of these are client errors (HTTP 400). */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(
    readonly kind: 'parse' | 'unsupported' | 'pipeline' | 'limit' | 'evaluation',
    message: string
  ) {
    super(message);
  }
}

/** As Loki words it. `offset` counts UTF-16 units from the start of the query; lines and columns count from 1. */
export function parseError(query: string, offset: number, reason: string): QueryError {
  const before = query.slice(0, offset).split('\n');
  const column = before[before.length - 1].length + 1;
  return new QueryError('parse', `parse error at line ${before.length}, col ${column}: ${reason}`);
}

export function parseErrorWithoutPosition(reason: string): QueryError {
  return new QueryError('parse', `parse error : ${reason}`);
}

export function unsupported(query: string, offset: number, construct: string): QueryError {
  const { message } = parseError(query, offset, `${construct} is not supported by this store`);
  return new QueryError('unsupported', message);
}
