import { execFileSync, type SpawnOptions } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mustFind, type Recording } from './recorder';

const PASSWORD = 'throwaway-password';

/** PostgreSQL refuses to run as root. */
function unprivileged(): SpawnOptions & { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const number = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

export const postgresql: Recording = {
  name: 'postgresql',
  needs: ['postgres', 'initdb', 'psql', 'pgbench'],
  async record(session) {
    const { port } = session;
    const data = session.directory('data');
    const owner = unprivileged();
    chmodSync(session.folder, 0o755);
    if (owner.uid !== undefined && owner.gid !== undefined) {
      chownSync(data, owner.uid, owner.gid);
    }
    const passwordFile = path.join(session.folder, 'password');
    writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
    const init = ['-D', data, '-U', 'app', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-N'];
    execFileSync(mustFind('initdb'), init, { ...owner, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`, '-c', 'fsync=off'];
    await session.serve(mustFind('postgres'), ['-D', data, '-p', String(port), ...settings], { ...owner, cwd: '/' });
    await session.capture();
    const env = { PGPASSWORD: PASSWORD };
    const address = ['-h', '127.0.0.1', '-p', String(port), '-U', 'app'];
    const psql = (sql: string, ...args: readonly string[]) =>
      session.run(mustFind('psql'), ['-X', ...address, '-d', 'postgres', ...args], { input: sql, env });
    psql(`CREATE TABLE orders (id int primary key, item text);
      INSERT INTO orders VALUES (1, 'a literal that must not show'), (2, 'another');
      SELECT /* a comment that must not show */ * FROM orders WHERE item <> 'hidden';
      SELECT * FROM missing_table;
      INSERT INTO orders VALUES (1, 'twice');
      SELEC 1;
      BEGIN\\; UPDATE orders SET item = 'changed'\\; COMMIT;
      \\copy orders from stdin
10\tcopied
11\tcopied
\\.
      \\copy orders to stdout
      DROP TABLE IF EXISTS not_there;
      SELECT pg_sleep(0.05);
      LISTEN channel;
      NOTIFY channel, 'a payload that must not show';
      SELECT o.id, repeat('x', 3000) FROM orders o;`);
    session.run(mustFind('psql'), ['-X', ...address, '-d', 'postgres', '-c', 'SELECT 1'], {
      env: { PGPASSWORD: 'wrong' },
    });
    session.run(
      'timeout',
      ['-s', 'INT', '0.3', mustFind('psql'), '-X', ...address, '-d', 'postgres', '-c', 'SELECT pg_sleep(5)'],
      {
        env,
      }
    );
    const script = (name: string, text: string) => {
      const file = path.join(session.folder, name);
      writeFileSync(file, text);
      return file;
    };
    const bench = (mode: string, file: string, times: number) =>
      session.run(
        mustFind('pgbench'),
        ['-n', '-M', mode, '-c', '1', '-t', String(times), '-f', file, ...address, 'postgres'],
        { env }
      );
    const one = script('one.sql', '\\set id 1\nSELECT item FROM orders WHERE id = :id;\n');
    bench('extended', one, 2);
    bench('prepared', one, 3);
    const pipeline = [
      '\\startpipeline',
      'SELECT item FROM orders WHERE id = 1;',
      "UPDATE orders SET item = 'hidden' WHERE id = 2;",
      'DELETE FROM orders WHERE id = 99;',
      '\\endpipeline',
    ];
    bench('extended', script('pipeline.sql', `${pipeline.join('\n')}\n`), 1);
    const failing = [...pipeline.slice(0, 2), 'SELECT 1/0;', ...pipeline.slice(3)];
    bench('extended', script('failing.sql', `${failing.join('\n')}\n`), 1);
  },
};
