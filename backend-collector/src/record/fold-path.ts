/**
 * Paths without the ids in them, so that requests to one route count as one: `/users/42/orders/7f3a…` becomes `/users/{id}/orders/{id}`.
 *
 * A segment is an id where it is a number, a UUID or ULID, at least 8 hex digits with a digit among them, or a long mixture of letters and
 * digits without the look of words. Words and names of versions (`v1`) stay. Pure; the same path gives
 * the same text at every NIC. A folded path stays as it is when folded again.
 */
import { type Exchange } from '../l7/exchange';

const ID = '{id}';

/** A longer segment is not a name. */
const MAX_NAME = 64;

export function foldPath(path: string): string {
  return path
    .split('/')
    .map((segment) => (isId(segment) ? ID : segment))
    .join('/');
}

/** Folds the path in an exchange, whatever protocol it has it from. */
export function foldPathOf(exchange: Exchange): void {
  const { fields } = exchange;
  if (fields.http_path === undefined) {
    return;
  }
  if (exchange.resource === fields.http_path) {
    exchange.resource = foldPath(exchange.resource);
  }
  fields.http_path = foldPath(fields.http_path);
}

function isId(segment: string): boolean {
  return (
    segment.length > MAX_NAME ||
    /^[+-]?\d+(?:[.,]\d+)*$/.test(segment) ||
    UUID.test(segment) ||
    (/^(?:0x)?[0-9a-f]{8,}$/i.test(segment) && /\d/.test(segment)) ||
    looksRandom(segment)
  );
}

const UUID = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i;

/** ULIDs, base64url and other keys: 16 letters and digits or more, in which digits stand between letters at several places. */
function looksRandom(segment: string): boolean {
  if (segment.length < 16 || !/^[\w~+=%-]+$/.test(segment)) {
    return false;
  }
  const changes = segment.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0;
  return changes >= 4;
}
