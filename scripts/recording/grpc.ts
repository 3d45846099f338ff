import path from 'node:path';
import { mustFind, type Recording } from './recorder';

/** Debian's Python, for which python3-grpcio is made. */
const PYTHON = '/usr/bin/python3';

export const grpc: Recording = {
  name: 'grpc',
  needs: [PYTHON],
  async record(session) {
    const { port } = session;
    const script = path.join(__dirname, 'grpc-shop.py');
    await session.serve(mustFind(PYTHON), [script, 'serve', String(port)]);
    await session.capture();
    session.run(mustFind(PYTHON), [script, 'ask', String(port)]);
  },
};
