/** What is said of a statement, and what must not be. */
import fc from 'fast-check';
import { readStatement, type SqlDialect } from '../src/l7/kit/sql-statement';

const read = (sql: string, dialect: SqlDialect) => {
  const bytes = Buffer.from(`${sql} FROM behind_the_end`);
  const { verb, table } = readStatement(bytes, 0, Buffer.byteLength(sql), dialect);
  return `${verb} ${table}`.trim();
};

describe.each<readonly [string, SqlDialect, string]>([
  ['select * from orders where id = 7', 'postgresql', 'SELECT orders'],
  ['  SELECT 1', 'mysql', 'SELECT'],
  ['(SELECT a FROM x) UNION (SELECT b FROM y)', 'mysql', 'SELECT x'],
  ['SELECT extract(year FROM created) FROM "Shop"."Orders"', 'postgresql', 'SELECT Shop.Orders'],
  ['SELECT a IS DISTINCT FROM b, c FROM t', 'postgresql', 'SELECT t'],
  ['SELECT * FROM (SELECT * FROM inside) q', 'postgresql', 'SELECT inside'],
  ['SELECT * FROM generate_series(1, 3), t', 'postgresql', 'SELECT'],
  ['SELECT * FROM ONLY parent', 'postgresql', 'SELECT parent'],
  ['SELECT * FROM $1', 'postgresql', 'SELECT'],
  ["SELECT * FROM E'x'", 'postgresql', 'SELECT'],
  ['/* user=secret */ SELECT -- from secret\n x FROM t', 'postgresql', 'SELECT t'],
  ['/* a /* FROM b */ c */ SELECT x FROM t', 'postgresql', 'SELECT t'],
  ['SELECT $$ FROM secret $$ FROM t', 'postgresql', 'SELECT t'],
  ['SELECT $x$ $$ FROM secret $x$ FROM t', 'postgresql', 'SELECT t'],
  ["SELECT E'it\\'s FROM secret' FROM t", 'postgresql', 'SELECT t'],
  ["SELECT 'a\\' FROM secret, ' FROM t", 'postgresql', 'SELECT'],
  ["SELECT 'a\\' FROM secret, ' FROM t", 'mysql', 'SELECT'],
  ["SELECT 'it''s FROM secret' FROM t", 'mysql', 'SELECT t'],
  ["SELECT ' FROM secret", 'mysql', 'SELECT'],
  ['SELECT a #> b FROM t', 'postgresql', 'SELECT t'],
  ['SELECT a # FROM secret\n FROM t', 'mysql', 'SELECT t'],
  ['SELECT 5--1 FROM t', 'mysql', 'SELECT t'],
  ['SELECT `a``b` FROM `my db`.`my table`', 'mysql', 'SELECT my db.my table'],
  ['/*!40101 SET NAMES utf8 */', 'mysql', 'SET'],
  ['/*M!100616 SET NOTE_VERBOSITY=@OLD */', 'mysql', 'SET'],
  ["INSERT INTO orders (a, b) VALUES (1, 'secret')", 'mysql', 'INSERT orders'],
  ['INSERT IGNORE t SELECT * FROM other', 'mysql', 'INSERT t'],
  ['REPLACE INTO t VALUES (1)', 'mysql', 'REPLACE t'],
  ['update only public.t set a = 1', 'postgresql', 'UPDATE public.t'],
  ['DELETE FROM t WHERE a IN (SELECT b FROM c)', 'mysql', 'DELETE t'],
  ['MERGE INTO t USING s ON true', 'postgresql', 'MERGE t'],
  ['WITH a AS (SELECT * FROM base) SELECT * FROM a', 'postgresql', 'SELECT'],
  ['WITH a AS (SELECT * FROM base), b(x) AS (SELECT 1) SELECT * FROM a, b JOIN c', 'postgresql', 'SELECT'],
  ['WITH a AS (SELECT * FROM base) DELETE FROM t USING a', 'postgresql', 'DELETE t'],
  ['WITH RECURSIVE a AS NOT MATERIALIZED (SELECT 1) SELECT * FROM t JOIN a', 'postgresql', 'SELECT t'],
  ['CREATE TEMPORARY TABLE IF NOT EXISTS t (a int)', 'mysql', 'CREATE t'],
  ['CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)', 'postgresql', 'CREATE t'],
  ["CREATE USER secret IDENTIFIED BY 'pw'", 'mysql', 'CREATE'],
  ["ALTER ROLE secret PASSWORD 'pw'", 'postgresql', 'ALTER'],
  ['DROP TABLE IF EXISTS a.b.c.d', 'postgresql', 'DROP a.b.c'],
  ["SET PASSWORD = 'pw'", 'mysql', 'SET'],
  ['TRUNCATE TABLE t', 'mysql', 'TRUNCATE t'],
  ['COPY t (a) FROM STDIN', 'postgresql', 'COPY t'],
  ['COPY (SELECT * FROM t) TO STDOUT', 'postgresql', 'COPY t'],
  ['EXPLAIN ANALYZE SELECT * FROM t', 'postgresql', 'EXPLAIN t'],
  ['USE shop', 'mysql', 'USE shop'],
  ['SHOW TABLES FROM shop', 'mysql', 'SHOW'],
  ['hunter2 is my password', 'mysql', ''],
  ['', 'mysql', ''],
  ['SELECT * FROM größe', 'postgresql', 'SELECT größe'],
  ['SELECT * FROM "a\u001bb"', 'postgresql', 'SELECT a%1Bb'],
])('%s (%s)', (sql, dialect, expected) => {
  it(`is ${expected}`, () => {
    expect(read(sql, dialect)).toBe(expected);
  });
});

describe('a literal', () => {
  it('never shows, whatever stands in it and wherever the statement is cut', () => {
    const pieces = fc.constantFrom(
      ' FROM ',
      ' INTO ',
      'secret',
      "''",
      '\\',
      '"',
      '`',
      '(',
      ')',
      '--',
      '/*',
      '*/',
      '$$',
      ' , ',
      '\n'
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        fc.nat(),
        fc.constantFrom<SqlDialect>('mysql', 'postgresql'),
        (parts, cut, dialect) => {
          // A backslash at the end would, in one of the two readings, end the literal elsewhere: exactly what must do no harm.
          const sql = `SELECT '${parts.join('')}', 1 FROM t`;
          const said = read(sql.slice(0, (cut % sql.length) + 1), dialect);
          expect(said).not.toContain('secret');
        }
      ),
      { numRuns: 2000 }
    );
  });

  it('and any bytes at all give an answer', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom<SqlDialect>('mysql', 'postgresql'),
        (noise, dialect) => {
          const bytes = Buffer.concat([Buffer.from('WITH '), noise]);
          expect(typeof readStatement(bytes, 0, bytes.length, dialect).verb).toBe('string');
        }
      ),
      { numRuns: 1000 }
    );
  });
});
