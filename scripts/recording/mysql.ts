import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { mustFind, type Part, type Recording } from './recorder';

const PASSWORD = 'throwaway-password';

const PROTOCOL_41 = 0x200;
const CONNECT_WITH_DB = 0x8;
const SECURE_CONNECTION = 0x8000;
const PLUGIN_AUTH = 0x80000;
const DEPRECATE_EOF = 0x1000000;

function packet(sequence: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([body.length & 255, body.length >> 8, body.length >> 16, sequence]), body]);
}

const u32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n >>> 0);
  return bytes;
};

/** The answer to the greeting of a user without a password. */
function introduction(flags: number): Buffer {
  const text = Buffer.from('plain\0\0shop\0mysql_native_password\0', 'latin1');
  return packet(1, Buffer.concat([u32(flags), u32(1 << 24), Buffer.from([45]), Buffer.alloc(23), text]));
}

const command = (code: number, ...parts: ReadonlyArray<Buffer | string>) =>
  packet(0, Buffer.concat([Buffer.from([code]), ...parts.map((part) => Buffer.from(part as string))]));

const execution = (id: number, ...parameters: readonly number[]) =>
  command(0x17, Buffer.concat([u32(id), Buffer.from([0]), u32(1), Buffer.from(parameters)]));

/** The binary protocol, which the command line client does not speak. */
function binary(): readonly Part[] {
  let id = 0;
  /** The id stands after the head and the OK of what COM_STMT_PREPARE gives. */
  const prepared = (received: Buffer) => {
    id = received.readUInt32LE(5);
    return id;
  };
  // Null bitmap, types follow, one parameter of type LONG.
  const parameter = [0, 1, 3, 0, 1, 0, 0, 0];
  return [
    command(0x16, 'SELECT id, item FROM orders WHERE id > ?'),
    (received) => execution(prepared(received), ...parameter),
    () => execution(id, ...parameter),
    () => command(0x1a, u32(id)),
    () => Buffer.concat([command(0x19, u32(id)), command(0x0e)]),
    command(0x16, 'INSERT INTO orders VALUES (?, 12)'),
    (received) => command(0x18, u32(prepared(received)), Buffer.from([0, 0]), '123'),
    () => command(0x19, u32(id)),
    command(0x16, 'DELETE FROM orders WHERE id = 99'),
    (received) => execution(prepared(received)),
    command(0x16, 'SELECT nothing FROM nowhere'),
    () => execution(12345),
    command(0x04, 'orders\0'),
    command(0x09),
    command(0x02, 'shop'),
    command(0x01),
  ];
}

export const mysql: Recording = {
  name: 'mysql',
  needs: ['mariadbd', 'mariadb-install-db', 'mariadb'],
  async record(session) {
    const { port } = session;
    const data = session.directory('data');
    const server = mustFind('mariadbd');
    const base = path.resolve(path.dirname(server), '..');
    const common = ['--no-defaults', `--datadir=${data}`, `--basedir=${base}`, '--user=root'];
    const install = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
    execFileSync(mustFind('mariadb-install-db'), [...common, ...install], { stdio: ['ignore', 'ignore', 'pipe'] });
    const setup = path.join(session.folder, 'setup.sql');
    // One statement a line.
    const statements = [
      'CREATE DATABASE shop',
      "CREATE USER plain@'127.0.0.1'",
      "GRANT ALL ON *.* TO plain@'127.0.0.1'",
      `CREATE USER app@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`,
      "GRANT ALL ON shop.* TO app@'127.0.0.1'",
    ];
    writeFileSync(setup, statements.map((statement) => `${statement};\n`).join(''));
    await session.serve(server, [
      ...common,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${session.folder}/s`,
      `--pid-file=${session.folder}/pid`,
      `--init-file=${setup}`,
      '--skip-log-bin',
      '--local-infile=1',
      '--innodb-buffer-pool-size=8M',
      '--skip-name-resolve',
    ]);
    await session.capture();
    const load = path.join(session.folder, 'load.txt');
    writeFileSync(load, '10\tloaded\n11\tloaded\n');
    const client = (sql: string, ...args: readonly string[]) =>
      session.run(
        mustFind('mariadb'),
        ['--no-defaults', '-h127.0.0.1', `-P${port}`, '-uapp', '--skip-ssl', '-f', '--comments', ...args, 'shop'],
        { input: sql, env: { MYSQL_PWD: PASSWORD } }
      );
    client(
      `CREATE TABLE orders (id int primary key, item varchar(200));
      INSERT INTO orders VALUES (1, 'a literal that must not show'), (2, 'another'), (3, 'third');
      SELECT /* a comment that must not show */ * FROM orders WHERE item <> 'hidden';
      UPDATE orders SET item = 'changed' WHERE id >= 2;
      SELECT * FROM missing_table;
      SELECT wrong syntax here;
      INSERT INTO orders VALUES (1, 'twice');
      SELECT SLEEP(0.05);
      SELECT a.id, REPEAT('x', 3000) FROM orders a JOIN orders b;
      LOAD DATA LOCAL INFILE '${load}' INTO TABLE orders;
      PREPARE p FROM 'SELECT 1';
      EXECUTE p;`,
      '--local-infile=1'
    );
    client('DELIMITER //\nCREATE PROCEDURE two() BEGIN SELECT 1; SELECT id FROM orders; END//\nCALL two()//\n');
    session.run(mustFind('mariadb'), ['--no-defaults', '-h127.0.0.1', `-P${port}`, '-uapp', '--skip-ssl', '-pwrong']);
    const flags = PROTOCOL_41 | CONNECT_WITH_DB | SECURE_CONNECTION | PLUGIN_AUTH;
    await session.talk(['', introduction(flags), ...binary()]);
    await session.talk(['', introduction(flags | DEPRECATE_EOF), ...binary()]);
  },
};
