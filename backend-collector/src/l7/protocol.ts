/**
 * What an application protocol is to the collector: a probe and a parser. Both are pure: bytes in, events out. A protocol is
 * a folder beside this file and a line in registry.ts.
 */
import { type Exchange } from './exchange';
import { type RelatedConnection } from './related-connections';

/** What the first bytes of a segment look like. */
export const enum Probe {
  NotOurs = 0,
  /** Too short to say, and nothing speaks against it. */
  Unsure = 1,
  Request = 2,
  Response = 3,
}

export interface L7Protocol {
  /** As in the record's `l7_proto`. */
  readonly name: string;
  /** Ports are a hint at most: a protocol is known by its content. */
  probe(bytes: Uint8Array, from: number, to: number, srcPort: number, dstPort: number): Probe;
  createParser(events: ParserEvents): L7Parser;
}

/** The two streams of a connection in order, with their gaps. */
export interface L7Parser {
  /** @param seq sequence number of the first byte, signed 32-bit; @param nowNs when it was captured */
  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void;
  /** `length` bytes of the stream were not captured. */
  gap(fromClient: boolean, length: number, nowNs: number): void;
  /** The other side acknowledged bytes of this stream that were not captured so far: a gap will probably follow. */
  unseenAcknowledged(fromClient: boolean): void;
  /** Reports as unanswered what has waited since before `beforeNs`. */
  expire(beforeNs: number, nowNs: number): void;
  /** The connection ended: everything open is reported. */
  end(nowNs: number, wasReset: boolean): void;
  /** Resets the parser for another connection with the same events. A parser without it serves one connection. */
  restart?(): void;
}

export interface ParserEvents {
  /** The first byte of a possible request was seen. Only needed where `began` may come with a later packet. */
  requestStarts(): void;
  /** A request's head is complete: the exchange exists from here on. */
  began(exchange: Exchange): void;
  /** The exchange is complete, or never will be (`exchange.outcome`). */
  ended(exchange: Exchange): void;
  /** The same for an exchange that the parser no longer touches: it is written soon, with others, and goes back to its `pool`. */
  endedPooled(exchange: Exchange): void;
  /**
   * The exchange is complete, but its record waits for something that other connections bring: its packets end here. The returned
   * function replaces `ended`; it must be called at `end` at the latest.
   */
  endedDeferred(exchange: Exchange): () => void;
  /** A connection to this port of the client's or the server's host will come from the other host. */
  expectsConnection(connection: RelatedConnection, host: 'client' | 'server', port: number): void;
  /** A response without a request that was seen. */
  orphanResponse(): void;
  /**
   * The parser reads no more: the stream is another protocol's after all, or (an upgrade, a tunnel) from here on.
   *
   * @param laterProto the protocol in the connection's records from here on, where it is known
   */
  stopped(forGood: boolean, laterProto?: string): void;
  /** An upgrade to a protocol that can be read: what follows in both streams is this parser's. */
  upgradedTo(parser: L7Parser): void;
}
