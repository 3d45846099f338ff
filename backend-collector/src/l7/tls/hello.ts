/**
 * ClientHello and ServerHello (RFC 8446 sections 4.1.2 and 4.1.3), read for what records show: the server's name (RFC 6066 section 3),
 * application protocols (RFC 7301), version and cipher suite. Randoms, session ids, key shares and tickets are passed over.
 * Every length is checked against what holds it; a hello that contradicts itself is none.
 */

interface ClientHello {
  /** As asked for; with encrypted ClientHello the outer, public one. */
  readonly serverName: string | undefined;
  /** Without GREASE (RFC 8701). */
  readonly protocols: readonly string[];
}

interface ServerHello {
  /** The supported_versions extension decides where it is there (RFC 8446 section 4.2.1). */
  readonly version: number;
  readonly cipher: number;
  readonly protocol: string | undefined;
  readonly isRetry: boolean;
}

const MAX_NAME = 255;
const MAX_PROTOCOLS = 16;

const enum Extension {
  ServerName = 0,
  Protocols = 16,
  SupportedVersions = 43,
}

/** SHA-256 of "HelloRetryRequest", the random by which it is known (section 4.1.3). */
const RETRY_RANDOM = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/** Reads fields one behind the other; after the first that does not fit, `isBroken`. */
class Fields {
  isBroken = false;

  constructor(
    readonly bytes: Uint8Array,
    private at: number,
    private end: number
  ) {}

  get isDone(): boolean {
    return this.isBroken || this.at >= this.end;
  }

  number(size: 1 | 2): number {
    const at = this.skip(size);
    return this.isBroken ? 0 : size === 1 ? this.bytes[at] : (this.bytes[at] << 8) | this.bytes[at + 1];
  }

  /** Returns the place of what was passed over. */
  skip(length: number): number {
    const { at } = this;
    if (at + length > this.end) {
      this.isBroken = true;
      this.at = this.end;
      return this.end;
    }
    this.at += length;
    return at;
  }

  /** What a length of `size` bytes stands before. */
  vector(size: 1 | 2): Fields {
    const length = this.number(size);
    const at = this.skip(length);
    return new Fields(this.bytes, at, this.isBroken ? at : at + length);
  }

  text(): string {
    let out = '';
    const end = Math.min(this.end, this.at + MAX_NAME);
    for (let p = this.at; p < end; p++) {
      const byte = this.bytes[p];
      // Control bytes and what is not ASCII are shown as escapes: a record must not carry raw terminal codes.
      out +=
        byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
    }
    return out;
  }
}

/** Reads a message's body, its four bytes of header left out. */
export function readClientHello(bytes: Uint8Array, from: number, to: number): ClientHello | undefined {
  const fields = new Fields(bytes, from, to);
  const version = fields.number(2);
  fields.skip(32);
  fields.vector(1);
  fields.vector(2);
  fields.vector(1);
  if (fields.isBroken || version >>> 8 !== 3) {
    return undefined;
  }
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  const isSound = eachExtension(fields, (type, content) => {
    if (type === Extension.ServerName) {
      serverName = readServerName(content);
    } else if (type === Extension.Protocols) {
      protocols = readProtocols(content);
    }
  });
  return isSound ? { serverName, protocols } : undefined;
}

export function readServerHello(bytes: Uint8Array, from: number, to: number): ServerHello | undefined {
  const fields = new Fields(bytes, from, to);
  let version = fields.number(2);
  const random = fields.skip(32);
  fields.vector(1);
  const cipher = fields.number(2);
  fields.skip(1);
  if (fields.isBroken || version >>> 8 !== 3) {
    return undefined;
  }
  let protocol: string | undefined;
  const isSound = eachExtension(fields, (type, content) => {
    if (type === Extension.SupportedVersions) {
      version = content.number(2);
    } else if (type === Extension.Protocols) {
      protocol = readProtocols(content)[0];
    }
  });
  const isRetry = RETRY_RANDOM.every((byte, i) => bytes[random + i] === byte);
  return isSound ? { version, cipher, protocol, isRetry } : undefined;
}

function eachExtension(fields: Fields, take: (type: number, content: Fields) => void): boolean {
  // Before TLS 1.2 there may be none (RFC 5246 section 7.4.1.2).
  if (fields.isDone) {
    return !fields.isBroken;
  }
  const extensions = fields.vector(2);
  while (!extensions.isDone) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (!extensions.isBroken) {
      take(type, content);
    }
  }
  return !fields.isBroken && !extensions.isBroken;
}

/** A list of names by kind, of which only host names (0) were ever defined. */
function readServerName(content: Fields): string | undefined {
  const list = content.vector(2);
  const kind = list.number(1);
  const name = list.vector(2);
  return list.isBroken || kind !== 0 ? undefined : name.text();
}

function readProtocols(content: Fields): readonly string[] {
  const list = content.vector(2);
  const names: string[] = [];
  while (!list.isDone && names.length < MAX_PROTOCOLS) {
    const name = list.vector(1).text();
    if (!list.isBroken && !isGrease(name)) {
      names.push(name);
    }
  }
  return names;
}

/** Names of two equal bytes 0x0a, 0x1a … 0xfa are there to be ignored (RFC 8701 section 2). */
function isGrease(name: string): boolean {
  return /^(?:%(.)A%\1A|:{2}|J{2}|Z{2}|j{2}|z{2}|\*{2})$/.test(name);
}
