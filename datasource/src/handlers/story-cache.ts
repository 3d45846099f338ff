/** What correlation says of a reading, worked out once for all panels that show a part of it. */
import { type ConnectionStory, connectionStory } from '../correlate/connection-story';
import { type FlowRecords } from '../path/flow-records';
import { chosenOf } from '../fetch/choose-request';
import { type Connections } from '../fetch/connection-records';
import { clientSeqOf } from '../plan/look-up-plan';

const told = new WeakMap<Connections, ConnectionStory>();

export function storyOf(connections: Connections): ConnectionStory {
  const before = told.get(connections);
  if (before !== undefined) {
    return before;
  }
  const story = connectionStory({
    flows: flowsOf(connections),
    requestId: chosenOf(connections)[0]?.record.request_id,
    nameResolution: connections.nameLookUps,
    otherConnections: connectionsOf(connections.others),
  });
  told.set(connections, story);
  return story;
}

/** Each with its lanes. */
function connectionsOf({ chunks, packets }: Connections['others']): ReadonlyArray<readonly FlowRecords[]> {
  const synOf = new Map(chunks.map(({ record }) => [record.inner_traceid, clientSeqOf(record.nic_traceid ?? '')]));
  const isOf = (syn: string | undefined) => (one: { readonly record: { readonly inner_traceid: string } }) =>
    synOf.get(one.record.inner_traceid) === syn;
  return [...new Set(synOf.values())].map((syn) =>
    flowsOf({ exchanges: [], chunks: chunks.filter(isOf(syn)), packets: packets.filter(isOf(syn)) })
  );
}

/** A lane a connection at a NIC, with or without packets. */
export function flowsOf({
  exchanges: spans,
  chunks,
  packets,
}: Pick<Connections, 'exchanges' | 'chunks' | 'packets'>): readonly FlowRecords[] {
  const ids = new Set([...packets, ...chunks, ...spans].map(({ record }) => record.inner_traceid));
  return [...ids].map((flowId) => ({
    flowId,
    packets: packets.map(({ record }) => record).filter((record) => record.inner_traceid === flowId),
    chunks: chunks.map(({ record }) => record).filter((record) => record.inner_traceid === flowId),
    exchanges: spans.filter(({ record }) => record.inner_traceid === flowId),
  }));
}
