/** A flow: both directions of one five-tuple at one NIC (and VLAN, and VNI), from open to close. Pooled by the flow table. */
import { type EndReason } from '@bpfnet/flow-model/words';
import { type Decoded, type Tunnel } from '../wire/decoded';
import { FlowDirection } from './flow-direction';

/** How the client is known; a more certain source replaces a less certain one. */
export const enum RoleSource {
  None = 0,
  Ports = 1,
  Request = 2,
  /** A socket of the NIC's namespace listens on the port of its own side. */
  Listening = 3,
  Handshake = 4,
}

/** A side of the flow: 0 sent with the smaller endpoint of the key as source, 1 the other. */
export type Side = 0 | 1;

/**
 * What follows the messages inside a flow, as the flow sees it. The flow knows no protocol: data goes from here to `l7`, which implements
 * this and the recogniser.
 */
export interface MessageReader {
  /** Takes a TCP segment or UDP datagram of the flow, after the flow counted it. */
  segment(side: Side, bytes: Uint8Array, d: Decoded, hasAck: boolean, nowNs: number): void;
  /** Takes what came before the reader was found, because it came too early. */
  earlySegment(early: EarlySegment): void;
  /** Reports what has waited too long for an answer. */
  expire(nowNs: number): void;
  /** The flow ended: everything open is reported. The reader is not used afterwards. */
  end(nowNs: number, wasReset: boolean): void;
}

export interface MessageRecogniser {
  /** Looks at a segment's payload; who knows what it is becomes `flow.conversation`. */
  recognise(flow: Flow, side: Side, bytes: Uint8Array, d: Decoded): void;
  /** Time went on: reports what has waited too long at `nowNs` and is not bound to a flow's own ageing. */
  age(nowNs: number): void;
}

/** Payload captured before what precedes it in the stream. */
export interface EarlySegment {
  readonly side: Side;
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** On the wire. */
  readonly length: number;
}

export class Flow {
  /** Place in the flow table. */
  readonly index: number;
  /** Counts flows: no two have the same, though the objects are used again. */
  number = 0;
  readonly directions: readonly [FlowDirection, FlowDirection] = [new FlowDirection(), new FlowDirection()];

  nicId = 0;
  protocol = 0;
  ipVersion = 0;
  vlanKey = 0;
  vlanCount = 0;
  tunnel: Tunnel = 0;
  vni = 0;
  /** Addresses of side 0 in words 0…3, of side 1 in words 4…7. */
  readonly addresses = new Int32Array(8);
  port0 = 0;
  port1 = 0;

  firstNs = 0;
  lastNs = 0;
  firstSide: Side = 0;
  /** When it was put into its activity list. */
  listNs = 0;

  clientSide: Side | -1 = -1;
  roleSource: RoleSource = RoleSource.None;
  /** The NIC's own side, once a packet said its direction; or, when the first record was written without, for good. */
  ownSide: Side | -1 = -1;
  /** True where `ownSide` comes from the capture. */
  directionKnown = false;

  // Handshake and close; times are NaN where not seen.
  synNs = NaN;
  synAckNs = NaN;
  handshakeNs = NaN;
  firstFinNs = NaN;
  closedNs = NaN;
  established = false;
  endReason: EndReason | undefined;
  /** True once a record said why the flow ended. */
  endWritten = false;

  // The present chunk.
  chunkId = 1;
  chunkFirstNs = 0;
  chunkLastNs = 0;
  /** Blocks of its packet rows, -1 where it has none. */
  firstBlock = -1;
  lastBlock = -1;
  rowCount = 0;
  truncated = 0;
  synRetrans = 0;
  chunkSyn = false;
  chunkFin = false;
  /** Packets that the kernel had dropped when the chunk began. */
  kernelDropsBefore = 0;

  /** Application messages, from the first payload on that some protocol knows. */
  conversation: MessageReader | undefined;
  /** True once the stream is known to hold no more messages (an upgrade, a tunnel). */
  l7Off = false;
  l7Proto: string | undefined;
  /** Payload that came before what precedes it, while no protocol was recognised. */
  early: EarlySegment[] | undefined;

  // What its records are known by; settled when the first of them is written.
  identified = false;
  /** Its `inner_traceid`, in words of 32 bits. */
  traceId0 = 0;
  traceId1 = 0;
  traceId2 = 0;
  traceId3 = 0;
  flowShard = -1;
  /** True while exchanges of it are complete and not written yet. */
  exchangesWait = false;

  constructor(index: number) {
    this.index = index;
  }

  resetChunk(): void {
    this.directions[0].resetChunk();
    this.directions[1].resetChunk();
    this.rowCount = 0;
    this.firstBlock = -1;
    this.lastBlock = -1;
    this.truncated = 0;
    this.synRetrans = 0;
    this.chunkSyn = false;
    this.chunkFin = false;
  }

  /** Makes a pooled flow new. Its key fields are set by the table. */
  reset(): void {
    this.directions[0].reset();
    this.directions[1].reset();
    this.resetChunk();
    this.clientSide = -1;
    this.roleSource = RoleSource.None;
    this.ownSide = -1;
    this.directionKnown = false;
    this.synNs = NaN;
    this.synAckNs = NaN;
    this.handshakeNs = NaN;
    this.firstFinNs = NaN;
    this.closedNs = NaN;
    this.established = false;
    this.endReason = undefined;
    this.endWritten = false;
    this.chunkId = 1;
    this.conversation = undefined;
    this.l7Off = false;
    this.l7Proto = undefined;
    this.early = undefined;
    this.identified = false;
  }

  setClient(side: Side, source: RoleSource): void {
    if (source > this.roleSource) {
      this.clientSide = side;
      this.roleSource = source;
    }
  }
}
