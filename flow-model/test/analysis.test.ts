import { Analysis, ANALYSIS_WORDS, analysisWords, flagNames } from '../src/analysis';

it('has a word for every bit, and no bit twice', () => {
  const bits = ANALYSIS_WORDS.map((word) => word.bit).sort((a, b) => a - b);
  expect(bits).toEqual(Object.values(Analysis).sort((a, b) => a - b));
});

it('names the worst first', () => {
  expect(analysisWords(Analysis.Truncated | Analysis.FastRetransmission)).toEqual(['fast retransmission', 'truncated']);
});

it('names flags as people write them', () => {
  expect(flagNames(0x12)).toBe('SYN ACK');
  expect(flagNames(0x18)).toBe('PSH ACK');
  expect(flagNames(0)).toBe('');
});
