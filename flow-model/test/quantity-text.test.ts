import {
  addressText,
  bytesText,
  countText,
  durationNsText,
  durationText,
  elapsedText,
  pluralText,
} from '@bpfnet/flow-model/quantity-text';

describe('numbers with their units', () => {
  test.each([
    [0, '0 ms'],
    [0.0004, '< 1 µs'],
    [0.0123, '12 µs'],
    [0.9994, '999 µs'],
    [0.9996, '1.0 ms'],
    [412.6, '412.6 ms'],
    [999.96, '1.00 s'],
    [1240, '1.24 s'],
    [12_340, '12.3 s'],
    [59_960, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [-0.15, '−150 µs'],
  ])('%d ms', (ms, text) => {
    expect(durationText(ms)).toBe(text);
    expect(durationNsText(ms * 1e6)).toBe(text);
  });

  test('time since a beginning keeps microseconds', () => {
    expect([43_200, 411_702_000, 1_204_118_400].map(elapsedText)).toEqual([
      '0.043 ms',
      '411.702 ms',
      '1.204\u202f118 s',
    ]);
  });

  test('counts, bytes, addresses', () => {
    expect(countText(1234567)).toBe('1\u202f234\u202f567');
    expect([pluralText(1, 'NIC'), pluralText(2, 'NIC')]).toEqual(['1 NIC', '2 NICs']);
    expect([212, 14_480, 3_200_000].map(bytesText)).toEqual(['212 B', '14.5 kB', '3.2 MB']);
    expect([addressText('10.0.0.1', 80), addressText('2001:db8::1', 80)]).toEqual(['10.0.0.1:80', '[2001:db8::1]:80']);
  });
});
