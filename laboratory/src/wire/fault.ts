/**
 * What the wire does to the frames that it carries, and the command that changes it. Only TCP inside the tunnel is ever dropped; ARP, UDP
 * and the like always pass, so that a fault shows where one looks for it.
 */
import * as z from 'zod';

export interface Fault {
  /** Probability of losing a segment, 0..1, drawn from the seeded random numbers. */
  readonly loss: number;
  /** Loses every Nth segment of each connection and direction; 0 for none. */
  readonly everyNth: number;
  /** Whether `loss` and `everyNth` see segments with payload only, or SYN, FIN and bare ACK as well. */
  readonly lossOn: 'data' | 'any';
  readonly direction: 'both' | WireDirection;
  /** Marks the connections that can lose segments: those with this TCP port on the wire (after NAT); null for all. */
  readonly port: number | null;
  /** One-way delay in milliseconds. */
  readonly delayMs: number;
  /** That of b-to-a where the way back takes another time; null for the same. */
  readonly delayBackMs: number | null;
}

export type WireDirection = 'a-to-b' | 'b-to-a';

export const SOUND_WIRE: Fault = {
  loss: 0,
  everyNth: 0,
  lossOn: 'data',
  direction: 'both',
  port: null,
  delayMs: 1,
  delayBackMs: null,
};

export function delayOf(fault: Fault, direction: WireDirection): number {
  return direction === 'a-to-b' ? fault.delayMs : (fault.delayBackMs ?? fault.delayMs);
}

/** The values of a fault to change; those not named stay. */
export const faultChange = z
  .strictObject({
    loss: z.number().min(0).max(1),
    everyNth: z.int().min(0).max(1_000_000),
    lossOn: z.enum(['data', 'any']),
    direction: z.enum(['both', 'a-to-b', 'b-to-a']),
    port: z.int().min(1).max(65535).nullable(),
    delayMs: z.number().min(0).max(10_000),
    delayBackMs: z.number().min(0).max(10_000).nullable(),
  })
  .partial();

export type FaultChange = Readonly<z.infer<typeof faultChange>>;

type ParsedFaultChange =
  { readonly ok: true; readonly change: FaultChange } | { readonly ok: false; readonly reason: string };

/** Reads one line of the control socket, a JSON object such as `{"loss": 0.1, "delayMs": 5}`. `{}` changes nothing. */
export function parseFaultChange(line: string): ParsedFaultChange {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: 'not JSON; send one object a line, such as {"loss": 0.1, "delayMs": 5}' };
  }
  const parsed = faultChange.safeParse(value);
  if (parsed.success) {
    return { ok: true, change: parsed.data };
  }
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'object'}: ${issue.message}`);
  return { ok: false, reason: problems.join('; ') };
}
