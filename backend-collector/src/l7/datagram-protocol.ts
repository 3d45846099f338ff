/**
 * What a protocol in datagrams is to the collector: a probe, and a reader of one datagram. Both are pure. Pairing answers with
 * questions, waiting and counting are the conversation's (datagram-conversation.ts).
 */
import { type Outcome } from '@bpfnet/flow-model/words';
import { type ProtocolFields } from './exchange';
import { type Probe } from './protocol';

/** The payload of a datagram: `bytes[from … to - 1]`, valid during the call only. The object is used again for the next one. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly srcPort: number;
  readonly dstPort: number;
  /** Sent to a group, whose members answer, if at all, from their own addresses. */
  readonly multicast: boolean;
}

export interface DatagramProtocol {
  /** As in the record's `l7_proto`. */
  readonly name: string;
  /** How long a request waits for its answer, ns. */
  readonly waitNs: number;
  /** `Request` makes the sender the flow's client, `Response` the receiver. There is no `Unsure`: a datagram is whole. */
  probe(datagram: Datagram): Probe;
  /** Undefined where the datagram is not a message. */
  read(datagram: Datagram): DatagramMessage | undefined;
}

/** An answer belongs to the oldest request with its `id`, and with its `subject` where it has one. */
export type DatagramMessage =
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly subject: string;
      readonly op: string;
      readonly resource: string;
      readonly fields: ProtocolFields;
      /** False: no answer is expected in this flow; silence is not a failure. */
      readonly expectsAnswer: boolean;
    }
  | {
      readonly kind: 'response';
      readonly id: number;
      readonly subject: string | undefined;
      readonly status: string;
      readonly outcome: Outcome;
      /** Writes what the answer says into the request's fields. */
      readonly addTo: (fields: ProtocolFields) => void;
      /** What it is where its sender began the flow: nobody asked, and it is complete by itself. Absent: a stray answer. */
      readonly unasked?: Notice;
    };

export interface Notice {
  readonly op: string;
  readonly resource: string;
  readonly fields: ProtocolFields;
}
