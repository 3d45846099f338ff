export type Route =
  | { readonly kind: 'list' }
  | { readonly kind: 'dashboard'; readonly uid: string }
  | { readonly kind: 'unknown'; readonly path: string };

/** `/` or `/d/<uid>[/<slug>]`. */
export function routeOf(pathname: string): Route {
  const parts = pathname.split('/').filter((part) => part !== '');
  if (parts.length === 0) {
    return { kind: 'list' };
  }
  if (parts[0] === 'd' && parts[1] !== undefined && parts.length <= 3) {
    return { kind: 'dashboard', uid: decodeURIComponent(parts[1]) };
  }
  return { kind: 'unknown', path: pathname };
}
