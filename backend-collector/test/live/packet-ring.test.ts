import { MEBIBYTE } from '../../src/byte-units';
import { ringShape } from '../../src/capture/live/packet-ring';

const KIBIBYTE = 1 << 10;

it.each([
  [64 * MEBIBYTE, 256, 256 * KIBIBYTE],
  [16 * MEBIBYTE, 64, 256 * KIBIBYTE],
  [8 * MEBIBYTE, 64, 128 * KIBIBYTE],
  [4 * MEBIBYTE, 32, 128 * KIBIBYTE],
  [2 * MEBIBYTE, 16, 128 * KIBIBYTE],
  [1, 2, 128 * KIBIBYTE],
])('a ring of %d bytes has %d blocks of %d', (ringBytes, blocks, blockBytes) => {
  expect(ringShape(ringBytes)).toEqual({ blocks, blockBytes });
});
