/**
 * Fragments of IP datagrams put together (RFC 791 section 3.2, RFC 815; IPv6: RFC 8200 section 4.5, RFC 5722).
 *
 * Invariants: at most `MAX_DATAGRAMS` unfinished datagrams with `MAX_BYTES` together, each at most 65 535 bytes in `MAX_PARTS` parts, none older
 * than `MAX_AGE_NS`; the oldest makes room. Parts that overlap make the datagram worthless (RFC 5722, and for IPv4 too: no
 * sender makes them): it is dropped, and what else comes of it. A part that repeats another exactly (captured twice) is passed over. What is dropped is
 * counted by reason, in fragments.
 *
 * Where a capture cut a part short, the datagram is whole all the same, and captured as far as its first missing byte.
 */
import { type Decoded } from './decoded';

const MAX_DATAGRAMS = 1024;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_DATAGRAM_BYTES = 65_535;
const MAX_PARTS = 128;
/** As Linux waits (net.ipv4.ipfrag_time); RFC 8200 allows 60 s. */
const MAX_AGE_NS = 30e9;
const CHECK_EVERY_NS = 1e9;

interface FragmentDrops {
  overlap: number;
  'timed out': number;
  'table full': number;
  malformed: number;
  /** Still waiting when the capture ended. */
  incomplete: number;
}

interface Datagram {
  readonly key: string;
  readonly firstNs: number;
  bytes: Uint8Array;
  /** Start and end of the parts that came, in turn, in order. */
  readonly parts: number[];
  fragments: number;
  received: number;
  /** End of the datagram, -1 as long as the last part is missing. */
  length: number;
  /** The first byte that a part had on the wire but not in the capture. */
  cutAt: number;
  protocol: number;
  spoilt: boolean;
}

export class Fragments {
  readonly drops: FragmentDrops = { overlap: 0, 'timed out': 0, 'table full': 0, malformed: 0, incomplete: 0 };
  /** In order of their first part. */
  private readonly waiting = new Map<string, Datagram>();
  private waitingBytes = 0;
  private nextCheckNs = -Infinity;

  /** Set by `join`: what `bytes` of the whole datagram were captured, its length on the wire, and the protocol in it. */
  captured = 0;
  length = 0;
  protocol = 0;

  get size(): number {
    return this.waiting.size;
  }

  /** Takes a fragment. @returns the datagram's bytes when it is whole, which are the caller's from then on */
  join(d: Decoded, bytes: Uint8Array, nicId: number, nowNs: number): Uint8Array | undefined {
    if (nowNs >= this.nextCheckNs) {
      this.expire(nowNs);
    }
    const from = d.fragmentOffset;
    const to = from + d.payloadLength;
    // Every part but the last is a multiple of 8 bytes.
    if (to > MAX_DATAGRAM_BYTES || d.payloadLength === 0 || (d.fragmentMore && (d.payloadLength & 7) !== 0)) {
      this.drops.malformed++;
      return undefined;
    }
    const datagram = this.datagramOf(d, nicId, nowNs);
    datagram.fragments++;
    if (datagram.spoilt) {
      this.drops.overlap++;
      return undefined;
    }
    if (!this.place(datagram, d, from, to)) {
      return undefined;
    }
    this.copy(datagram, d, bytes, from);
    if (datagram.received !== datagram.length) {
      this.makeRoom(datagram);
      return undefined;
    }
    this.forget(datagram);
    this.captured = Math.min(datagram.cutAt, datagram.length);
    this.length = datagram.length;
    this.protocol = datagram.protocol;
    return datagram.bytes;
  }

  /** The capture ended: what waits never becomes whole. */
  end(): void {
    for (const datagram of this.waiting.values()) {
      this.drop(datagram, 'incomplete');
    }
  }

  private datagramOf(d: Decoded, nicId: number, nowNs: number): Datagram {
    // IPv6 identifies a datagram without its protocol (RFC 8200 section 4.5), IPv4 with it.
    const protocol = d.ipVersion === 4 ? d.protocol : 0;
    const key =
      `${nicId} ${d.ipVersion} ${protocol} ${d.fragmentId} ${d.src0} ${d.src1} ${d.src2} ${d.src3} ` +
      `${d.dst0} ${d.dst1} ${d.dst2} ${d.dst3} ${d.vlanCount} ${d.vlanKey} ${d.tunnel} ${d.vni} ${d.outerKey}`;
    const known = this.waiting.get(key);
    if (known !== undefined) {
      return known;
    }
    const datagram: Datagram = {
      key,
      firstNs: nowNs,
      bytes: new Uint8Array(0),
      parts: [],
      fragments: 0,
      received: 0,
      length: -1,
      cutAt: Infinity,
      protocol: d.protocol,
      spoilt: false,
    };
    this.waiting.set(key, datagram);
    return datagram;
  }

  /** Enters a part in the list of what came. @returns false where it adds nothing, or contradicts what came before */
  private place(datagram: Datagram, d: Decoded, from: number, to: number): boolean {
    const { parts } = datagram;
    let at = parts.length;
    while (at > 0 && parts[at - 2] >= from) {
      at -= 2;
    }
    if (at < parts.length && parts[at] === from && parts[at + 1] === to) {
      return false;
    }
    const overlaps = (at > 0 && parts[at - 1] > from) || (at < parts.length && parts[at] < to);
    const endsTwice = datagram.length >= 0 && (!d.fragmentMore || to > datagram.length);
    const endsBefore = !d.fragmentMore && parts.length > 0 && parts[parts.length - 1] > to;
    if (overlaps || endsTwice || endsBefore) {
      this.spoil(datagram);
      return false;
    }
    if (parts.length === 2 * MAX_PARTS) {
      this.drop(datagram, 'table full');
      return false;
    }
    parts.splice(at, 0, from, to);
    datagram.received += to - from;
    if (!d.fragmentMore) {
      datagram.length = to;
    }
    if (from === 0) {
      datagram.protocol = d.protocol;
    }
    return true;
  }

  private copy(datagram: Datagram, d: Decoded, bytes: Uint8Array, from: number): void {
    if (d.payloadCaptured < d.payloadLength) {
      datagram.cutAt = Math.min(datagram.cutAt, from + d.payloadCaptured);
    }
    const end = from + d.payloadCaptured;
    if (end > datagram.bytes.length) {
      const size = Math.min(MAX_DATAGRAM_BYTES, Math.max(end, 2 * datagram.bytes.length, 4096));
      const grown = new Uint8Array(size);
      grown.set(datagram.bytes);
      this.waitingBytes += size - datagram.bytes.length;
      datagram.bytes = grown;
    }
    datagram.bytes.set(bytes.subarray(d.payloadOffset, d.payloadOffset + d.payloadCaptured), from);
  }

  /** Keeps the datagram's name, so that the rest of it is known, and none of its bytes. */
  private spoil(datagram: Datagram): void {
    datagram.spoilt = true;
    this.drops.overlap += datagram.fragments;
    this.waitingBytes -= datagram.bytes.length;
    datagram.bytes = new Uint8Array(0);
    datagram.parts.length = 0;
  }

  private expire(nowNs: number): void {
    this.nextCheckNs = nowNs + CHECK_EVERY_NS;
    for (const datagram of this.waiting.values()) {
      if (nowNs - datagram.firstNs < MAX_AGE_NS) {
        return;
      }
      this.drop(datagram, 'timed out');
    }
  }

  private makeRoom(present: Datagram): void {
    for (const datagram of this.waiting.values()) {
      if (this.waiting.size <= MAX_DATAGRAMS && this.waitingBytes <= MAX_BYTES) {
        return;
      }
      if (datagram !== present) {
        this.drop(datagram, 'table full');
      }
    }
  }

  private drop(datagram: Datagram, reason: keyof FragmentDrops): void {
    this.forget(datagram);
    if (!datagram.spoilt) {
      this.drops[reason] += datagram.fragments;
    }
  }

  private forget(datagram: Datagram): void {
    this.waiting.delete(datagram.key);
    this.waitingBytes -= datagram.bytes.length;
  }
}
