/**
 * Connections written as scripts, so that tests read like what happened:
 *
 *   0   client > SYN seq=0
 *   4.1 client > PSH,ACK seq=1 len=212 at=L0,L1 request="GET /api/orders"
 *
 * The line begins with ms since the script's beginning. Numbers are relative to the initial sequence numbers. A packet is seen at all lanes, or at those that `at` names; each
 * lane adds its delay, counted from the sender's end. A line is a transmission; lines that are parts of one have the same `tx`, one that glues several names all (`tx=1-3`). What
 * does not come to the last lane was lost on the hop after the last that `at` names, unless `fate=` says otherwise: `unknown`, `arrived`, `lost:BYTES`.
 */
import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { FrameKind, type FlowMeta, type PacketRow, type PacketsMeta } from '@bpfnet/flow-model/frames';
import { segmentSpan } from '@bpfnet/flow-model/packet-columns';
import { seqAdd, toSeq } from '@bpfnet/flow-model/seq';

interface ScriptLane {
  readonly host: string;
  readonly nicName: string;
  readonly podName?: string;
  /** How far its host's clock is ahead, ms. */
  readonly clockMs?: number;
  readonly captureDrops?: number;
  readonly notFetched?: number;
  /** From and to, ms since the script's beginning on the host's clock. */
  readonly captureGapMs?: readonly [number, number];
}

export interface ScriptOptions {
  readonly lanes?: readonly ScriptLane[];
  /** Way from a lane to the next, ms. */
  readonly hopMs?: number;
  readonly clientIsn?: number;
  readonly serverIsn?: number;
}

const T0_NS = BigInt('1764000000000000000');
const ONE_LANE: readonly ScriptLane[] = [{ host: 'node-a', nicName: 'eth0' }];

export const HANDSHAKE = `
  0   client > SYN seq=0
  2   server > SYN,ACK seq=0 ack=1
  4   client > ACK seq=1 ack=1`;

export function packetFrames(script: string, options: ScriptOptions = {}): DataFrame[] {
  const lanes = options.lanes ?? ONE_LANE;
  const rows = script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line, i) => packetsOfLine(line, i + 1, { ...options, lanes }))
    .sort((a, b) => Number(BigInt(a.tsNs) - BigInt(b.tsNs)));
  return [
    packetsFrame(
      rows,
      lanes.map((lane, i) => laneMeta(lane, i, rows, lanes[0]))
    ),
  ];
}

function packetsOfLine(
  line: string,
  number: number,
  options: ScriptOptions & { readonly lanes: readonly ScriptLane[] }
): PacketRow[] {
  const { lanes } = options;
  const head = /^([\d.]+)\s+(client|server)\s+>\s+(\S+)/.exec(line);
  if (!head) {
    throw new Error(`Not a line of a script: ${line}`);
  }
  const [, ms, sender, flagText] = head;
  const fields = new Map(
    [...line.matchAll(/(\w+)=("[^"]*"|\S+)/g)].map(([, key, value]) => [key, value.replace(/"/g, '')])
  );
  const numberOf = (key: string) => Number(fields.get(key) ?? 0);
  const fromClient = sender === 'client';
  const [own, other] = fromClient
    ? [options.clientIsn ?? 1000, options.serverIsn ?? 5000]
    : [options.serverIsn ?? 5000, options.clientIsn ?? 1000];
  const flags = flagText.split(',').reduce((bits, name) => bits | flagBit(name), 0);
  const kind = fields.has('request') ? 'request' : fields.has('response') ? 'response' : '';
  const seen = fields.get('at')?.split(',') ?? lanes.map((_lane, i) => `L${i}`);
  const path = lanes.map((_lane, i) => `L${i}`);
  const travelled = (fromClient ? path : path.reverse()).filter((lane) => seen.includes(lane));
  const fate = fateOf(fields.get('fate'), {
    from: travelled[travelled.length - 1],
    to: path[path.indexOf(travelled[travelled.length - 1]) + 1],
    bytes: segmentSpan(flags, numberOf('len')),
  });
  return seen.map((lane): PacketRow => {
    const index = Number(lane.slice(1));
    const hops = fromClient ? index : lanes.length - 1 - index;
    const timeMs = Number(ms) + hops * (options.hopMs ?? 0.5) + (lanes[index].clockMs ?? 0);
    return {
      time: 1764000000000 + timeMs,
      tsNs: String(T0_NS + BigInt(Math.round(timeMs * 1e6))),
      flowId: lane,
      sender: fromClient ? 'client' : 'server',
      flags,
      seq: seqAdd(toSeq(own), numberOf('seq')),
      ack: flagText.includes('ACK') ? seqAdd(toSeq(other), numberOf('ack')) : 0,
      seqRel: numberOf('seq'),
      ackRel: numberOf('ack'),
      len: numberOf('len'),
      win: fields.has('win') ? numberOf('win') : 64256,
      ana: (fields.get('ana')?.split(',') ?? []).reduce(
        (bits, name) => bits | Analysis[name as keyof typeof Analysis],
        0
      ),
      l7Kind: kind,
      l7Label: kind === '' ? '' : (fields.get(kind) ?? ''),
      l7RequestId: kind === '' ? '' : (fields.get('id') ?? 'r1'),
      chunkId: 1,
      transmission: fields.get('tx') ?? String(number),
      ...(lane === travelled[0] ? fate : NO_FATE),
    };
  });
}

const NO_FATE = { fate: '', fateFrom: '', fateTo: '', fateBytes: 0 } as const;

interface LastHop {
  readonly from: string;
  readonly to: string | undefined;
  readonly bytes: number;
}

function fateOf(said: string | undefined, { from, to, bytes }: LastHop): Pick<PacketRow, keyof typeof NO_FATE> {
  const [fate, part] = (said ?? (to === undefined ? 'arrived' : 'lost')).split(':');
  return fate === 'lost' || fate === 'unknown'
    ? {
        fate: to === undefined ? 'lost-beyond' : fate,
        fateFrom: from,
        fateTo: to ?? '',
        fateBytes: Number(part ?? bytes),
      }
    : NO_FATE;
}

function flagBit(name: string): number {
  const bits: Readonly<Record<string, number>> = {
    SYN: TcpFlag.Syn,
    ACK: TcpFlag.Ack,
    PSH: TcpFlag.Psh,
    FIN: TcpFlag.Fin,
    RST: TcpFlag.Rst,
  };
  return bits[name];
}

function laneMeta(lane: ScriptLane, index: number, rows: readonly PacketRow[], first: ScriptLane): FlowMeta {
  return {
    flowId: `L${index}`,
    host: lane.host,
    nicName: lane.nicName,
    podName: lane.podName,
    direction: 'outgoing',
    l4Proto: 'tcp',
    near: { ip: '10.1.1.4', port: 41230 },
    far: { ip: '10.2.1.7', port: 8080 },
    clientKnown: true,
    captureDrops: lane.captureDrops ?? 0,
    clock:
      lane.host === first.host
        ? SAME_CLOCK
        : { ...OTHER_CLOCK, shiftNs: ((first.clockMs ?? 0) - (lane.clockMs ?? 0)) * 1e6 },
    captureGaps: lane.captureGapMs && [
      {
        fromNs: nsText(lane.captureGapMs[0]),
        toNs: nsText(lane.captureGapMs[1]),
        packets: lane.captureDrops ?? 0,
      },
    ],
    packets: rows.filter((row) => row.flowId === `L${index}`).length + (lane.notFetched ?? 0),
  };
}

const SAME_CLOCK = { shiftNs: 0, ifSymmetricNs: 0, atMostNs: 0 };
const OTHER_CLOCK = { ifSymmetricNs: 100_000, atMostNs: 500_000 };

const nsText = (ms: number): string => String(T0_NS + BigInt(Math.round(ms * 1e6)));

function packetsFrame(rows: readonly PacketRow[], lanes: readonly FlowMeta[]): DataFrame {
  const keys = Object.keys(rows[0] ?? { tsNs: '', flowId: '', sender: '', flags: 0, seq: 0, ack: 0, len: 0 });
  const meta: PacketsMeta = { kind: FrameKind.Packets, flows: lanes };
  return createDataFrame({
    name: FrameKind.Packets,
    meta: { custom: { ...meta } },
    fields: keys.map((name) => ({
      name,
      type: FieldType.other,
      values: rows.map((row) => row[name as keyof PacketRow]),
    })),
  });
}
