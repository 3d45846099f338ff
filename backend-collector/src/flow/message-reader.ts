/**
 * What follows the messages inside a flow, as the flow sees it. The flow knows no protocol: data goes from here to `l7`, which implements
 * these.
 */
import { type Decoded } from '../wire/decoded';
import { type Flow, type Side } from './flow';

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
