/**
 * Commands of FTP (RFC 959, 2228, 2389, 2428, 2640, 3659, 7151 and the registry of RFC 5797), and what of their arguments may be in a
 * record. A word that is not here is not a command: it might be a password that was typed too early.
 */
const enum Argument {
  /** As sent. */
  Shown,
  /** Never: a password, an account, keys, or something that may hold them. */
  Hidden,
  /** Names of persons are left out; those of anonymous access are none. */
  User,
  /** The first word only: what follows is up to the server (`SITE PSWD old new`). */
  FirstWord,
}

const COMMANDS: ReadonlyMap<string, Argument> = new Map<string, Argument>([
  ['USER', Argument.User],
  ['PASS', Argument.Hidden],
  ['ACCT', Argument.Hidden],
  ['ADAT', Argument.Hidden],
  ['MIC', Argument.Hidden],
  ['CONF', Argument.Hidden],
  ['ENC', Argument.Hidden],
  ['SITE', Argument.FirstWord],
  ...[
    ...['ABOR', 'ALLO', 'APPE', 'AUTH', 'AVBL', 'CCC', 'CDUP', 'CLNT', 'COMB', 'CSID', 'CWD', 'DELE', 'EPRT', 'EPSV'],
    ...['FEAT', 'HASH', 'HELP', 'HOST', 'LANG', 'LIST', 'LPRT', 'LPSV', 'MDTM', 'MFCT', 'MFF', 'MFMT', 'MKD', 'MLSD'],
    ...['MLST', 'MODE', 'NLST', 'NOOP', 'OPTS', 'PASV', 'PBSZ', 'PORT', 'PROT', 'PWD', 'QUIT', 'RANG', 'REIN', 'REST'],
    ...['RETR', 'RMD', 'RNFR', 'RNTO', 'SIZE', 'SMNT', 'STAT', 'STOR', 'STOU', 'STRU', 'SYST', 'TYPE', 'XCRC', 'XCUP'],
    ...['XCWD', 'XMD5', 'XMKD', 'XPWD', 'XRMD', 'XSHA1', 'XSHA256', 'XSHA512'],
  ].map((name): readonly [string, Argument] => [name, Argument.Shown]),
]);

export function isCommand(name: string): boolean {
  return COMMANDS.has(name);
}

/** Of these the file or the listing goes over a data connection. */
const TRANSFERS: ReadonlySet<string> = new Set(['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD']);

export function isTransfer(name: string): boolean {
  return TRANSFERS.has(name);
}

/** Commands that no other protocol of commands and lines (POP3, SMTP, NNTP, IRC) has in this shape. */
export const UNMISTAKABLE =
  /^(?:SYST|FEAT|PASV|EPSV(?: (?:ALL|\d))?|PORT \d{1,3}(?:,\d{1,3}){5}|EPRT \|[12]\|[^|]+\|\d{1,5}\||TYPE [AEIL](?: [NTC8])?|X?PWD|OPTS UTF8 O(?:N|FF)|PBSZ \d+|PROT [CSEP])$/i;

const ANONYMOUS: ReadonlySet<string> = new Set(['anonymous', 'ftp']);

/** What a record may show of a command's argument; empty where nothing. */
export function shownArgument(command: string, argument: string): string {
  switch (COMMANDS.get(command)) {
    case Argument.Shown:
      return argument;
    case Argument.User:
      return ANONYMOUS.has(argument.toLowerCase()) ? argument : '';
    case Argument.FirstWord:
      return argument.split(' ', 1)[0];
    default:
      return '';
  }
}
