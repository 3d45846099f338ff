/** Packets that the kernel dropped stand on the records that were open meanwhile, and on no other. */
import { type L4Record, type L7Record } from '@bpfnet/flow-model/records';
import { Pipeline } from '../src/pipeline';
import { Script } from './build/connection';
import { memorySource } from './build/memory-source';
import { MemorySink } from './build/replay';

it('stand on the request and the chunk that they fell into', async () => {
  const script = new Script().handshake();
  for (const path of ['/before', '/during', '/after']) {
    script.sends('client', `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    script.sends('server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  }
  const { packets } = script;
  // The kernel drops between the second request and its answer.
  const source = memorySource([packets.slice(0, 6), packets.slice(6)], (seen) => (seen >= 6 ? 7 : 0));
  const sink = new MemorySink();
  await new Pipeline({ source, sink, host: 'test' }).run();
  const of = <T>(wanted: string) =>
    sink.lines.filter(({ source: s }) => s === wanted).map(({ line }) => JSON.parse(line) as T);
  expect(of<L7Record>('bpf_net_l7_log').map((r) => [r.http_path, r.capture_drops])).toEqual([
    ['/before', undefined],
    ['/during', 7],
    ['/after', undefined],
  ]);
  expect(of<L4Record>('bpf_net_l4_log').map((r) => r.capture_drops)).toEqual([7]);
});
