/** Records as a text that a person can read and compare: one block per record, one line per packet, ids by number. */
import { analysisWords, flagNames } from '@bpfnet/flow-model/analysis';
import { type Replayed, columnsOf } from './replay';

const LEFT_OUT = new Set(['v', 'host', 'inner_traceid', 'community_id']);
const COLUMNS = new Set(['dir', 'ts', 'flags', 'seq', 'ack', 'len', 'win', 'ana']);

export function goldenText(replayed: Replayed): string {
  const names = new Map<string, string>();
  const nameOf = (id: string) => {
    const name = names.get(id) ?? `connection ${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  const blocks = replayed.lines.map(({ source, line, flowShard }) => {
    const record = JSON.parse(line) as Record<string, unknown> & { readonly inner_traceid: string };
    const fields = Object.entries(record).filter(
      ([name]) => !LEFT_OUT.has(name) && !(source === 'bpf_net_l4_packets' && COLUMNS.has(name))
    );
    return [
      `${source}, ${nameOf(record.inner_traceid)}, shard ${flowShard}`,
      ...fields.map(([name, value]) => `  ${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`),
      ...(source === 'bpf_net_l4_packets' ? packetLines(replayed, record.inner_traceid, Number(record.chunk_id)) : []),
    ].join('\n');
  });
  const drops = Object.entries(replayed.report.drops).flatMap(([stage, reasons]) =>
    Object.entries(reasons).map(([reason, n]) => `  ${stage}: ${reason} ${n}`)
  );
  return `${[...blocks, ...(drops.length > 0 ? [['left out', ...drops].join('\n')] : [])].join('\n\n')}\n`;
}

function packetLines({ packets }: Replayed, id: string, chunk: number): string[] {
  const record = packets.find((r) => r.inner_traceid === id && r.chunk_id === chunk);
  if (record === undefined) {
    return [];
  }
  const c = columnsOf(record);
  return Array.from({ length: record.packets }, (_, i) => {
    const position = c.dir[i] === 0 ? [record.tx_seq_pos, record.rx_seq_pos] : [record.rx_seq_pos, record.tx_seq_pos];
    const hasAck = (c.flags[i] & 0x10) !== 0;
    const cells = [
      `${(c.tNs[i] / 1e6).toFixed(3).padStart(10)} ms`,
      c.dir[i] === 0 ? '->' : '<-',
      flagNames(c.flags[i]) || 'UDP',
      `seq ${(c.seq[i] - position[0]) >>> 0}`,
      ...(hasAck ? [`ack ${(c.ack[i] - position[1]) >>> 0}`] : []),
      `len ${c.len[i]}`,
      `win ${c.win[i]}`,
      analysisWords(c.ana[i]).join(', '),
    ];
    return `  ${cells.join('  ').trimEnd()}`;
  });
}
