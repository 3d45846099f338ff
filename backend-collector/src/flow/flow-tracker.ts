/**
 * Every packet into its flow, every flow into chunks. The pure middle of the collector: it learns the time from the packets
 * (and, between packets, from `age`), and reports what is complete through `FlowEvents`.
 *
 * A chunk ends at 1 024 packets, 30 s of span, 30 s of silence, or with the connection. A connection that closed waits one second for
 * stragglers before its last chunk is written, and is remembered for ten more. The table is bounded: beyond `maxFlows` the flow that
 * was silent longest makes room, its records are written, and the eviction is counted.
 */
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { type PacketColumns } from '@bpfnet/flow-model/packet-columns';
import { type ListeningPorts, PacketDirection, PacketMark } from '../capture/packet-source';
import { IpProtocol, type Decoded } from '../wire/decoded';
import { ActivityList, ActivityLists } from './activity-lists';
import { isCapturedTwice } from './captured-twice';
import { type Flow, type MessageReader, type MessageRecogniser, type Side } from './flow';
import { FlowTable } from './flow-table';
import { CHUNK_PACKETS, PacketRows, rowInBlock } from './packet-rows';
import { askListeners } from './roles';
import { analyseSegment, scaledWindow } from './tcp-analysis';
import { followConnection, opensAnother } from './tcp-state';

const SECOND = 1e9;
const CHUNK_SPAN_NS = 30 * SECOND;
const SILENCE_NS = 30 * SECOND;
/** A busy flow goes to the end of the active ones this often, not with each packet; their order may be off by as much. */
const REORDER_NS = SECOND;
/** How long stragglers of a closed connection still go into its last chunk. */
const CLOSING_NS = 1 * SECOND;
/** How long late packets of a closed connection are known as its own. */
const ENDED_NS = 10 * SECOND;
/**
 * Connections that wait in each of these two ways, at most: with thousands closing each second the waits are shorter. What waits falls out of
 * the processor's caches, so four times as many cost a tenth of the speed.
 */
const MAX_CLOSED = 2048;
/** Beyond that, so many are written, or forgotten, in a row: the code that does it then stays in the processor's cache. */
const CLOSED_AT_ONCE = 32;
/** A silent connection is forgotten after this. */
const QUIET_NS = 600 * SECOND;
/** An unanswered SYN that is at least this old has no answer (RFC 6298: the first retransmission comes after a second). */
const NO_ANSWER_NS = 1 * SECOND;

const MAX_EARLY_SEGMENTS = 8;

export interface FlowEvents {
  /**
   * The flow's present chunk is complete; it is cleared when this returns. `packets` holds `flow.rowCount` rows, `dir` the side and
   * `tNs` the pipeline's time; it may be changed, and is used again.
   */
  chunk(flow: Flow, packets: PacketColumns): void;
  /** The flow ended, and the object will be used for another. */
  leaving(flow: Flow): void;
}

interface FlowStats {
  flows: number;
  /** Flows thrown out of the full table. */
  evicted: number;
  capturedTwice: number;
}

interface FlowTrackerOptions {
  readonly maxFlows: number;
  readonly messages: MessageRecogniser;
  readonly events: FlowEvents;
  /** Who listens where the packets are captured, where that is known. */
  readonly listeningPorts?: ListeningPorts;
  /** Any whole number that others cannot guess: nobody may choose addresses that collide in the flow table. */
  readonly hashSeed: number;
}

export class FlowTracker {
  readonly stats: FlowStats = { flows: 0, evicted: 0, capturedTwice: 0 };
  /** Packets that the kernel dropped so far, as the source reports; a record has the number of those in its time. */
  kernelDrops = 0;
  private readonly table: FlowTable;
  private readonly lists = new ActivityLists();
  private readonly rows = new PacketRows();
  private latestNs = -Infinity;
  private nextAgeNs = -Infinity;

  constructor(private readonly options: FlowTrackerOptions) {
    this.table = new FlowTable(options.hashSeed);
  }

  get openFlows(): number {
    return this.table.size;
  }

  /** Takes one packet that was decoded as far as its transport header. @param nowNs when it was captured */
  packet(d: Decoded, bytes: Uint8Array, nicId: number, direction: PacketDirection, marks: number, nowNs: number): void {
    if (nowNs >= this.nextAgeNs) {
      this.age(nowNs);
    }
    const flow = this.flowOf(d, nicId, nowNs);
    const side = this.table.side;
    if (direction !== PacketDirection.Unknown && flow.ownSide < 0) {
      flow.ownSide = (direction === PacketDirection.Outgoing ? side : 1 - side) as Side;
      flow.directionKnown = true;
    }
    if (this.options.listeningPorts !== undefined && flow.rowCount === 0 && flow.chunkId === 1) {
      askListeners(flow, this.options.listeningPorts);
    }
    if (flow.rowCount > 0 && (nowNs - flow.chunkFirstNs >= CHUNK_SPAN_NS || nowNs - flow.chunkLastNs >= SILENCE_NS)) {
      this.writeChunk(flow);
    }
    if (flow.rowCount === 0) {
      flow.chunkFirstNs = nowNs;
      flow.kernelDropsBefore = this.kernelDrops;
    }
    flow.chunkLastNs = nowNs;
    flow.lastNs = nowNs;
    if (flow.endReason === 'no_answer') {
      // It was written so, and goes on after all: another SYN, or a late answer.
      flow.endReason = undefined;
    }
    const ana = this.count(flow, side, d, marks, nowNs);
    this.addRow(flow, side, d, ana, nowNs);
    if (!flow.l7Off && (ana & Analysis.CapturedTwice) === 0) {
      this.applicationData(flow, side, d, bytes, ana, nowNs);
    }
    this.place(flow, nowNs);
    if (flow.rowCount === CHUNK_PACKETS) {
      this.writeChunk(flow);
    }
  }

  /** Writes what is due at `nowNs`. */
  age(nowNs: number): void {
    if (nowNs > this.latestNs) {
      this.latestNs = nowNs;
    }
    this.nextAgeNs = this.latestNs + SECOND;
    this.options.messages.age(this.latestNs);
    for (
      let f = this.due(ActivityList.Closing, CLOSING_NS);
      f !== undefined;
      f = this.due(ActivityList.Closing, CLOSING_NS)
    ) {
      this.conclude(f);
    }
    for (let f = this.due(ActivityList.Ended, ENDED_NS); f !== undefined; f = this.due(ActivityList.Ended, ENDED_NS)) {
      this.remove(f);
    }
    for (
      let f = this.due(ActivityList.Active, SILENCE_NS);
      f !== undefined;
      f = this.due(ActivityList.Active, SILENCE_NS)
    ) {
      this.silent(f);
    }
    for (let f = this.due(ActivityList.Quiet, QUIET_NS); f !== undefined; f = this.due(ActivityList.Quiet, QUIET_NS)) {
      f.endReason ??= 'timed_out';
      this.finish(f);
      this.remove(f);
    }
  }

  /** The capture ended: writes everything that is open. */
  end(): void {
    while (this.endSome(Infinity)) {
      // All at once.
    }
  }

  /** The same for at most `limit` flows, so that the records need not all wait in memory. False once none is left. */
  endSome(limit: number): boolean {
    let left = limit;
    for (const list of [ActivityList.Closing, ActivityList.Active, ActivityList.Quiet, ActivityList.Ended]) {
      for (let index = this.lists.first(list); index >= 0; index = this.lists.first(list)) {
        if (left-- <= 0) {
          return true;
        }
        const flow = this.table.flowAt(index);
        flow.endReason ??= this.isUnanswered(flow) ? 'no_answer' : 'capture_ended';
        this.finish(flow);
        this.remove(flow);
      }
    }
    return false;
  }

  private due(list: ActivityList, afterNs: number): Flow | undefined {
    const index = this.lists.first(list);
    if (index < 0) {
      return undefined;
    }
    const flow = this.table.flowAt(index);
    const sinceNs = list === ActivityList.Active ? flow.lastNs : flow.listNs;
    return this.latestNs - sinceNs >= afterNs ? flow : undefined;
  }

  private flowOf(d: Decoded, nicId: number, nowNs: number): Flow {
    const known = this.table.find(d, nicId);
    if (known !== undefined) {
      const isSyn = (d.flags & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn;
      if (!isSyn || !opensAnother(known, this.table.side, d)) {
        return known;
      }
      known.endReason ??= 'port_reused';
      this.finish(known);
      this.remove(known);
    } else if (this.table.size >= this.options.maxFlows) {
      this.makeRoom();
    }
    this.stats.flows++;
    const flow = this.table.add(d, nicId);
    flow.firstNs = nowNs;
    return flow;
  }

  private makeRoom(): void {
    for (const list of [ActivityList.Ended, ActivityList.Quiet, ActivityList.Closing, ActivityList.Active]) {
      const index = this.lists.first(list);
      if (index >= 0) {
        const flow = this.table.flowAt(index);
        if (list === ActivityList.Quiet || list === ActivityList.Active) {
          this.stats.evicted++;
          flow.endReason ??= 'evicted';
        }
        this.finish(flow);
        this.remove(flow);
        return;
      }
    }
  }

  private count(flow: Flow, side: Side, d: Decoded, marks: number, nowNs: number): number {
    const sender = flow.directions[side];
    const receiver = flow.directions[1 - side];
    sender.packets++;
    sender.totalPackets++;
    sender.bytes += d.payloadLength;
    let ana = 0;
    if (d.protocol === IpProtocol.Tcp) {
      ana = this.analyse(flow, side, d, nowNs);
      if ((d.flags & TcpFlag.Rst) !== 0) {
        sender.rst++;
      }
      if ((ana & Analysis.Retransmission) !== 0) {
        sender.retrans++;
        sender.totalRetrans++;
        if ((ana & Analysis.FastRetransmission) !== 0) {
          sender.fastRetrans++;
        }
      }
      if ((ana & ANY_COUNTED) !== 0) {
        sender.outOfOrder += (ana & Analysis.OutOfOrder) !== 0 ? 1 : 0;
        sender.dupAck += (ana & Analysis.DuplicateAck) !== 0 ? 1 : 0;
        sender.zeroWindow += (ana & Analysis.ZeroWindow) !== 0 ? 1 : 0;
        sender.unseen += (ana & Analysis.PreviousUnseen) !== 0 ? 1 : 0;
        receiver.ackedUnseen += (ana & Analysis.AckedUnseen) !== 0 ? 1 : 0;
      }
    }
    if (d.payloadCaptured < d.payloadLength) {
      ana |= Analysis.Truncated;
      flow.truncated++;
    }
    if ((marks & PacketMark.Gso) !== 0) {
      ana |= Analysis.SuperSegment;
    }
    return ana;
  }

  private analyse(flow: Flow, side: Side, d: Decoded, nowNs: number): number {
    const sender = flow.directions[side];
    const receiver = flow.directions[1 - side];
    if (isCapturedTwice(sender, d, nowNs)) {
      this.stats.capturedTwice++;
      return Analysis.CapturedTwice;
    }
    const ana = analyseSegment(sender, receiver, d, nowNs, flow.handshakeNs);
    const span = d.payloadLength + ((d.flags & TcpFlag.Syn) >> 1) + (d.flags & TcpFlag.Fin);
    const end = (d.seq + span) | 0;
    if (!sender.seqKnown) {
      sender.seqKnown = true;
      sender.seqMin = d.seq;
      sender.seqMax = end;
    } else {
      if (((d.seq - sender.seqMin) | 0) < 0) {
        sender.seqMin = d.seq;
      }
      if (((end - sender.seqMax) | 0) > 0) {
        sender.seqMax = end;
      }
    }
    followConnection(flow, side, d, nowNs, (ana & Analysis.Retransmission) !== 0);
    return ana;
  }

  private addRow(flow: Flow, side: Side, d: Decoded, ana: number, nowNs: number): void {
    const place = rowInBlock(flow.rowCount++);
    if (place === 0) {
      flow.lastBlock = this.rows.takeBlock(flow.lastBlock);
      if (flow.firstBlock < 0) {
        flow.firstBlock = flow.lastBlock;
      }
    }
    const ack = (d.flags & TcpFlag.Ack) !== 0 ? d.ack : 0;
    // The window of a SYN is never scaled (RFC 7323 section 2.2).
    const window =
      (d.flags & TcpFlag.Syn) !== 0
        ? d.window
        : scaledWindow(d.window, flow.directions[side], flow.directions[1 - side]);
    this.rows.put(flow.lastBlock, place, side, nowNs, d.flags, d.seq, ack, d.payloadLength, window, ana);
  }

  private applicationData(flow: Flow, side: Side, d: Decoded, bytes: Uint8Array, ana: number, nowNs: number): void {
    if (flow.conversation !== undefined) {
      flow.conversation.segment(side, bytes, d, (d.flags & TcpFlag.Ack) !== 0, nowNs);
      return;
    }
    if (d.payloadCaptured === 0) {
      return;
    }
    this.options.messages.recognise(flow, side, bytes, d);
    if (flow.conversation !== undefined) {
      this.beginConversation(flow, flow.conversation, side, d, bytes, nowNs);
    } else if (flow.early !== undefined || (ana & Analysis.PreviousUnseen) !== 0) {
      keepEarly(flow, side, d, bytes);
    }
  }

  private beginConversation(
    flow: Flow,
    conversation: MessageReader,
    side: Side,
    d: Decoded,
    bytes: Uint8Array,
    nowNs: number
  ): void {
    const { early } = flow;
    flow.early = undefined;
    conversation.segment(side, bytes, d, (d.flags & TcpFlag.Ack) !== 0, nowNs);
    for (const segment of early ?? []) {
      conversation.earlySegment(segment);
    }
  }

  /** Puts the flow into the list that says what happens to it next. */
  private place(flow: Flow, nowNs: number): void {
    if (flow.endReason === undefined) {
      if (nowNs - flow.listNs >= REORDER_NS || this.lists.listOf(flow.index) !== ActivityList.Active) {
        this.lists.moveTo(ActivityList.Active, flow.index);
        flow.listNs = nowNs;
      }
    } else if (this.lists.listOf(flow.index) !== ActivityList.Closing) {
      flow.chunkFin = true;
      this.endMessages(flow);
      this.lists.moveTo(ActivityList.Closing, flow.index);
      flow.listNs = nowNs;
      if (this.lists.count(ActivityList.Closing) > MAX_CLOSED) {
        for (let i = 0; i < CLOSED_AT_ONCE; i++) {
          this.conclude(this.table.flowAt(this.lists.first(ActivityList.Closing)));
        }
      }
    }
  }

  /** Writes the last chunk of a closed connection, and remembers it for a while. */
  private conclude(flow: Flow): void {
    this.finish(flow);
    this.lists.moveTo(ActivityList.Ended, flow.index);
    flow.listNs = this.latestNs;
    if (this.lists.count(ActivityList.Ended) > MAX_CLOSED) {
      for (let i = 0; i < CLOSED_AT_ONCE; i++) {
        this.remove(this.table.flowAt(this.lists.first(ActivityList.Ended)));
      }
    }
  }

  private silent(flow: Flow): void {
    flow.conversation?.expire(this.latestNs);
    if (flow.protocol === IpProtocol.Udp) {
      flow.endReason = 'timed_out';
      this.finish(flow);
      this.remove(flow);
      return;
    }
    if (this.isUnanswered(flow)) {
      flow.endReason = 'no_answer';
    }
    this.writeChunk(flow);
    this.lists.moveTo(ActivityList.Quiet, flow.index);
    flow.listNs = this.latestNs;
  }

  /** A SYN was sent, nothing came back, and there was enough time for an answer. */
  private isUnanswered(flow: Flow): boolean {
    return (
      flow.clientSide >= 0 &&
      !Number.isNaN(flow.synNs) &&
      flow.directions[1 - flow.clientSide].totalPackets === 0 &&
      !flow.directions[flow.clientSide === 1 ? 1 : 0].pastSyn &&
      Math.max(this.latestNs, flow.lastNs) - flow.synNs >= NO_ANSWER_NS
    );
  }

  /** Reports what is open in the flow's messages, and writes its last chunk. */
  private finish(flow: Flow): void {
    this.endMessages(flow);
    this.writeChunk(flow);
  }

  private endMessages(flow: Flow): void {
    const wasReset = flow.directions[0].rstSeen || flow.directions[1].rstSeen;
    flow.conversation?.end(flow.lastNs, wasReset);
    flow.conversation = undefined;
  }

  /** Writes what came since the last chunk; where nothing did, and the flow ended, a chunk without packets that says how. */
  private writeChunk(flow: Flow): void {
    if (flow.rowCount === 0) {
      if (flow.endReason === undefined || flow.endWritten) {
        return;
      }
      flow.chunkFirstNs = flow.chunkLastNs = Math.max(this.latestNs, flow.lastNs);
      flow.kernelDropsBefore = this.kernelDrops;
    }
    flow.endWritten = flow.endReason !== undefined;
    flow.conversation?.expire(flow.chunkLastNs);
    this.options.events.chunk(flow, this.rows.gather(flow.firstBlock, flow.rowCount));
    this.rows.release(flow.firstBlock, flow.lastBlock);
    flow.early = undefined;
    flow.chunkId++;
    flow.resetChunk();
  }

  private remove(flow: Flow): void {
    this.options.events.leaving(flow);
    this.lists.unlink(flow.index);
    this.table.remove(flow);
  }
}

/** Remembers a few segments whose predecessor may still come; more than that is not reordering. */
function keepEarly(flow: Flow, side: Side, d: Decoded, bytes: Uint8Array): void {
  const early = (flow.early ??= []);
  if (early.length === MAX_EARLY_SEGMENTS) {
    flow.early = undefined;
    return;
  }
  const copy = bytes.slice(d.payloadOffset, d.payloadOffset + d.payloadCaptured);
  early.push({ side, seq: d.payloadSeq, bytes: copy, length: d.payloadLength });
}

const ANY_COUNTED =
  Analysis.OutOfOrder | Analysis.DuplicateAck | Analysis.ZeroWindow | Analysis.PreviousUnseen | Analysis.AckedUnseen;
