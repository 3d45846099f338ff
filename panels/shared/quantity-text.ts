/** Numbers as a person reads them, always with their unit. */

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

/** A span of time: `12 µs`, `0.1 ms`, `412.6 ms`, `1.2 s`, `3 min 20 s`. */
export function durationText(ns: number): string {
  const size = Math.abs(ns);
  const sign = ns < 0 ? '−' : '';
  if (size < 500) {
    return '0 µs';
  }
  if (size < 99_500) {
    return `${sign}${Math.round(size / 1000)} µs`;
  }
  if (size < 999_950_000) {
    return `${sign}${(size / 1e6).toFixed(1)} ms`;
  }
  if (size < 59_950_000_000) {
    return `${sign}${(size / 1e9).toFixed(1)} s`;
  }
  const seconds = Math.round(size / 1e9);
  return `${sign}${countText(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

export function millisecondsText(ms: number): string {
  return durationText(ms * 1e6);
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

/** `10.1.1.4:41230`, `[2001:db8::1]:80` */
export function addressText(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
