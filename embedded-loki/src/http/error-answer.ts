/** Errors as an HTTP status and a message, as Loki answers. */
import { QueryError } from '../logql/query-error';
import { StorageError } from '../storage/storage-error';
import { MAX_BODY_BYTES } from './push-body';
import { RequestError } from './request-error';

interface ErrorAnswer {
  readonly status: number;
  readonly message: string;
}

const STORAGE_STATUS: Readonly<Record<StorageError['kind'], number>> = {
  timeout: 504,
  /** nginx's "client closed request", which Loki uses too. */
  cancelled: 499,
  full: 507,
  failed: 500,
  corrupt: 500,
  'other-version': 500,
  'in-use': 500,
};

export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof RequestError) {
    return { status: error.status, message: error.message };
  }
  if (error instanceof QueryError) {
    // Loki answers 500 to a query that cannot be evaluated; the query is at fault, so here it is 400.
    return { status: 400, message: error.message };
  }
  if (error instanceof StorageError) {
    return { status: STORAGE_STATUS[error.kind], message: error.message };
  }
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string };
  if (statusCode === 413) {
    return { status: 413, message: `request body too large: more than ${MAX_BODY_BYTES} bytes` };
  }
  return { status: statusCode ?? 500, message: message ?? String(error) };
}
