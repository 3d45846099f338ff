/** `ip("…")`: one address, a prefix or a range, IPv4 or IPv6, looked for anywhere in a text. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

interface AddressRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** Undefined for anything but an address, prefix or range. */
export function ipPredicate(pattern: string): ((text: string) => boolean) | undefined {
  const range = readRange(pattern);
  if (range === undefined) {
    return undefined;
  }
  return (text) => {
    for (const candidate of candidates(text)) {
      const address = readAddress(candidate);
      if (address?.bits === range.bits && address.value >= range.first && address.value <= range.last) {
        return true;
      }
    }
    return false;
  };
}

function readRange(pattern: string): AddressRange | undefined {
  const single = readAddress(pattern);
  if (single !== undefined) {
    return { bits: single.bits, first: single.value, last: single.value };
  }
  const prefix = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(pattern);
  if (prefix !== null) {
    const address = readAddress(prefix[1]);
    const length = Number(prefix[2]);
    if (address === undefined || length > address.bits) {
      return undefined;
    }
    const size = 1n << BigInt(address.bits - length);
    const first = (address.value / size) * size;
    return { bits: address.bits, first, last: first + size - 1n };
  }
  const ends = pattern.split('-');
  const [first, last] = ends.map(readAddress);
  return ends.length === 2 && first !== undefined && first.bits === last?.bits && first.value <= last.value
    ? { bits: first.bits, first: first.value, last: last.value }
    : undefined;
}

/** Runs of characters that begin as an address does; after each, the search continues after its first character. */
function* candidates(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const run = /^\d(?:\.|.\.|..\.)/s.test(text.slice(at, at + 4))
      ? /^[\d.]*/.exec(text.slice(at))
      : /^(?:::[\da-fA-F]|[\da-fA-F]{1,4}:)/.test(text.slice(at, at + 5))
        ? /^[\da-fA-F:.]*/.exec(text.slice(at))
        : null;
    if (run !== null) {
      yield run[0];
      at += run[0].length;
    }
  }
}

function readAddress(text: string): Address | undefined {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

function readIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
    ? { bits: 32, value: parts.reduce((value, part) => value * 256n + BigInt(part), 0n) }
    : undefined;
}

/** RFC 4291, section 2.2. */
function readIpv6(text: string): Address | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded !== null) {
    const tail = readIpv4(embedded[2]);
    return tail === undefined
      ? undefined
      : readIpv6(`${embedded[1]}${(tail.value >> 16n).toString(16)}:${(tail.value & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups = halves.flat();
  const isComplete = halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8;
  if (!isComplete || !groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) {
    return undefined;
  }
  const zeros = Array.from({ length: 8 - groups.length }, () => '0');
  const all = halves.length === 1 ? groups : [...halves[0], ...zeros, ...halves[1]];
  return { bits: 128, value: all.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n) };
}
