/**
 * The laboratory's own processes. They all run one program, `entry.ts`: its first argument names the role, the second holds its
 * options as JSON.
 */
import { type CartOptions } from '../services/cart-client';
import { type WireOptions } from '../wire/wire-process';

export interface InsideOptions {
  readonly supervisor: SupervisorOptions;
  readonly wire: WireOptions;
  readonly orders: { readonly seed: number };
  readonly cart: CartOptions;
}

export interface SupervisorOptions {
  /** JavaScript file that the supervisor starts the other processes from. */
  readonly program: string;
  readonly runDir: string;
  readonly rate: number;
  readonly seed: number;
}

export type Role = keyof InsideOptions;

/** Arguments of `node` that start a process in a role. */
export function roleArguments<R extends Role>(program: string, role: R, options: InsideOptions[R]): readonly string[] {
  return [program, role, JSON.stringify(options)];
}

/** Files in the run directory. */
export const RUN_FILES = {
  control: 'lab.sock',
  drops: 'dropped-by-wire.jsonl',
  requests: 'requests-made.jsonl',
} as const;

/** What the supervisor writes on standard output, one JSON object per line. */
export type SupervisorMessage =
  /** Everything runs. Process ids by name of the namespace, as seen in the supervisor's PID namespace. */
  | { readonly kind: 'ready'; readonly pids: Readonly<Record<string, number>> }
  | { readonly kind: 'failed'; readonly reason: string };

/** Lines that the supervisor reads on standard input and forwards to the client. The end of input ends the laboratory. */
export type TrafficCommand = 'begin' | 'pause';

/** What the other processes write on standard output when they are set up. */
export const READY_LINE = '{"kind":"ready"}';
