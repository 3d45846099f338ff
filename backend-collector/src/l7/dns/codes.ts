/** The registered names of numbers in DNS messages (IANA "Domain Name System (DNS) Parameters"). */

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [10, 'NULL'],
  [11, 'WKS'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [14, 'MINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [17, 'RP'],
  [18, 'AFSDB'],
  [24, 'SIG'],
  [25, 'KEY'],
  [28, 'AAAA'],
  [29, 'LOC'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [36, 'KX'],
  [37, 'CERT'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [42, 'APL'],
  [43, 'DS'],
  [44, 'SSHFP'],
  [45, 'IPSECKEY'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [49, 'DHCID'],
  [50, 'NSEC3'],
  [51, 'NSEC3PARAM'],
  [52, 'TLSA'],
  [53, 'SMIMEA'],
  [55, 'HIP'],
  [59, 'CDS'],
  [60, 'CDNSKEY'],
  [61, 'OPENPGPKEY'],
  [62, 'CSYNC'],
  [63, 'ZONEMD'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [99, 'SPF'],
  [108, 'EUI48'],
  [109, 'EUI64'],
  [249, 'TKEY'],
  [250, 'TSIG'],
  [251, 'IXFR'],
  [252, 'AXFR'],
  [255, 'ANY'],
  [256, 'URI'],
  [257, 'CAA'],
  [32768, 'TA'],
  [32769, 'DLV'],
]);

export const enum RecordType {
  A = 1,
  Soa = 6,
  Aaaa = 28,
  Opt = 41,
  Ixfr = 251,
  Axfr = 252,
}

export function isKnownType(type: number): boolean {
  return TYPES.has(type);
}

/** `TYPE65534` for one without a name (RFC 3597 section 5). */
export function typeName(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}

export const CLASS_IN = 1;

const CLASSES: ReadonlyMap<number, string> = new Map([
  [CLASS_IN, 'IN'],
  [3, 'CH'],
  [4, 'HS'],
  [254, 'NONE'],
  [255, 'ANY'],
]);

export function isKnownClass(value: number): boolean {
  return CLASSES.has(value);
}

export function className(value: number): string {
  return CLASSES.get(value) ?? `CLASS${value}`;
}

export const enum Opcode {
  Query = 0,
  Status = 2,
  Notify = 4,
  Update = 5,
  StatefulOperations = 6,
}

/** Where the message is not a query, the operation's name replaces the query's type. */
export const OPCODES: ReadonlyMap<number, string> = new Map([
  [Opcode.Query, 'QUERY'],
  [Opcode.Status, 'STATUS'],
  [Opcode.Notify, 'NOTIFY'],
  [Opcode.Update, 'UPDATE'],
  [Opcode.StatefulOperations, 'DSO'],
]);

const RCODES: readonly string[] = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
  'DSOTYPENI',
];

/** Of the extended ones (RFC 6891 section 6.1.3): 16 and up. */
const EXTENDED_RCODES: ReadonlyMap<number, string> = new Map([
  [16, 'BADVERS'],
  [17, 'BADKEY'],
  [18, 'BADTIME'],
  [19, 'BADMODE'],
  [20, 'BADNAME'],
  [21, 'BADALG'],
  [22, 'BADTRUNC'],
  [23, 'BADCOOKIE'],
]);

export function rcodeName(rcode: number): string {
  return RCODES[rcode] ?? EXTENDED_RCODES.get(rcode) ?? `RCODE${rcode}`;
}

/** Codes that say the server could not do it; the others blame the question. */
export function isServerError(rcode: number): boolean {
  return rcode === 2 || rcode === 4 || rcode === 11;
}
