/**
 * Connections that one connection announces: FTP says on its control connection which port the data will go to. The announcement is held
 * until a connection with that endpoint, between the same two hosts, brings its first payload at the same NIC; its bytes are then
 * counted and tied to the exchange that they belong to.
 *
 * The hosts are those of the announcing connection, not those in its text: NAT may have left a private address there, and a
 * transfer between third parties is not followed.
 *
 * Bounds: `MAX_ANNOUNCED` are held, the oldest makes room; each for `ANNOUNCED_NS`.
 */
import { Reassembly } from '../flow/reassembly';
import { type EarlySegment, type Flow, type MessageReader, type Side } from '../flow/flow';
import { type Decoded } from '../wire/decoded';

const MAX_ANNOUNCED = 1024;
const ANNOUNCED_NS = 120e9;

/** What an announced connection carried; the announcing protocol's parser reads it. */
export class RelatedConnection {
  /** Bytes of its streams, each counted once. */
  bytes = 0;
  firstNs = NaN;
  lastNs = NaN;
  isOpen = false;
  /** Its `inner_traceid`; to be asked for from its first payload on. */
  id: () => string = () => '';
  /** Called once, when it ends. */
  onEnd: (() => void) | undefined;

  constructor(
    /** As in the `l7_proto` of its records. */
    readonly proto: string
  ) {}
}

interface Announcement {
  readonly connection: RelatedConnection;
  readonly nicId: number;
  readonly vlanKey: number;
  readonly vni: number;
  /** Four words each. */
  readonly host: Int32Array;
  readonly peer: Int32Array;
  readonly port: number;
  readonly atNs: number;
}

export class RelatedConnections {
  /** In the order in which they were announced. */
  private announced: Announcement[] = [];

  constructor(private readonly connectionId: (flow: Flow) => string) {}

  /** `port` of the host on `side` of `flow` expects a connection from the other host. */
  announce(connection: RelatedConnection, flow: Flow, side: Side, port: number): void {
    if (this.announced.length === MAX_ANNOUNCED) {
      this.announced.shift();
    }
    this.announced.push({
      connection,
      nicId: flow.nicId,
      vlanKey: flow.vlanKey,
      vni: flow.vni,
      host: addressOf(flow, side),
      peer: addressOf(flow, side === 0 ? 1 : 0),
      port,
      atNs: flow.lastNs,
    });
  }

  /** True where the flow was announced; its reader is set then. */
  recognise(flow: Flow): boolean {
    const at = this.announced.length === 0 ? -1 : this.announced.findIndex((a) => isOf(a, flow, 0) || isOf(a, flow, 1));
    if (at < 0) {
      return false;
    }
    const [{ connection }] = this.announced.splice(at, 1);
    flow.l7Proto = connection.proto;
    flow.conversation = new CarriedData(flow, connection, this.connectionId);
    return true;
  }

  age(nowNs: number): void {
    while (this.announced.length > 0 && nowNs - this.announced[0].atNs > ANNOUNCED_NS) {
      this.announced.shift();
    }
  }
}

function addressOf(flow: Flow, side: Side): Int32Array {
  return flow.addresses.slice(4 * side, 4 * side + 4);
}

function isOf(a: Announcement, flow: Flow, side: Side): boolean {
  return (
    a.port === (side === 0 ? flow.port0 : flow.port1) &&
    a.nicId === flow.nicId &&
    a.vlanKey === flow.vlanKey &&
    a.vni === flow.vni &&
    isAddress(a.host, flow, side) &&
    isAddress(a.peer, flow, side === 0 ? 1 : 0)
  );
}

function isAddress(words: Int32Array, flow: Flow, side: Side): boolean {
  const count = flow.ipVersion === 4 ? 1 : 4;
  for (let i = 0; i < count; i++) {
    if (words[i] !== flow.addresses[4 * side + i]) {
      return false;
    }
  }
  return true;
}

/** Reads nothing in an announced connection, and counts what it carries. */
class CarriedData implements MessageReader {
  private readonly streams: readonly [Reassembly, Reassembly];

  constructor(
    flow: Flow,
    private readonly connection: RelatedConnection,
    connectionId: (flow: Flow) => string
  ) {
    this.streams = [this.stream(), this.stream()];
    for (const side of [0, 1] as const) {
      const direction = flow.directions[side];
      if (direction.isnKnown) {
        this.streams[side].startAt((direction.isn + 1) | 0);
      }
    }
    connection.isOpen = true;
    connection.id = () => connectionId(flow);
  }

  segment(side: Side, bytes: Uint8Array, d: Decoded, hasAck: boolean, nowNs: number): void {
    if (hasAck) {
      this.streams[1 - side].acknowledged(d.ack);
    }
    if (d.payloadLength > 0) {
      const { connection } = this;
      connection.firstNs = connection.firstNs <= nowNs ? connection.firstNs : nowNs;
      connection.lastNs = connection.lastNs >= nowNs ? connection.lastNs : nowNs;
      this.streams[side].push(bytes, d.payloadOffset, d.payloadCaptured, d.payloadLength, d.payloadSeq);
    }
  }

  earlySegment(early: EarlySegment): void {
    this.streams[early.side].push(early.bytes, 0, early.bytes.length, early.length, early.seq);
  }

  expire(): void {
    // Nothing in it waits.
  }

  end(): void {
    this.streams[0].end();
    this.streams[1].end();
    const { connection } = this;
    // The flow's object may be used again for another from now on.
    const id = connection.id();
    connection.id = () => id;
    connection.isOpen = false;
    connection.onEnd?.();
    connection.onEnd = undefined;
  }

  private stream(): Reassembly {
    const { connection } = this;
    return new Reassembly({
      data: (_stream, _bytes, from, to) => {
        connection.bytes += to - from;
      },
      gap: (_stream, length) => {
        connection.bytes += length;
      },
      unseenAcknowledged: () => undefined,
    });
  }
}
