/** Packets and files that make no sense: no failure, no line that the contract refuses, nothing lost uncounted. `npm run bench -- fuzz` runs millions. */
import { seededRandom } from '@bpfnet/laboratory/seeded-random';
import { decodeLine } from '@bpfnet/flow-model/line-codec';
import { CollectorError } from '../src/errors';
import { Pipeline } from '../src/pipeline';
import { fuzzSources } from './build/fuzz-sources';
import { memorySource } from './build/memory-source';
import { mutatedDialogue, recordedDialogues } from './build/mutate-dialogues';
import { mutatedFile, mutatedPackets } from './build/mutate';
import { ascii } from './build/packet';
import { enhancedPacket, interfaceBlock, option, pcap, sectionHeader } from './build/pcap';
import { MemorySink, replayFiles } from './build/replay';

jest.setTimeout(60_000);

it.each([1, 2, 3, 4])('8 000 mutated packets, seed %d', async (seed) => {
  const random = seededRandom(seed);
  const sources = fuzzSources();
  const batches = Array.from({ length: 8 }, () => mutatedPackets(sources, 1000, random));
  const sink = new MemorySink();
  const report = await new Pipeline({ source: memorySource(batches), sink, host: 'test', maxFlows: 500 }).run();
  expect(report.problem).toBeUndefined();
  expect(report.packets).toBe(8000);
  let recorded = 0;
  for (const { source, line } of sink.lines) {
    const decoded = decodeLine(source, line);
    expect(decoded.ok ? '' : `${JSON.stringify(decoded)} ${line}`).toBe('');
    if (source === 'bpf_net_l4_log') {
      const { tx_packets: tx, rx_packets: rx } = JSON.parse(line) as { tx_packets: number; rx_packets: number };
      recorded += tx + rx;
    }
  }
  const left = Object.values(report.drops.decode ?? {}).reduce((a, b) => a + b, 0);
  const fragments = Object.values(report.drops.fragments ?? {}).reduce((a, b) => a + b, 0);
  expect(recorded).toBeGreaterThan(2000);
  // Two or more fragments become one packet; apart from these every packet is in a record or counted as left out.
  expect(recorded + left + fragments).toBeLessThanOrEqual(8000);
  expect(recorded + left + fragments).toBeGreaterThan(7500);
});

it.each([1, 2])('recorded dialogues of every protocol, mutated, seed %d', async (seed) => {
  const random = seededRandom(seed);
  const dialogues = recordedDialogues();
  let ns = 1_700_000_000_000_000_000n;
  const batches = Array.from({ length: 200 }, () => {
    const packets = mutatedDialogue(dialogues, random, ns);
    ns = packets.at(-1)?.tsNs ?? ns;
    return packets;
  });
  const sink = new MemorySink();
  const report = await new Pipeline({ source: memorySource(batches), sink, host: 'test' }).run();
  expect(report.problem).toBeUndefined();
  expect(report.requests).toBeGreaterThan(500);
  for (const { source, line } of sink.lines) {
    const decoded = decodeLine(source, line);
    expect(decoded.ok ? '' : `${JSON.stringify(decoded)} ${line}`).toBe('');
  }
});

it('300 mutated capture files', async () => {
  const random = seededRandom(5);
  const packets = fuzzSources().map(({ bytes }, i) => ({ bytes, tsNs: BigInt(i + 1) * 1_000_000_000n }));
  const files = [
    pcap(packets),
    new Uint8Array([
      ...sectionHeader(),
      ...interfaceBlock(1, [option(2, ascii('eth0'))]),
      ...packets.flatMap(({ bytes, tsNs }) => [...enhancedPacket({ interfaceId: 0, units: tsNs / 1000n, bytes })]),
    ]),
  ];
  for (let i = 0; i < 300; i++) {
    const result = await replayFiles([mutatedFile(files[i % 2], random)]).catch((error: unknown) => error);
    if (result instanceof Error) {
      expect(result).toBeInstanceOf(CollectorError);
    } else {
      const { problem } = (result as Awaited<ReturnType<typeof replayFiles>>).report;
      if (problem !== undefined) {
        expect(problem).toBeInstanceOf(CollectorError);
      }
    }
  }
});
