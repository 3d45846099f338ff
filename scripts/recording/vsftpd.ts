import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mustFind, type Recording } from './recorder';

/** Below the ports that the system gives to connections, so that nobody else's are captured. */
const PASSIVE = [21_100, 21_119] as const;
const ACTIVE = [21_120, 21_139] as const;

export const vsftpd: Recording = {
  name: 'vsftpd',
  needs: ['vsftpd', 'curl'],
  async record(session) {
    const { port, folder } = session;
    chmodSync(folder, 0o755);
    const root = session.directory('root');
    const incoming = session.directory('root/incoming');
    chmodSync(incoming, 0o777);
    writeFileSync(path.join(root, 'small.txt'), 'small\n');
    writeFileSync(path.join(root, 'large.txt'), 'a line of a large file\n'.repeat(30_000));
    const upload = path.join(folder, 'upload.txt');
    writeFileSync(upload, 'uploaded\n'.repeat(2000));
    const configuration = path.join(folder, 'vsftpd.conf');
    const settings = {
      listen: 'YES',
      listen_address: '127.0.0.1',
      listen_port: port,
      background: 'NO',
      anonymous_enable: 'YES',
      local_enable: 'NO',
      write_enable: 'YES',
      anon_root: root,
      anon_upload_enable: 'YES',
      anon_mkdir_write_enable: 'YES',
      anon_other_write_enable: 'YES',
      anon_umask: '022',
      // Without rights, but with a home that is there.
      ftp_username: 'daemon',
      nopriv_user: 'nobody',
      secure_chroot_dir: session.directory('empty'),
      connect_from_port_20: 'NO',
      pasv_min_port: PASSIVE[0],
      pasv_max_port: PASSIVE[1],
      mdtm_write: 'NO',
      seccomp_sandbox: 'NO',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(configuration, lines.join(''), { mode: 0o600 });
    await session.serve(mustFind('vsftpd'), [configuration]);
    await session.capture(`tcp port ${port} or tcp portrange ${PASSIVE[0]}-${ACTIVE[1]}`);
    const base = `ftp://127.0.0.1:${port}`;
    const curl = (...args: readonly string[]) => session.run('curl', ['-s', '-o', '/dev/null', ...args]);
    const active = ['-P', `127.0.0.1:${ACTIVE[0]}-${ACTIVE[1]}`];
    // One control connection for all of a call: EPSV, then PASV, then EPRT, then PORT.
    curl(`${base}/small.txt`, `${base}/large.txt`, '-o', '/dev/null', `${base}/missing.txt`, '-o', '/dev/null');
    curl('--disable-epsv', `${base}/small.txt`, `${base}/`, '-o', '/dev/null');
    curl(...active, `${base}/large.txt`);
    curl(...active, '--disable-eprt', '-l', `${base}/`);
    curl('-r', '100-', `${base}/large.txt`);
    curl('-I', `${base}/large.txt`);
    curl('-T', upload, `${base}/incoming/upload.txt`);
    curl(...active, '--disable-eprt', '-a', '-T', upload, `${base}/incoming/upload.txt`);
    const orders = ['MKD incoming/new', 'RNFR incoming/upload.txt', 'RNTO incoming/new/moved.txt', 'RMD missing'];
    curl(...orders.flatMap((order) => ['-Q', order]), `${base}/`);
    curl('-u', 'alice:a password that must not show', `${base}/small.txt`);
    curl('--ssl-reqd', `${base}/small.txt`);
    // Breaks off the transfer.
    curl('--limit-rate', '1', '--max-time', '0.3', `${base}/large.txt`);
    await session.talk(
      [
        '',
        'USER anonymous\r\n',
        'PASS secret\r\n',
        'SYST\r\nFEAT\r\nSTAT\r\nHELP\r\nNOOP\r\n',
        'OPTS UTF8 ON\r\nTYPE I\r\nSIZE large.txt\r\nSIZE missing\r\nMDTM small.txt\r\n',
        'CWD incoming\r\npwd\r\nCDUP\r\nSITE CHMOD 600 hidden\r\nNOSUCHCOMMAND hidden\r\nACCT hidden\r\n',
        'LIST\r\n',
        'PORT 10,0,0,1,1,1\r\n',
        'RETR small.txt\r\n',
        'QUIT\r\n',
      ],
      150
    );
  },
};
