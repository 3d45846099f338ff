/**
 * Community ID version 1 of a flow (https://github.com/corelight/community-id-spec), as the contract's `communityId`, without an object
 * on the way.
 */
import { toBase64 } from '@bpfnet/flow-model/base64';
import { type Flow } from '../flow/flow';
import { sha1OfOneBlock } from './sha1';

const message = new Uint8Array(64);
const digest = new Uint8Array(20);

/** The version and the base64 of the digest. */
export function communityIdOf(flow: Flow): string {
  return `1:${toBase64(communityDigest(flow), 20)}`;
}

/** The 20 bytes of the digest, valid until the next call. */
export function communityDigest(flow: Flow): Uint8Array {
  const words = flow.ipVersion === 4 ? 1 : 4;
  const swapped = isSwapped(flow, words);
  // Two bytes of seed, 0, stand first.
  message[0] = 0;
  message[1] = 0;
  let p = putAddress(flow.addresses, swapped ? 4 : 0, words, 2);
  p = putAddress(flow.addresses, swapped ? 0 : 4, words, p);
  message[p++] = flow.protocol;
  message[p++] = 0;
  p = putPort(swapped ? flow.port1 : flow.port0, p);
  p = putPort(swapped ? flow.port0 : flow.port1, p);
  sha1OfOneBlock(message, p, digest);
  return digest;
}

/** The smaller endpoint stands first; bytes compare as unsigned. */
function isSwapped(flow: Flow, words: number): boolean {
  const { addresses } = flow;
  for (let i = 0; i < words; i++) {
    if (addresses[i] !== addresses[4 + i]) {
      return addresses[i] >>> 0 > addresses[4 + i] >>> 0;
    }
  }
  return flow.port0 > flow.port1;
}

function putAddress(addresses: Int32Array, from: number, words: number, at: number): number {
  let p = at;
  for (let i = from; i < from + words; i++) {
    message[p++] = addresses[i] >>> 24;
    message[p++] = addresses[i] >>> 16;
    message[p++] = addresses[i] >>> 8;
    message[p++] = addresses[i];
  }
  return p;
}

function putPort(port: number, at: number): number {
  message[at] = port >>> 8;
  message[at + 1] = port;
  return at + 2;
}
