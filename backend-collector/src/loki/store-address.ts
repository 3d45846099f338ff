/** Where the store is: `http(s)://host[:port][/prefix]`, or `unix:/path/to.sock`, which crosses network namespaces. */
import { lookup } from 'node:dns/promises';
import { CollectorError } from '../errors';

const PUSH_PATH = '/loki/api/v1/push';

export type StoreAddress =
  | {
      readonly kind: 'tcp';
      readonly secure: boolean;
      readonly hostname: string;
      readonly port: number;
      readonly path: string;
      /** `user:password` of the address, where it had one. */
      readonly userInfo?: string;
      /** For messages: never holds credentials. */
      readonly shown: string;
    }
  | { readonly kind: 'unix'; readonly socketPath: string; readonly path: string; readonly shown: string };

/** Throws `CollectorError('config')`. */
export function parseStoreAddress(text: string): StoreAddress {
  if (text.startsWith('unix:')) {
    const socketPath = text.slice('unix:'.length);
    if (!socketPath.startsWith('/')) {
      throw new CollectorError(
        'config',
        `The store's address "${text}" needs an absolute path: unix:/run/bpfnet.sock.`
      );
    }
    return { kind: 'unix', socketPath, path: PUSH_PATH, shown: text };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CollectorError(
      'config',
      "The store's address must be http://HOST:PORT, https://HOST:PORT or unix:/path/to.sock."
    );
  }
  const secure = url.protocol === 'https:';
  const prefix = url.pathname.replace(/\/+$/, '');
  return {
    kind: 'tcp',
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: prefix.endsWith(PUSH_PATH) ? prefix : `${prefix}${PUSH_PATH}`,
    userInfo:
      url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
    shown: `${url.protocol}//${url.host}`,
  };
}

/**
 * The TCP endpoints of a store, for a live capture to leave out (else each push would be captured and pushed again). Empty
 * for a Unix socket. Throws a `CollectorError` where the host's name is not known.
 */
export async function storeEndpoints(
  text: string
): Promise<ReadonlyArray<{ readonly address: string; readonly port: number }>> {
  const address = parseStoreAddress(text);
  if (address.kind === 'unix') {
    return [];
  }
  try {
    const found = await lookup(address.hostname, { all: true });
    return found.map((each) => ({ address: each.address, port: address.port }));
  } catch {
    throw new CollectorError(
      'store-unreachable',
      `The host of the store ${address.shown} cannot be resolved: check the address.`
    );
  }
}
