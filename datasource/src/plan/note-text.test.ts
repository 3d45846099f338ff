import { noteTexts } from './note-text';

it('words each note once', () => {
  expect(
    noteTexts([
      { kind: 'limit', source: 'bpf_net_l7_log', lines: 5000 },
      { kind: 'limit', source: 'bpf_net_l7_log', lines: 5000 },
      { kind: 'sorted-newest', sort: 'slowest' },
    ])
  ).toEqual([
    'Only the newest 5000 lines of bpf_net_l7_log were read: narrow the time range or add filters to see the rest.',
    'Only the newest lines were sorted: this may not be the slowest of the whole time range.',
  ]);
});

it('gives large numbers in groups of three digits', () => {
  const [text] = noteTexts([{ kind: 'sampled-shards', records: 61_234, read: 4_988, shards: 1, ofShards: 16 }]);
  expect(text).toMatch(/^Sampled: 4,988 of 61,234 records were read \(1 of 16 flow shards\)\./);
});
