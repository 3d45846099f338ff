/**
 * Huffman coding of header text (RFC 7541 section 5.2, Appendix B). The code is canonical: the lengths below say all of it, in the order of
 * length, then of symbol. The symbol 256 (end of string) must not occur; what is left after the last symbol is at most 7 bits of ones.
 */

// prettier-ignore
const CODE_LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

const END_OF_STRING = 256;

/** Two children per node: a node's number, or `LEAF` + symbol. */
const LEAF = 1 << 12;
const tree = buildTree();

function buildTree(): Int16Array {
  const symbols = CODE_LENGTHS.map((_, symbol) => symbol).sort((a, b) => CODE_LENGTHS[a] - CODE_LENGTHS[b] || a - b);
  const children = new Int16Array(2 * symbols.length);
  let nodes = 1;
  let code = 0;
  let length = 0;
  for (const symbol of symbols) {
    code *= 2 ** (CODE_LENGTHS[symbol] - length);
    length = CODE_LENGTHS[symbol];
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const at = 2 * node + ((code >>> bit) & 1);
      if (children[at] === 0) {
        children[at] = nodes++;
      }
      node = children[at];
    }
    children[2 * node + (code & 1)] = LEAF + symbol;
    code++;
  }
  return children;
}

/**
 * Decodes `bytes[from … to - 1]` into `out`, as far as there is room; returns the number of bytes, or -1 where it is no Huffman text.
 */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let node = 0;
  let depth = 0;
  let onlyOnes = true;
  let length = 0;
  for (let p = from; p < to; p++) {
    const byte = bytes[p];
    for (let bit = 7; bit >= 0; bit--) {
      const one = (byte >>> bit) & 1;
      const next = tree[2 * node + one];
      depth++;
      onlyOnes = onlyOnes && one === 1;
      if (next < LEAF) {
        node = next;
        continue;
      }
      const symbol = next - LEAF;
      if (symbol === END_OF_STRING) {
        return -1;
      }
      if (length === out.length) {
        return length;
      }
      out[length++] = symbol;
      node = 0;
      depth = 0;
      onlyOnes = true;
    }
  }
  return depth < 8 && onlyOnes ? length : -1;
}
