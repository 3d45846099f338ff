/**
 * Bytes of a file, of standard input, or of a gzip stream of either, pulled piece by piece.
 *
 * Invariants: memory is bounded whatever the size of the input; compression is detected by the first two bytes (RFC 1952 section
 * 2.3.1), never by the name; what came before a damaged place is handed out before the error is thrown.
 */
import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { constants, createGunzip } from 'node:zlib';
import { CollectorError } from '../../errors';

export interface ByteInput {
  /** Fills `into` from `at` on. Returns how many bytes were written; 0 only at the end. */
  read(into: Uint8Array, at: number): Promise<number>;
  close(): Promise<void>;
}

/** Compressed bytes per step: at gzip's best ratio (1 032 : 1) one step makes 16 MiB. */
const GZIP_STEP = 16 * 1024;

export async function openByteInput(path: string): Promise<ByteInput> {
  const plain = path === '-' ? standardInput() : await fileInput(path);
  const first = new Uint8Array(64 * 1024);
  let have = 0;
  while (have < 4) {
    const n = await plain.read(first, have);
    if (n === 0) {
      break;
    }
    have += n;
  }
  const rest = withHead(first.subarray(0, have), plain);
  return have >= 2 && first[0] === 0x1f && first[1] === 0x8b ? gunzipInput(path, rest) : rest;
}

async function fileInput(path: string): Promise<ByteInput> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw openError(path, error);
  });
  const stat = await handle.stat();
  if (stat.isDirectory()) {
    await handle.close();
    throw new CollectorError('file-not-found', `${path} is a folder: name the capture files in it.`);
  }
  return {
    // A regular file never keeps its reader waiting long, and a turn to another thread costs more than the read; a pipe may.
    read: stat.isFile()
      ? (into, at) => Promise.resolve(readSync(handle.fd, into, at, into.length - at, null))
      : async (into, at) => (await handle.read(into, at, into.length - at)).bytesRead,
    close: () => handle.close(),
  };
}

function openError(path: string, error: unknown): CollectorError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CollectorError('file-not-found', `${path} does not exist: check the name.`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new CollectorError('no-permission', `${path} may not be read: check its permissions.`);
  }
  return new CollectorError('file-not-found', `${path} cannot be opened (${code || String(error)}).`);
}

function standardInput(): ByteInput {
  const chunks: AsyncIterator<Uint8Array> = process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async read(into, at) {
      while (rest.length === 0) {
        const next = await chunks.next();
        if (next.done === true) {
          return 0;
        }
        rest = next.value;
      }
      const n = Math.min(rest.length, into.length - at);
      into.set(rest.subarray(0, n), at);
      rest = rest.subarray(n);
      return n;
    },
    close: () => {
      process.stdin.destroy();
      return Promise.resolve();
    },
  };
}

/** `input` with bytes in front of it that were read already. */
function withHead(head: Uint8Array, input: ByteInput): ByteInput {
  let rest = head;
  return {
    read(into, at) {
      if (rest.length === 0) {
        return input.read(into, at);
      }
      const n = Math.min(rest.length, into.length - at);
      into.set(rest.subarray(0, n), at);
      rest = rest.subarray(n);
      return Promise.resolve(n);
    },
    close: () => input.close(),
  };
}

/**
 * Driven by hand (one compressed step in, all of its output collected, then the next), because a stream that fails throws
 * away what it had already inflated.
 */
function gunzipInput(path: string, compressed: ByteInput): ByteInput {
  // With Z_SYNC_FLUSH a stream that is cut off hands out what it has; that it was cut off shows in the capture's own framing.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 256 * 1024 });
  const ready: Uint8Array[] = [];
  let failure: Error | undefined;
  let inputEnded = false;
  let outputEnded = false;
  const step = new Uint8Array(GZIP_STEP);
  let wake: () => void = () => undefined;
  gunzip.on('data', (piece: Uint8Array) => ready.push(piece));
  gunzip.on('error', (error: Error) => {
    failure = error;
    wake();
  });
  gunzip.on('end', () => {
    outputEnded = true;
    wake();
  });

  async function inflateStep(): Promise<void> {
    const n = await compressed.read(step, 0);
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (n === 0) {
        inputEnded = true;
        gunzip.end();
      } else {
        // The stream keeps the chunk until it is written: it must not share the step's memory.
        gunzip.write(step.slice(0, n), () => resolve());
      }
    });
  }

  return {
    async read(into, at) {
      while (ready.length === 0) {
        if (failure !== undefined) {
          throw new CollectorError('truncated-capture', `${path}: the gzip data is damaged (${failure.message}).`);
        }
        if (inputEnded || outputEnded) {
          return 0;
        }
        await inflateStep();
      }
      const piece = ready[0];
      const n = Math.min(piece.length, into.length - at);
      into.set(piece.subarray(0, n), at);
      if (n === piece.length) {
        ready.shift();
      } else {
        ready[0] = piece.subarray(n);
      }
      return n;
    },
    close: async () => {
      gunzip.destroy();
      await compressed.close();
    },
  };
}
