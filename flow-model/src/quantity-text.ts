/** Quantities as a person reads them, always with their unit: one look on every page. */

/** Groups digits so that numbers can be compared by eye; a search for the number ignores it. */
const GROUP_SEPARATOR = '\u202f';

/** `14 481` */
export function countText(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, GROUP_SEPARATOR);
}

/** `1 packet`, `12 packets` */
export function pluralText(n: number, one: string, many = `${one}s`): string {
  return `${countText(n)} ${n === 1 ? one : many}`;
}

/** A span of time, ms: `4 µs`, `430 µs`, `4.1 ms`, `412.6 ms`, `1.20 s`, `12.3 s`, `3 min 20 s`. */
export function durationText(ms: number): string {
  const size = Math.abs(ms);
  const sign = ms < 0 ? '−' : '';
  if (size < 0.0005) {
    return size === 0 ? '0 ms' : '< 1 µs';
  }
  if (size < 0.9995) {
    return `${sign}${Math.round(size * 1000)} µs`;
  }
  if (size < 999.95) {
    return `${sign}${size.toFixed(1)} ms`;
  }
  if (size < 59_950) {
    return `${sign}${(size / 1000).toFixed(size < 9995 ? 2 : 1)} s`;
  }
  const seconds = Math.round(size / 1000);
  return `${sign}${countText(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** The same, ns. */
export function durationNsText(ns: number): string {
  return durationText(ns / 1e6);
}

/** Time since a beginning, fine enough that neighbouring packets differ: `0.043 ms`, `411.702 ms`, `1.204 118 s`. */
export function elapsedText(ns: number): string {
  const sign = ns < 0 ? '−' : '';
  const us = Math.round(Math.abs(ns) / 1000);
  if (us < 1_000_000) {
    return `${sign}${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, '0')} ms`;
  }
  const fraction = String(us % 1_000_000).padStart(6, '0');
  return `${sign}${Math.floor(us / 1_000_000)}.${fraction.slice(0, 3)}${GROUP_SEPARATOR}${fraction.slice(3)} s`;
}

/** `212 B`, `14.5 kB`, `3.2 MB`; powers of ten. */
export function bytesText(bytes: number): string {
  if (bytes < 10_000) {
    return `${countText(bytes)} B`;
  }
  if (bytes < 999_950) {
    return `${(bytes / 1000).toFixed(1)} kB`;
  }
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `10.1.1.4:41230`, `[2001:db8::1]:80` (RFC 3986, 3.2.2) */
export function addressText(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
