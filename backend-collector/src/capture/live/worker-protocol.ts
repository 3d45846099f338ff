import { type CollectorErrorKind } from '../../errors';
import { type Program } from '../filter/cbpf';
import { type LinkSocket } from '../nics/link-socket';
import { type SocketLists } from '../nics/listening-ports';
import { type SharedBlocks } from './block-queue';

/** What the main thread gives the ring's worker to start with. */
export interface WorkerStart {
  readonly blocks: SharedBlocks;
  /** The own namespace first; it has no path. */
  readonly namespaces: ReadonlyArray<{ readonly name: string; readonly path?: string; readonly ringBytes: number }>;
  readonly program: Program;
  readonly keepPrivileges: boolean;
  /** Sleeps that long before the first block is read: lets a test fill the ring. */
  readonly stallMs: number;
}

/** What the worker says. Blocks travel by shared memory; `wake` only rouses a main thread that waits for one. */
export type WorkerMessage =
  | {
      readonly kind: 'opened';
      /** Writing eight bytes to it ends the worker's sleep. */
      readonly wakeFd: number;
      readonly rings: ReadonlyArray<{
        readonly fd: number;
        readonly links: LinkSocket;
        readonly socketLists: SocketLists;
      }>;
    }
  | { readonly kind: 'failed'; readonly errorKind: CollectorErrorKind; readonly message: string }
  | { readonly kind: 'statistics'; readonly packets: number; readonly drops: number; readonly freezes: number }
  | { readonly kind: 'wake' }
  | { readonly kind: 'done' };
