/**
 * Which packet carries a request's first byte, and which its response's.
 *
 * A TCP request belongs to the first packet of its direction with `seq <= req_seq < seq + len` (modulo 2^32), a response
 * likewise by `resp_seq`; a repeated transmission of the same bytes carries no mark. UDP has no numbers: there the time decides.
 */
import { seqDiff, toSeq } from '@bpfnet/flow-model';
import { type DecodedChunk, type DecodedFlow } from './flow-records';
import { summaryRequest, summaryResponse } from './request-words';

/** A packet before it is a row; times count from the table's first chunk. */
export interface Packet<L extends DecodedFlow = DecodedFlow> {
  readonly flow: L;
  readonly chunk: DecodedChunk;
  readonly index: number;
  readonly tNs: number;
}

export interface Mark {
  readonly l7Label: string;
  readonly l7Kind: 'request' | 'response';
  readonly l7RequestId: string;
}

interface Marking {
  /** Of the flow, in order of time. */
  readonly packets: readonly Packet[];
  readonly baseNs: bigint;
  readonly requestId: string | undefined;
  readonly marks: Map<Packet, Mark>;
}

export function markRequests(flow: DecodedFlow, marking: Marking): void {
  if (flow.clientIsSrc === undefined) {
    return;
  }
  // The one that was asked for goes first and so names a packet that carries several.
  const spans = [...flow.exchanges].sort(
    (a, b) =>
      Number(b.record.request_id === marking.requestId) - Number(a.record.request_id === marking.requestId) ||
      (a.tsNs < b.tsNs ? -1 : 1)
  );
  const [bySrc, byDst] = [0, 1].map((dir) =>
    marking.packets.filter(({ chunk, index }) => chunk.columns.dir[index] === dir && chunk.columns.len[index] > 0)
  );
  const requests = new CarrierIndex(flow.clientIsSrc ? bySrc : byDst);
  const responses = new CarrierIndex(flow.clientIsSrc ? byDst : bySrc);
  for (const { record, tsNs } of spans) {
    const tNs = Number(tsNs - marking.baseNs);
    const answerNs = tNs + record.latency_ms * 1e6;
    const carriers = [
      ['request', summaryRequest(record), requests.find(record.req_seq, tNs, flow.l4Proto)],
      ['response', summaryResponse(record), responses.find(record.resp_seq, answerNs, flow.l4Proto)],
    ] as const;
    for (const [l7Kind, l7Label, packet] of carriers) {
      if (packet !== undefined && l7Label !== '') {
        addMark(marking.marks, packet, { l7Kind, l7Label, l7RequestId: record.request_id });
      }
    }
  }
}

/** Pipelined requests share a packet: the first names it, the others are counted. */
function addMark(marks: Map<Packet, Mark>, packet: Packet, mark: Mark): void {
  const before = marks.get(packet);
  if (before === undefined) {
    marks.set(packet, mark);
    return;
  }
  const [, label, more] = /^([\s\S]*?)(?: \+(\d+))?$/.exec(before.l7Label) ?? [];
  marks.set(packet, { ...before, l7Label: `${label} +${Number(more ?? 0) + 1}` });
}

/** UDP has only time to go by; both times are of the same clock and the same packet. */
const UDP_TOLERANCE_NS = 1e6;

/** Finds the packet of one direction that carries a byte, the earliest where several do. */
class CarrierIndex {
  private readonly bySeq: readonly Packet[];
  private readonly base: number;
  private readonly longest: number;

  /** @param packets of one direction with payload, in order of time */
  constructor(private readonly packets: readonly Packet[]) {
    this.base = packets.length === 0 ? 0 : seqOf(packets[0]);
    this.bySeq = [...packets].sort((a, b) => this.offset(seqOf(a)) - this.offset(seqOf(b)) || a.tNs - b.tNs);
    this.longest = packets.reduce((longest, packet) => Math.max(longest, lenOf(packet)), 0);
  }

  find(seq: number | undefined, tNs: number, l4Proto: 'tcp' | 'udp'): Packet | undefined {
    return l4Proto === 'udp' ? this.byTime(tNs) : seq === undefined ? undefined : this.bySequence(seq);
  }

  private bySequence(seq: number): Packet | undefined {
    const wanted = this.offset(seq);
    let low = 0;
    let high = this.bySeq.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offset(seqOf(this.bySeq[middle])) <= wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    let found: Packet | undefined;
    for (let i = low - 1; i >= 0; i--) {
      const packet = this.bySeq[i];
      const behind = wanted - this.offset(seqOf(packet));
      if (behind >= this.longest) {
        break;
      }
      if (behind < lenOf(packet) && (found === undefined || packet.tNs < found.tNs)) {
        found = packet;
      }
    }
    return found;
  }

  private byTime(tNs: number): Packet | undefined {
    let low = 0;
    let high = this.packets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.packets[middle].tNs < tNs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return [this.packets[low - 1], this.packets[low]]
      .filter((packet) => packet !== undefined && Math.abs(packet.tNs - tNs) <= UDP_TOLERANCE_NS)
      .sort((a, b) => Math.abs(a.tNs - tNs) - Math.abs(b.tNs - tNs))[0];
  }

  private offset(seq: number): number {
    return seqDiff(toSeq(seq), toSeq(this.base));
  }
}

function seqOf({ chunk, index }: Packet): number {
  return chunk.columns.seq[index];
}

function lenOf({ chunk, index }: Packet): number {
  return chunk.columns.len[index];
}
