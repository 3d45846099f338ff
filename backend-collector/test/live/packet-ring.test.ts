import { ringShape } from '../../src/capture/live/packet-ring';

const mebibyte = 1 << 20;
const kibibyte = 1 << 10;

it.each([
  [64 * mebibyte, 256, 256 * kibibyte],
  [16 * mebibyte, 64, 256 * kibibyte],
  [8 * mebibyte, 64, 128 * kibibyte],
  [4 * mebibyte, 32, 128 * kibibyte],
  [2 * mebibyte, 16, 128 * kibibyte],
  [1, 2, 128 * kibibyte],
])('a ring of %d bytes has %d blocks of %d', (ringBytes, blocks, blockBytes) => {
  expect(ringShape(ringBytes)).toEqual({ blocks, blockBytes });
});
