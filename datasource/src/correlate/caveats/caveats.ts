/** What limits an answer, as data; worded in caveat-text.ts. See docs/caveats.md. */
import { Analysis } from '@bpfnet/flow-model';
import { type ClockOffset, type ClockUnknown } from '../clocks/clock-offset';
import { type Coverage } from '../losses/coverage';
import { ownsClient, ownsServer } from '../../path/path-ends';
import { type CapturedFlow, type CapturedConnection } from '../losses/captured-connection';

export type Caveat =
  | { readonly kind: 'capture-dropped'; readonly flowId: string; readonly packets: number }
  | { readonly kind: 'truncated'; readonly flowId: string; readonly packets: number }
  | { readonly kind: 'no-handshake'; readonly flowId: string }
  /** The NIC saw the packets of one side only. */
  | { readonly kind: 'one-direction'; readonly flowId: string; readonly seen: 'client' | 'server' }
  | { readonly kind: 'evicted'; readonly flowId: string }
  /** The connection was still open when the capture ended there. */
  | { readonly kind: 'capture-ended'; readonly flowId: string }
  | { readonly kind: 'captured-twice'; readonly flowId: string; readonly packets: number }
  | { readonly kind: 'packets-not-read'; readonly flowId: string; readonly recorded: number; readonly read: number }
  | { readonly kind: 'client-not-observed' }
  | { readonly kind: 'server-not-observed' }
  | { readonly kind: 'clocks'; readonly from: string; readonly to: string; readonly why: ClockUnknown }
  | { readonly kind: 'order-by-clocks' };

interface CaveatInput {
  readonly connection: CapturedConnection;
  readonly coverage: readonly Coverage[];
  readonly clocks: readonly ClockOffset[];
  readonly clocksTrusted: boolean;
}

export function caveatsOf({ connection: { flows }, coverage, clocks, clocksTrusted }: CaveatInput): readonly Caveat[] {
  const first = flows[0]?.records.facts;
  const last = flows[flows.length - 1]?.records.facts;
  return [
    ...flows.flatMap((flow, flowId) => flowCaveats(flow, coverage[flowId])),
    ...(first !== undefined && !ownsClient(first) ? [{ kind: 'client-not-observed' } as const] : []),
    ...(last !== undefined && !ownsServer(last) ? [{ kind: 'server-not-observed' } as const] : []),
    ...clocks.flatMap((clock): Caveat[] =>
      clock.kind === 'unknown' ? [{ kind: 'clocks', from: clock.from, to: clock.to, why: clock.why }] : []
    ),
    ...(clocksTrusted ? [{ kind: 'order-by-clocks' } as const] : []),
  ];
}

function flowCaveats(
  { records, fromServer, ana, length }: CapturedFlow,
  { fromBeginning }: Coverage
): readonly Caveat[] {
  const { flowId, chunks, exchanges: spans, packets, l4Proto } = records;
  const drops = chunks.length > 0 ? chunks : spans.map(({ record }) => record);
  const dropped = drops.reduce((sum, { capture_drops }) => sum + (capture_drops ?? 0), 0);
  const truncated = chunks.reduce((sum, { truncated_packets }) => sum + (truncated_packets ?? 0), 0);
  const read = packets.reduce((sum, record) => sum + record.packets, 0);
  const withPackets = new Set(packets.map(({ chunk_id }) => chunk_id));
  const recorded = chunks
    .filter(({ chunk_id }) => withPackets.size === 0 || withPackets.has(chunk_id))
    .reduce((sum, { tx_packets, rx_packets }) => sum + tx_packets + rx_packets, 0);
  const twice = ana.reduce((sum, bits) => sum + ((bits & Analysis.CapturedTwice) !== 0 ? 1 : 0), 0);
  const byServer = fromServer.reduce<number>((sum, one) => sum + one, 0);
  const oneSided = length > 1 && (byServer === 0 || byServer === length) && chunks.some(({ one_sided }) => one_sided);
  const found: Array<Caveat | false> = [
    dropped > 0 && { kind: 'capture-dropped', flowId, packets: dropped },
    truncated > 0 && { kind: 'truncated', flowId, packets: truncated },
    l4Proto === 'tcp' && length > 0 && !fromBeginning && { kind: 'no-handshake', flowId },
    oneSided && { kind: 'one-direction', flowId, seen: byServer === 0 ? 'client' : 'server' },
    chunks.some(({ end_reason }) => end_reason === 'evicted') && { kind: 'evicted', flowId },
    l4Proto === 'tcp' &&
      chunks.some(({ end_reason }) => end_reason === 'capture_ended') && { kind: 'capture-ended', flowId },
    twice > 0 && { kind: 'captured-twice', flowId, packets: twice },
    read < recorded && { kind: 'packets-not-read', flowId, recorded, read },
  ];
  return found.filter((caveat): caveat is Caveat => caveat !== false);
}
