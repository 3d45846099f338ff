/** The bytes of an address in text: 4 or 16; what is no address becomes 0.0.0.0. */
export function ipBytes(text: string): Uint8Array {
  return (text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)) ?? new Uint8Array(4);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : NaN));
  return parts.length === 4 && parts.every((part) => part <= 255) ? Uint8Array.from(parts) : undefined;
}

/** RFC 4291 section 2.2. */
function ipv6Bytes(text: string): Uint8Array | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = tail ? ipv4Bytes(tail[2]) : undefined;
  const plain =
    tail && v4 ? `${tail[1]}${((v4[0] << 8) | v4[1]).toString(16)}:${((v4[2] << 8) | v4[3]).toString(16)}` : text;
  const halves = plain.split('::');
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) {
    return undefined;
  }
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(rest ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    return undefined;
  }
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >>> 8, parseInt(group, 16) & 0xff]));
}
