/** A request's path as records may show it: without query string, fragment, and a session id written into it. */
export function publicPath(target: string): string {
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  return path.includes(';') ? withoutSessionId(path) : path;
}

export function withoutSessionId(path: string): string {
  return path.replace(/;(?:jsessionid|phpsessid|sid)=[^/;]*/gi, '');
}
