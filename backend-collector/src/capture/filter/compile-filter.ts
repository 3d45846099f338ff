/**
 * A filter expression in pcap-filter(7) syntax to classic BPF, by what the machine has: libpcap through koffi, else the
 * command tcpdump. Without an expression neither is needed (socket-program.ts).
 *
 * libpcap compiles against a live handle on `lo` where it may open one, since only then does it know that Linux hands the
 * VLAN tag over beside the packet; compiled without a handle, `vlan` looks for the tag in the bytes and finds
 * none where the NIC strips it.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CollectorError } from '../../errors';
import { loadKoffi } from '../libc';
import { decodeProgram, type Program } from './cbpf';
import { type UserFilter } from './socket-program';

/** `DLT_` numbers as libpcap takes them, and the names that tcpdump takes. */
const LINK_LAYERS = {
  ethernet: { number: 1, name: 'EN10MB' },
  rawIp: { number: 12, name: 'RAW' },
} as const;
type LinkLayer = (typeof LINK_LAYERS)[keyof typeof LINK_LAYERS];

type Compiled =
  { readonly kind: 'program'; readonly program: Program } | { readonly kind: 'refused'; readonly reason: string };

/** Compiles for one link layer. Undefined where its tool is not installed. */
export type FilterCompiler = (
  expression: string,
  linkLayer: LinkLayer,
  snapLength: number
) => Promise<Compiled | undefined>;

/**
 * Throws `CollectorError('filter-syntax')` with the compiler's own words, and `CollectorError('not-supported')` where no
 * compiler is installed.
 */
export async function compileFilter(
  expression: string,
  snapLength: number,
  compilers: readonly FilterCompiler[] = [compileByLibpcap, compileByTcpdump]
): Promise<UserFilter> {
  if (expression.includes('\0')) {
    throw new CollectorError('filter-syntax', 'The filter contains a NUL character: use plain text.');
  }
  for (const compile of compilers) {
    const ethernet = await compile(expression, LINK_LAYERS.ethernet, snapLength);
    if (ethernet === undefined) {
      continue;
    }
    if (ethernet.kind === 'refused') {
      throw new CollectorError(
        'filter-syntax',
        `The filter "${expression.replace(/\s+/g, ' ')}" is invalid: ${ethernet.reason}. See "man pcap-filter" for the syntax.`
      );
    }
    const rawIp = await compile(expression, LINK_LAYERS.rawIp, snapLength);
    return { ethernet: ethernet.program, rawIp: rawIp?.kind === 'program' ? rawIp.program : undefined };
  }
  throw new CollectorError(
    'not-supported',
    'A filter expression needs libpcap or tcpdump to compile it, and neither is installed: install one of them ' +
      '(Debian: apt install libpcap0.8), or capture without a filter.'
  );
}

interface Libpcap {
  compile(expression: string, linkLayer: number, snapLength: number): Compiled;
}

let libpcap: Promise<Libpcap | undefined> | undefined;

export const compileByLibpcap: FilterCompiler = async (expression, linkLayer, snapLength) => {
  libpcap ??= loadLibpcap();
  return (await libpcap)?.compile(expression, linkLayer.number, snapLength);
};

const NETMASK_UNKNOWN = 0xffff_ffff;

async function loadLibpcap(): Promise<Libpcap | undefined> {
  const koffi = await loadKoffi();
  const lib = ['libpcap.so.0.8', 'libpcap.so.1', 'libpcap.so'].reduce<ReturnType<typeof koffi.load> | undefined>(
    (found, name) => {
      try {
        return found ?? koffi.load(name);
      } catch {
        return undefined;
      }
    },
    undefined
  );
  if (lib === undefined) {
    return undefined;
  }
  type Handle = bigint | null;
  const openDead = lib.func('void *pcap_open_dead(int, int)') as (linkLayer: number, snapLength: number) => Handle;
  const create = lib.func('void *pcap_create(const char *, void *)') as (nic: string, error: Buffer) => Handle;
  const setSnapLength = lib.func('int pcap_set_snaplen(void *, int)') as (handle: Handle, length: number) => number;
  const activate = lib.func('int pcap_activate(void *)') as (handle: Handle) => number;
  const close = lib.func('void pcap_close(void *)') as (handle: Handle) => void;
  const errorText = lib.func('const char *pcap_geterr(void *)') as (handle: Handle) => string;
  const compile = lib.func('int pcap_compile(void *, void *, const char *, int, uint32_t)') as (
    handle: Handle,
    program: Buffer,
    expression: string,
    optimize: number,
    netmask: number
  ) => number;
  const freeCode = lib.func('void pcap_freecode(void *)') as (program: Buffer) => void;

  const openLive = (snapLength: number): Handle => {
    const handle = create('lo', Buffer.alloc(256));
    if (handle === null) {
      return null;
    }
    setSnapLength(handle, snapLength);
    if (activate(handle) >= 0) {
      return handle;
    }
    close(handle);
    return null;
  };

  return {
    compile: (expression, linkLayer, snapLength) => {
      const live = linkLayer === LINK_LAYERS.ethernet.number ? openLive(snapLength) : null;
      const handle = live ?? openDead(linkLayer, snapLength);
      // struct bpf_program { u_int bf_len; struct bpf_insn *bf_insns; }
      const program = Buffer.alloc(16);
      try {
        if (compile(handle, program, expression, 1, NETMASK_UNKNOWN) !== 0) {
          return { kind: 'refused', reason: oneLine(errorText(handle)) };
        }
        const bytes = koffi.view(program.readBigUInt64LE(8), program.readUInt32LE(0) * 8);
        const decoded = decodeProgram(Buffer.from(Buffer.from(bytes)));
        freeCode(program);
        return { kind: 'program', program: decoded };
      } finally {
        close(handle);
      }
    },
  };
}

const execFileAsync = promisify(execFile);

export const compileByTcpdump: FilterCompiler = async (expression, linkLayer, snapLength) => {
  try {
    const { stdout } = await execFileAsync('tcpdump', [
      '-ddd',
      '-y',
      linkLayer.name,
      '-s',
      String(snapLength),
      '--',
      expression,
    ]);
    return { kind: 'program', program: parseDecimalListing(stdout) };
  } catch (error) {
    const failed = error as { readonly code?: unknown; readonly stderr?: unknown };
    if (failed.code === 'ENOENT') {
      return undefined;
    }
    const said = typeof failed.stderr === 'string' ? failed.stderr.trim().split('\n').at(-1) : undefined;
    return { kind: 'refused', reason: oneLine((said ?? String(error)).replace(/^tcpdump: /, '')) };
  }
};

/** What `tcpdump -ddd` prints: the number of instructions, then one of them a line as decimals `code jt jf k`. */
function parseDecimalListing(text: string): Program {
  const [count, ...lines] = text.trim().split('\n');
  const program = lines.map((line) => {
    const [code, jt, jf, k] = line.trim().split(/\s+/).map(Number);
    return { code, jt, jf, k };
  });
  if (program.length !== Number(count)) {
    throw new Error(`${program.length} instructions where ${count} were announced`);
  }
  return program;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
