/** Settings that the datasource must agree with. */
import { shardOfClientIsn } from '@bpfnet/flow-model/ids';
import { flowSettings } from '../src/config';
import { Script } from './build/connection';
import { replayPackets } from './build/replay';

describe('flow shards', () => {
  it('are 16 unless set; the option wins over the environment', () => {
    expect(flowSettings({}, {}).shardCount).toBe(16);
    expect(flowSettings({}, { BPFNET_FLOW_SHARDS: '' }).shardCount).toBe(16);
    expect(flowSettings({}, { BPFNET_FLOW_SHARDS: '32' }).shardCount).toBe(32);
    expect(flowSettings({ flowShards: '7' }, { BPFNET_FLOW_SHARDS: '32' }).shardCount).toBe(7);
  });

  it('are numbered from 0, by the sequence number that the client began with', async () => {
    const packets = Array.from({ length: 60 }, (_, i) => new Script({ clientPort: 4000 + i, clientIsn: i * 7919 }))
      .map((script) => script.handshake().close())
      .flatMap((script) => script.packets);
    const { lines } = await replayPackets(packets, { shardCount: 3 });
    expect(new Set(lines.map(({ flowShard }) => flowShard))).toEqual(new Set([0, 1, 2]));
    for (const { line, flowShard } of lines.filter(({ source }) => source === 'bpf_net_l4_log')) {
      const { nic_traceid: id = '' } = JSON.parse(line) as { readonly nic_traceid?: string };
      expect(flowShard).toBe(shardOfClientIsn(Number(id.split('_')[0]) as Parameters<typeof shardOfClientIsn>[0], 3));
    }
  });
});
