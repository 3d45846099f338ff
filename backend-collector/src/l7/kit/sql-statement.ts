/**
 * What a record may say of an SQL statement: its verb and the first table that it names. Everything else (literals, comments, column
 * names, the statement itself) never becomes text.
 *
 * A tokenizer, no parser: tolerant of dialects and of statements that are cut. It would rather name no table than the wrong thing: where
 * the end of a literal depends on a setting of the server (a backslash before a quote), no table is named after it; a verb that is not in
 * the list is not a verb. Sections: MySQL 8.4 manual 11.1, 11.2, 11.7; PostgreSQL 17 manual 4.1.
 *
 * Limits: the first `MAX_STATEMENT` bytes are looked at; a name has at most `MAX_NAME` bytes.
 */
import { wireText } from './wire-text';

export type SqlDialect = 'mysql' | 'postgresql';

export interface SqlStatement {
  /** In capitals; empty where it is not known as a verb. */
  readonly verb: string;
  /** As written, without quotes, with its schema where it has one; empty where there is none. */
  readonly table: string;
}

const MAX_STATEMENT = 4096;
const MAX_NAME = 128;

const NOTHING: SqlStatement = { verb: '', table: '' };

/** Where the table stands after the verb. */
type Rule =
  | { readonly kind: 'none' }
  /** After the first FROM that begins a list of tables. */
  | { readonly kind: 'from' }
  /** Next, after some of these words. */
  | { readonly kind: 'next'; readonly skip: ReadonlySet<string> }
  /** After the kind of object that is made, changed or dropped. */
  | { readonly kind: 'object' }
  /** After the names of WITH. */
  | { readonly kind: 'with' };

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const next = (text = ''): Rule => ({ kind: 'next', skip: words(text) });
const NONE: Rule = { kind: 'none' };
const FROM: Rule = { kind: 'from' };
const OBJECT: Rule = { kind: 'object' };

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...[...words('SELECT EXPLAIN')].map((verb) => [verb, FROM] as const),
  ...[...words('CREATE ALTER DROP')].map((verb) => [verb, OBJECT] as const),
  ['WITH', { kind: 'with' }],
  ['INSERT', next('LOW_PRIORITY DELAYED HIGH_PRIORITY IGNORE INTO')],
  ['REPLACE', next('LOW_PRIORITY DELAYED INTO')],
  ['UPDATE', next('LOW_PRIORITY IGNORE ONLY')],
  ['DELETE', next('LOW_PRIORITY QUICK IGNORE FROM ONLY')],
  ['MERGE', next('INTO ONLY')],
  ['TRUNCATE', next('TABLE ONLY')],
  ['TABLE', next('ONLY')],
  ['COPY', next()],
  ['LOCK', next('TABLE TABLES ONLY')],
  ['DESCRIBE', next()],
  ['DESC', next()],
  ['CALL', next()],
  ['USE', next()],
  ['LISTEN', next()],
  ['NOTIFY', next()],
  ['UNLISTEN', next()],
  ...[
    ...words(
      'VALUES BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END ABORT SET RESET SHOW GRANT REVOKE KILL FLUSH ANALYZE CHECK ' +
        'CHECKSUM OPTIMIZE REPAIR RENAME LOAD HANDLER DO VACUUM REINDEX CLUSTER REFRESH COMMENT DISCARD CHECKPOINT PREPARE ' +
        'EXECUTE DEALLOCATE DECLARE FETCH MOVE CLOSE UNLOCK XA SHUTDOWN HELP SIGNAL CHANGE PURGE STOP BINLOG INSTALL ' +
        'UNINSTALL REASSIGN SECURITY IMPORT IDENTIFY_SYSTEM START_REPLICATION CREATE_REPLICATION_SLOT DROP_REPLICATION_SLOT ' +
        'READ_REPLICATION_SLOT TIMELINE_HISTORY BASE_BACKUP'
    ),
  ].map((verb) => [verb, NONE] as const),
]);

const OBJECT_PREFIXES = words(
  'OR REPLACE TEMP TEMPORARY UNLOGGED GLOBAL LOCAL UNIQUE FULLTEXT SPATIAL MATERIALIZED RECURSIVE FOREIGN ONLINE OFFLINE IGNORE'
);
const NAMED_OBJECTS = words('TABLE VIEW SEQUENCE DATABASE SCHEMA');
const EXISTS_WORDS = words('IF NOT EXISTS ONLY CONCURRENTLY');
const MAIN_VERBS = words('SELECT INSERT UPDATE DELETE MERGE REPLACE VALUES TABLE');
const WITH_WORDS = words('RECURSIVE AS NOT MATERIALIZED');

export function readStatement(bytes: Uint8Array, from: number, to: number, dialect: SqlDialect): SqlStatement {
  const t = new Tokens(bytes, from, Math.min(to, from + MAX_STATEMENT), dialect);
  t.next();
  while (t.isMark(OPEN)) {
    t.next();
  }
  const verb = t.word();
  const rule = RULES.get(verb);
  if (rule === undefined) {
    return NOTHING;
  }
  t.next();
  switch (rule.kind) {
    case 'none':
      return { verb, table: '' };
    case 'from':
      return { verb, table: tableAfterFrom(t, new Set()) };
    case 'next':
      return { verb, table: tableNext(t, rule.skip) };
    case 'object':
      return { verb, table: objectName(t) };
    case 'with':
      return afterWith(t);
  }
}

/** True where a statement begins that this page knows. */
export function beginsStatement(bytes: Uint8Array, from: number, to: number, dialect: SqlDialect): boolean {
  return readStatement(bytes, from, Math.min(to, from + 64), dialect).verb !== '';
}

function tableNext(t: Tokens, skip: ReadonlySet<string>): string {
  while (t.kind === Token.Word && skip.has(t.word())) {
    t.next();
  }
  return t.isMark(OPEN) ? tableAfterFrom(t, new Set()) : t.name();
}

function objectName(t: Tokens): string {
  while (t.kind === Token.Word && OBJECT_PREFIXES.has(t.word())) {
    t.next();
  }
  const kind = t.word();
  if (kind === 'INDEX') {
    while (t.kind !== Token.End && t.word() !== 'ON') {
      t.next();
    }
    t.next();
    return tableNext(t, EXISTS_WORDS);
  }
  if (!NAMED_OBJECTS.has(kind)) {
    return '';
  }
  t.next();
  return tableNext(t, EXISTS_WORDS);
}

function afterWith(t: Tokens): SqlStatement {
  const names = new Set<string>();
  let depth = 0;
  for (; t.kind !== Token.End; t.next()) {
    if (t.kind === Token.Mark) {
      depth += t.mark === OPEN ? 1 : t.mark === CLOSE ? -1 : 0;
      continue;
    }
    if (depth !== 0) {
      continue;
    }
    const word = t.word();
    if (MAIN_VERBS.has(word)) {
      const rule = RULES.get(word) ?? NONE;
      t.next();
      return { verb: word, table: rule.kind === 'next' ? tableNext(t, rule.skip) : tableAfterFrom(t, names) };
    }
    if (!WITH_WORDS.has(word) && names.size < 32) {
      names.add(t.plainName().toUpperCase());
    }
  }
  return { verb: 'WITH', table: '' };
}

/**
 * FROM is part of expressions, too: EXTRACT(… FROM x), IS DISTINCT FROM x. It names tables only outside of parentheses, or in those that
 * hold a subquery. A function's name (FROM f(…)) is none.
 */
function tableAfterFrom(t: Tokens, notTables: ReadonlySet<string>): string {
  const isQuery: boolean[] = [];
  let previous = '';
  while (t.kind !== Token.End) {
    if (t.kind === Token.Mark) {
      if (t.mark === OPEN) {
        t.next();
        const word = t.word();
        if (isQuery.length < 64) {
          isQuery.push(word === 'SELECT' || word === 'WITH' || (previous === 'FROM' && isQuery.at(-1) !== false));
        }
        previous = '';
        continue;
      }
      if (t.mark === CLOSE) {
        isQuery.pop();
      }
      previous = '';
      t.next();
      continue;
    }
    const word = t.word();
    const listsTables = word === 'FROM' && previous !== 'DISTINCT' && isQuery.at(-1) !== false;
    previous = word;
    t.next();
    if (!listsTables) {
      continue;
    }
    while (t.kind === Token.Word && (t.word() === 'ONLY' || t.word() === 'LATERAL')) {
      t.next();
    }
    const name = t.name();
    const isFunction = t.isMark(OPEN);
    if (name !== '' && !isFunction && !notTables.has(name.toUpperCase())) {
      return name;
    }
    if (name !== '') {
      previous = '';
    }
  }
  return '';
}

const enum Token {
  End,
  Word,
  /** An identifier in quotes, or in MySQL perhaps a literal. */
  Quoted,
  /** A literal, a number, a parameter: nothing that may be shown. */
  Masked,
  Mark,
}

const OPEN = 0x28;
const CLOSE = 0x29;
const DOT = 0x2e;
const SINGLE = 0x27;
const DOUBLE = 0x22;
const BACKTICK = 0x60;
const BACKSLASH = 0x5c;
const DOLLAR = 0x24;
const DASH = 0x2d;
const SLASH = 0x2f;
const STAR = 0x2a;
const HASH = 0x23;
const LF = 0x0a;

class Tokens {
  kind: Token = Token.End;
  /** The byte of a mark. */
  mark = 0;
  private start = 0;
  private end = 0;
  private at: number;
  /** From here on a literal may be taken for code. */
  private isUnsure = false;

  constructor(
    private readonly bytes: Uint8Array,
    from: number,
    private readonly to: number,
    private readonly dialect: SqlDialect
  ) {
    this.at = from;
  }

  next(): void {
    this.skipBlank();
    const { bytes, at, to } = this;
    if (at >= to || this.isUnsure) {
      this.kind = Token.End;
      return;
    }
    const byte = bytes[at];
    if (isWordStart(byte)) {
      this.readWord();
    } else if (byte === SINGLE) {
      this.quoted(SINGLE, Token.Masked);
    } else if (byte === DOUBLE || byte === BACKTICK) {
      this.quoted(byte, Token.Quoted);
    } else if (byte === DOLLAR && this.dialect === 'postgresql') {
      this.dollar();
    } else if ((byte >= 0x30 && byte <= 0x39) || byte === 0x40 || byte === 0x3a || byte === DOLLAR) {
      // Numbers, @variables, :parameters.
      this.at++;
      while (this.at < to && (isWordByte(bytes[this.at]) || bytes[this.at] === DOT)) {
        this.at++;
      }
      this.kind = Token.Masked;
    } else {
      this.kind = Token.Mark;
      this.mark = byte;
      this.at++;
    }
  }

  isMark(byte: number): boolean {
    return this.kind === Token.Mark && this.mark === byte;
  }

  /** The present word in capitals; empty where it is none, or longer than any keyword. */
  word(): string {
    if (this.kind !== Token.Word || this.end - this.start > 24) {
      return '';
    }
    let text = '';
    for (let i = this.start; i < this.end; i++) {
      text += String.fromCharCode(this.bytes[i]);
    }
    return text.toUpperCase();
  }

  /** The present identifier, without its quotes. */
  plainName(): string {
    if (this.kind !== Token.Word && this.kind !== Token.Quoted) {
      return '';
    }
    return wireText(this.bytes, this.start, this.end, MAX_NAME);
  }

  /** Reads `a`, `a.b` or `a.b.c` and goes on after it. Empty where there is no identifier, or where its end is not seen. */
  name(): string {
    let name = '';
    for (let parts = 0; parts < 3; parts++) {
      const part = this.plainName();
      const isCut = this.at >= this.to && this.isUnsure;
      if (part === '' || isCut) {
        return '';
      }
      name = name === '' ? part : `${name}.${part}`;
      this.next();
      if (this.kind !== Token.Mark || this.mark !== DOT) {
        break;
      }
      this.next();
    }
    return name;
  }

  private readWord(): void {
    const { bytes, to } = this;
    this.start = this.at;
    let p = this.at + 1;
    while (p < to && isWordByte(bytes[p])) {
      p++;
    }
    this.at = p;
    this.end = p;
    this.kind = Token.Word;
    if (p < to && bytes[p] === SINGLE) {
      // E'…', N'…', _utf8'…': the word belongs to the literal.
      this.quoted(SINGLE, Token.Masked, this.end - this.start === 1 && (bytes[this.start] | 0x20) === 0x65);
    }
  }

  private quoted(quote: number, kind: Token, escapes = false): void {
    const { bytes, to } = this;
    this.start = this.at + 1;
    let p = this.start;
    for (; p < to; p++) {
      if (bytes[p] === BACKSLASH && quote !== BACKTICK) {
        if (escapes) {
          p++;
        } else if (p + 1 < to && (bytes[p + 1] === quote || bytes[p + 1] === BACKSLASH)) {
          // Whether this quote ends the literal depends on the server's settings.
          this.isUnsure = true;
        }
      } else if (bytes[p] === quote) {
        if (bytes[p + 1] !== quote || p + 1 >= to) {
          break;
        }
        p++;
      }
    }
    if (p >= to) {
      this.isUnsure = true;
    }
    this.end = Math.min(p, to);
    this.at = Math.min(p + 1, to);
    this.kind = this.isUnsure ? Token.Masked : kind;
  }

  /** PostgreSQL: $1 is a parameter, $tag$…$tag$ a literal. */
  private dollar(): void {
    const { bytes, to } = this;
    this.kind = Token.Masked;
    let p = this.at + 1;
    while (p < to && isWordByte(bytes[p]) && bytes[p] !== DOLLAR) {
      p++;
    }
    const tagEnd = p + 1;
    const isParameter = bytes[this.at + 1] >= 0x30 && bytes[this.at + 1] <= 0x39;
    if (p >= to || bytes[p] !== DOLLAR || isParameter) {
      this.at = p;
      return;
    }
    const tagLength = tagEnd - this.at;
    for (let q = tagEnd; q + tagLength <= to; q++) {
      let same = 0;
      while (same < tagLength && bytes[q + same] === bytes[this.at + same]) {
        same++;
      }
      if (same === tagLength) {
        this.at = q + tagLength;
        return;
      }
    }
    this.at = to;
    this.isUnsure = true;
  }

  private skipBlank(): void {
    const { bytes, to } = this;
    for (;;) {
      const p = this.at;
      if (p >= to) {
        return;
      }
      if (bytes[p] <= 0x20 || bytes[p] === 0x3b) {
        this.at++;
      } else if (bytes[p] === HASH && this.dialect === 'mysql') {
        this.skipLine();
      } else if (bytes[p] === DASH && bytes[p + 1] === DASH && p + 1 < to && this.isDashComment(p + 2)) {
        this.skipLine();
      } else if (bytes[p] === SLASH && bytes[p + 1] === STAR && p + 1 < to) {
        this.skipComment();
      } else if (bytes[p] === STAR && bytes[p + 1] === SLASH && p + 1 < to) {
        // The end of a comment that is code (see skipComment).
        this.at += 2;
      } else {
        return;
      }
    }
  }

  /** In MySQL a blank must follow. */
  private isDashComment(after: number): boolean {
    return this.dialect === 'postgresql' || after >= this.to || this.bytes[after] <= 0x20;
  }

  private skipLine(): void {
    while (this.at < this.to && this.bytes[this.at] !== LF) {
      this.at++;
    }
  }

  private skipComment(): void {
    const { bytes, to } = this;
    let p = this.at + 2;
    const isCode = this.dialect === 'mysql' && (bytes[p] === 0x21 || (bytes[p] === 0x4d && bytes[p + 1] === 0x21));
    if (isCode && p < to) {
      // MySQL and MariaDB execute the contents of /*!50000 … */ and /*M!100000 … */.
      p += bytes[p] === 0x21 ? 1 : 2;
      while (p < to && bytes[p] >= 0x30 && bytes[p] <= 0x39) {
        p++;
      }
      this.at = Math.min(p, to);
      return;
    }
    for (let depth = 1; depth > 0; p++) {
      if (p + 1 >= to) {
        this.at = to;
        return;
      }
      if (bytes[p] === STAR && bytes[p + 1] === SLASH) {
        depth--;
        p++;
      } else if (this.dialect === 'postgresql' && bytes[p] === SLASH && bytes[p + 1] === STAR) {
        depth++;
        p++;
      }
    }
    this.at = p;
  }
}

function isWordStart(byte: number): boolean {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || byte === 0x5f || byte >= 0x80;
}

function isWordByte(byte: number): boolean {
  return isWordStart(byte) || (byte >= 0x30 && byte <= 0x39) || byte === DOLLAR;
}
