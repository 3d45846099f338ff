/** Reads a Loki API as any client would. */
import { decodeLine, type L4PacketsRecord, type L4Record, type L7Record, type RecordSource } from '@bpfnet/flow-model';

interface StreamsAnswer {
  readonly data: {
    readonly result: ReadonlyArray<{
      readonly stream: Record<string, string>;
      readonly values: ReadonlyArray<readonly [string, string]>;
    }>;
  };
}

interface VectorAnswer {
  readonly data: {
    readonly result: ReadonlyArray<{
      readonly metric: Record<string, string>;
      readonly value: readonly [number, string];
    }>;
  };
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function get<T>(storeUrl: string, path: string, parameters: Record<string, string>): Promise<T> {
  const response = await fetch(`${storeUrl}/loki/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
  if (!response.ok) {
    throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
  return (await response.json()) as T;
}

/** The records of a kind of the last hour that the LogQL stages after the selector let through, newest first, at most 5 000. */
async function readRecords(storeUrl: string, source: RecordSource, stages: string): Promise<unknown[]> {
  const start = String((Date.now() - 3_600_000) * 1e6);
  const end = String((Date.now() + 60_000) * 1e6);
  const answer = await get<StreamsAnswer>(storeUrl, 'query_range', {
    query: `{source="${source}"} ${stages}`,
    start,
    end,
    limit: '5000',
  });
  return answer.data.result
    .flatMap((stream) => stream.values)
    .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? 1 : -1))
    .map(([, line]) => {
      const decoded = decodeLine(source, line);
      if (!decoded.ok) {
        throw new Error(`not a record: ${decoded.problem.message}: ${line}`);
      }
      return decoded.value.record;
    });
}

export const readL7 = (storeUrl: string, stages = '') =>
  readRecords(storeUrl, 'bpf_net_l7_log', stages) as Promise<L7Record[]>;
export const readL4 = (storeUrl: string, stages = '') =>
  readRecords(storeUrl, 'bpf_net_l4_log', stages) as Promise<L4Record[]>;
export const readPackets = (storeUrl: string, stages = '') =>
  readRecords(storeUrl, 'bpf_net_l4_packets', stages) as Promise<L4PacketsRecord[]>;

/** An instant metric query, now. */
export async function instantQuery(storeUrl: string, query: string): Promise<Sample[]> {
  const answer = await get<VectorAnswer>(storeUrl, 'query', { query, time: String(Date.now() * 1e6) });
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}
