/** The parts of an answered request where no packets were read: by the times in its records, there and back together. */
import { type L7Record } from '@bpfnet/flow-model';
import { ownsServer } from '../../path/path-ends';
import { type Part, type PartName } from './verdict';

/** @param client and @param server the records of the NICs nearest to each that saw the answer; may be the same */
export function partsOfSpans(client: L7Record, server: L7Record): readonly Part[] {
  const part = (name: PartName, ms: number): Part => ({
    name,
    ms: Math.max(0, ms),
    ifSymmetricMs: null,
    atMostMs: null,
    from: null,
    to: null,
  });
  const sendingMs = client.cost_req_sent ?? 0;
  const receivingMs = client.cost_cnt_dl ?? 0;
  const betweenMs = client.latency_ms - sendingMs - receivingMs;
  const serverMs = Math.min(server.cost_resp_wait ?? betweenMs, betweenMs);
  return [
    part('sending', sendingMs),
    ...(client.inner_traceid === server.inner_traceid ? [] : [part('network', betweenMs - serverMs)]),
    part(ownsServer(server) ? 'server' : 'network-and-server', serverMs),
    part('receiving', receivingMs),
  ];
}
