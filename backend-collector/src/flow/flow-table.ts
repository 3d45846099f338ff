/**
 * Which flow a packet belongs to: open addressing with linear probing over typed arrays, nothing allocated per look-up.
 *
 * Key: NIC, VLAN ids, tunnel, VNI (and a hash of what is around these, in nested tunnels), protocol, both endpoints in a fixed order, so that both directions find the same flow.
 * Invariants: at most half of the slots are taken; a deletion shifts the run behind it back, so there are no tombstones; the hash is
 * seeded per process, so that nobody can choose addresses that collide.
 */
import { IpProtocol, type Decoded } from '../wire/decoded';
import { Flow, type Side } from './flow';

const KEY_WORDS = 12;
/** Of these, an IPv4 flow has so many. */
const IPV4_WORDS = 6;
const INITIAL_SLOTS = 4096;

export class FlowTable {
  /** Set by `find`: the side that sent the packet. */
  side: Side = 0;

  /** Flow index + 1 by slot, 0 = free; and the hash beside it, so that most mismatches need no look at the key. */
  private slots = new Int32Array(INITIAL_SLOTS);
  private hashes = new Int32Array(INITIAL_SLOTS);
  private mask = INITIAL_SLOTS - 1;
  private readonly flows: Flow[] = [];
  private keys = new Int32Array(KEY_WORDS * 1024);
  private readonly free: number[] = [];
  private count = 0;
  private nextNumber = 0;
  private readonly key = new Int32Array(KEY_WORDS);
  private keyWords = 0;
  private hash = 0;

  /** @param seed secret of this process, for the hash */
  constructor(private readonly seed: number) {}

  get size(): number {
    return this.count;
  }

  flowAt(index: number): Flow {
    return this.flows[index];
  }

  /** The flow of a packet, or undefined. `add` may follow, for the same packet. */
  find(d: Decoded, nicId: number): Flow | undefined {
    this.makeKey(d, nicId);
    const { hash, mask, slots, hashes } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot];
      if (entry === 0) {
        return undefined;
      }
      if (hashes[slot] === hash && this.hasKey(entry - 1)) {
        return this.flows[entry - 1];
      }
    }
  }

  private hasKey(index: number): boolean {
    const { key, keys, keyWords } = this;
    const base = index * KEY_WORDS;
    for (let i = 0; i < keyWords; i++) {
      if (keys[base + i] !== key[i]) {
        return false;
      }
    }
    return true;
  }

  /** Adds a flow for the packet that `find` was just asked for. */
  add(d: Decoded, nicId: number): Flow {
    if (2 * (this.count + 1) > this.slots.length) {
      this.growSlots();
    }
    const index = this.free.pop() ?? this.newFlow();
    this.keys.set(this.key, index * KEY_WORDS);
    this.insert(this.hash, index);
    this.count++;
    const flow = this.flows[index];
    flow.reset();
    flow.number = this.nextNumber++;
    this.fillIdentity(flow, d, nicId);
    return flow;
  }

  /** Takes a flow out. The object is used again: nobody may keep it. */
  remove(flow: Flow): void {
    let slot = this.slotOf(flow.index);
    this.slots[slot] = 0;
    for (let next = (slot + 1) & this.mask; this.slots[next] !== 0; next = (next + 1) & this.mask) {
      const home = this.hashes[next] & this.mask;
      // The entry may move back where its home is not between the hole and itself.
      if (((next - home) & this.mask) >= ((next - slot) & this.mask)) {
        this.slots[slot] = this.slots[next];
        this.hashes[slot] = this.hashes[next];
        this.slots[next] = 0;
        slot = next;
      }
    }
    this.count--;
    this.free.push(flow.index);
  }

  private slotOf(index: number): number {
    const base = index * KEY_WORDS;
    const words = this.flows[index].ipVersion === 4 ? IPV4_WORDS : KEY_WORDS;
    let slot = this.hashOf(this.keys, base, words) & this.mask;
    while (this.slots[slot] !== index + 1) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }

  private newFlow(): number {
    const index = this.flows.length;
    this.flows.push(new Flow(index));
    if ((index + 1) * KEY_WORDS > this.keys.length) {
      const grown = new Int32Array(this.keys.length * 2);
      grown.set(this.keys);
      this.keys = grown;
    }
    return index;
  }

  private insert(hash: number, index: number): void {
    let slot = hash & this.mask;
    while (this.slots[slot] !== 0) {
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = index + 1;
    this.hashes[slot] = hash;
  }

  private growSlots(): void {
    const { slots, hashes } = this;
    this.slots = new Int32Array(slots.length * 2);
    this.hashes = new Int32Array(slots.length * 2);
    this.mask = this.slots.length - 1;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] !== 0) {
        this.insert(hashes[i], slots[i] - 1);
      }
    }
  }

  private makeKey(d: Decoded, nicId: number): void {
    const k = this.key;
    const v4 = d.ipVersion === 4;
    const swapped = isSwapped(d, v4);
    this.side = swapped ? 1 : 0;
    k[0] = nicId | (v4 ? 0 : 0x40000000) | (d.protocol === IpProtocol.Udp ? 0x20000000 : 0);
    k[1] = d.vlanKey | (d.vlanCount << 24) | (d.tunnel << 28);
    k[2] = d.vni ^ d.outerKey;
    k[3] = swapped ? (d.dstPort << 16) | d.srcPort : (d.srcPort << 16) | d.dstPort;
    if (v4) {
      k[4] = swapped ? d.dst0 : d.src0;
      k[5] = swapped ? d.src0 : d.dst0;
      this.keyWords = IPV4_WORDS;
    } else {
      const a = swapped ? 8 : 4;
      const b = swapped ? 4 : 8;
      k[a] = d.src0;
      k[a + 1] = d.src1;
      k[a + 2] = d.src2;
      k[a + 3] = d.src3;
      k[b] = d.dst0;
      k[b + 1] = d.dst1;
      k[b + 2] = d.dst2;
      k[b + 3] = d.dst3;
      this.keyWords = KEY_WORDS;
    }
    this.hash = this.hashOf(k, 0, this.keyWords);
  }

  /** Written out for the words that every key has. */
  private hashOf(words: Int32Array, from: number, count: number): number {
    let h = mixed(this.seed, words[from]);
    h = mixed(h, words[from + 1]);
    h = mixed(h, words[from + 2]);
    h = mixed(h, words[from + 3]);
    h = mixed(h, words[from + 4]);
    h = mixed(h, words[from + 5]);
    for (let i = from + IPV4_WORDS; i < from + count; i++) {
      h = mixed(h, words[i]);
    }
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }

  private fillIdentity(flow: Flow, d: Decoded, nicId: number): void {
    const own = this.side === 0 ? 0 : 4;
    const other = 4 - own;
    const a = flow.addresses;
    a[own] = d.src0;
    a[own + 1] = d.src1;
    a[own + 2] = d.src2;
    a[own + 3] = d.src3;
    a[other] = d.dst0;
    a[other + 1] = d.dst1;
    a[other + 2] = d.dst2;
    a[other + 3] = d.dst3;
    flow.port0 = this.side === 0 ? d.srcPort : d.dstPort;
    flow.port1 = this.side === 0 ? d.dstPort : d.srcPort;
    flow.nicId = nicId;
    flow.protocol = d.protocol;
    flow.ipVersion = d.ipVersion;
    flow.vlanKey = d.vlanKey;
    flow.vlanCount = d.vlanCount;
    flow.tunnel = d.tunnel;
    flow.vni = d.vni;
    flow.firstSide = this.side;
  }
}

/** MurmurHash3's mixing of one word. */
function mixed(hash: number, word: number): number {
  let w = Math.imul(word, 0xcc9e2d51);
  w = (w << 15) | (w >>> 17);
  const h = hash ^ Math.imul(w, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** True where the receiver is the smaller endpoint. Any fixed order will do; words compare as signed. */
function isSwapped(d: Decoded, v4: boolean): boolean {
  if (d.src0 !== d.dst0) {
    return d.src0 > d.dst0;
  }
  if (!v4) {
    if (d.src1 !== d.dst1) {
      return d.src1 > d.dst1;
    }
    if (d.src2 !== d.dst2) {
      return d.src2 > d.dst2;
    }
    if (d.src3 !== d.dst3) {
      return d.src3 > d.dst3;
    }
  }
  return d.srcPort > d.dstPort;
}
