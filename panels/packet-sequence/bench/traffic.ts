/** A connection as the datasource hands it to the panel: requests over keep-alive and a bulk transfer with losses, at two NICs. */
import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { FrameKind, type FlowMeta } from '@bpfnet/flow-model/frames';

const SEGMENT = 1448;
const T0_NS = BigInt('1764000000000000000');
const HOP_NS = 200_000;
const NAMES = [
  'time',
  'tsNs',
  'flowId',
  'sender',
  'flags',
  'seq',
  'ack',
  'len',
  'win',
  'ana',
  'seqRel',
  'ackRel',
  'l7Label',
  'l7Kind',
  'l7RequestId',
  'chunkId',
  'transmission',
  'fate',
  'fateFrom',
  'fateTo',
  'fateBytes',
] as const;

const ARRIVED = { fate: '', fateFrom: '', fateTo: '', fateBytes: 0 };
/** What the server sent, between the NICs. */
const LOST = { fate: 'lost', fateFrom: 'L1', fateTo: 'L0' };

/** @param packets at both NICs together */
export function trafficFrame(packets: number): DataFrame {
  const columns = new Map<string, Array<string | number>>(NAMES.map((name) => [name, []]));
  const put = (row: Readonly<Record<(typeof NAMES)[number], string | number>>) =>
    NAMES.forEach((name) => columns.get(name)?.push(row[name]));
  let sent = 0;
  let atNs = 0;
  for (let i = 0; i < packets / 2; i++) {
    atNs += i % 40 === 0 ? 3_000_000 : 12_000;
    const isAck = i % 3 === 2;
    const isRequest = i % 400 === 0;
    const isLost = i % 997 === 5;
    const len = isAck ? 0 : isRequest ? 212 : SEGMENT;
    const fromClient = isAck || isRequest;
    const retransmission = i % 997 === 17;
    for (const lane of fromClient ? [0, 1] : [1, 0]) {
      if (isLost && lane === 0 && !fromClient) {
        continue;
      }
      const ns = T0_NS + BigInt(atNs + ((lane === 0) === fromClient ? 0 : HOP_NS));
      const seqRel = fromClient ? 1 + Math.floor(i / 400) * 212 : 1 + sent - (retransmission ? 4 * SEGMENT : 0);
      put({
        time: Number(ns / BigInt(1000)) / 1000,
        tsNs: String(ns),
        flowId: `L${lane}`,
        sender: fromClient ? 'client' : 'server',
        flags: TcpFlag.Ack | (isRequest ? TcpFlag.Psh : 0),
        seq: seqRel >>> 0,
        ack: (fromClient ? 1 + sent : 1) >>> 0,
        len,
        win: 65_535,
        ana: retransmission && !fromClient ? Analysis.Retransmission : 0,
        seqRel,
        ackRel: fromClient ? 1 + sent : 1,
        l7Label: isRequest ? `GET /api/orders/${i}` : '',
        l7Kind: isRequest ? 'request' : '',
        l7RequestId: isRequest ? `r${i}` : '',
        chunkId: Math.floor(i / 512),
        transmission: String(i + 1),
        ...(isLost && !fromClient ? { ...LOST, fateBytes: len } : ARRIVED),
      });
    }
    sent += fromClient || retransmission ? 0 : SEGMENT;
  }
  const order = inOrderOfTime(columns.get('tsNs') ?? []);
  return createDataFrame({
    name: FrameKind.Packets,
    meta: { custom: { kind: FrameKind.Packets, flows: [laneMeta(0), laneMeta(1)] } },
    fields: NAMES.map((name) => ({
      name,
      type: FieldType.other,
      values: order.map((i) => columns.get(name)?.[i]),
    })),
  });
}

function inOrderOfTime(times: ReadonlyArray<string | number>): number[] {
  const ns = times.map((text) => Number(BigInt(text) - T0_NS));
  return ns.map((_ns, i) => i).sort((a, b) => ns[a] - ns[b]);
}

const laneMeta = (index: number): FlowMeta => ({
  flowId: `L${index}`,
  host: 'node-a',
  nicName: `eth${index}`,
  direction: 'outgoing',
  l4Proto: 'tcp',
  near: { ip: '10.1.1.4', port: 41230 },
  far: { ip: '10.2.1.7', port: 8080 },
  clientKnown: true,
  captureDrops: 0,
  clock: { shiftNs: 0, ifSymmetricNs: 0, atMostNs: 0 },
  packets: 0,
});
