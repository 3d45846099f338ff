import { logql } from '../plan/logql';
import { type LineQuery, type LogEntry } from './loki-client';
import { sharedInFlight } from './shared-in-flight';

const QUERY: LineQuery = {
  logql: logql({ source: 'bpf_net_l7_log', lineFilters: [] }),
  window: { fromNs: BigInt(0), toNs: BigInt(1) },
  maxLines: 1,
};

function slowClient() {
  const asked: AbortSignal[] = [];
  const answers: Array<(entries: readonly LogEntry[]) => void> = [];
  const client = sharedInFlight({
    lines: (_, signal) => {
      asked.push(signal);
      return new Promise((resolve, reject) => {
        answers.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
    instant: async () => [],
    series: async () => [],
  });
  return { client, asked, answer: (i: number) => answers[i]([]) };
}

describe('a question under way', () => {
  it('is asked once for several askers, and again when it was answered', async () => {
    const { client, asked, answer } = slowClient();
    const signal = new AbortController().signal;
    const both = [client.lines(QUERY, signal), client.lines({ ...QUERY }, signal)];
    const other = client.lines({ ...QUERY, maxLines: 2 }, signal);
    expect(asked).toHaveLength(2);
    answer(0);
    answer(1);
    await Promise.all([...both, other]);
    void client.lines(QUERY, signal);
    expect(asked).toHaveLength(3);
  });

  it('is aborted when the last asker leaves, not before', async () => {
    const { client, asked } = slowClient();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [client.lines(QUERY, first.signal), client.lines(QUERY, second.signal)];
    first.abort(new Error('left'));
    await expect(answers[0]).rejects.toThrow('left');
    expect(asked[0].aborted).toBe(false);
    second.abort(new Error('left too'));
    await expect(answers[1]).rejects.toThrow('left too');
    expect(asked[0].aborted).toBe(true);
    void client.lines(QUERY, new AbortController().signal);
    expect(asked).toHaveLength(2);
  });
});
