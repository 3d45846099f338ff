/** Where the data connection will go to: PORT and the answer to PASV (RFC 959 section 4.1.2), EPRT and the answer to EPSV (RFC 2428). */

/** The port, or undefined where the text names none. Addresses in it are not used (see related-connections.ts). */
export function dataPort(kind: 'PORT' | 'PASV' | 'EPRT' | 'EPSV', text: string): number | undefined {
  switch (kind) {
    case 'PORT':
    case 'PASV': {
      const [, high, low] = /(?:\d{1,3},){4}(\d{1,3}),(\d{1,3})/.exec(text) ?? [];
      return high === undefined || Number(high) > 255 || Number(low) > 255
        ? undefined
        : valid(Number(high) * 256 + Number(low));
    }
    case 'EPRT': {
      // The delimiter is any printable character; the protocol is 1 (IPv4) or 2 (IPv6).
      const [, , port] = /^([!-~])[12]\1[0-9A-Fa-f.:]+\1(\d{1,5})\1/.exec(text) ?? [];
      return port === undefined ? undefined : valid(Number(port));
    }
    case 'EPSV': {
      const [, , port] = /\(([!-~])\1\1(\d{1,5})\1\)/.exec(text) ?? [];
      return port === undefined ? undefined : valid(Number(port));
    }
  }
}

function valid(port: number): number | undefined {
  return port > 0 && port < 65_536 ? port : undefined;
}
