/** What correlation says of a reading, worked out once for all panels that show a part of it. */
import { type ConnectionStory, connectionStory } from '../correlate/connection-story';
import { type FlowRecords } from '../path/flow-records';
import { chosenOf } from '../fetch/choose-request';
import { type LookUpResult } from '../fetch/connection-records';
import { clientSeqOf } from '../plan/look-up-plan';

const stories = new WeakMap<LookUpResult, ConnectionStory>();

export function storyOf(connections: LookUpResult): ConnectionStory {
  const before = stories.get(connections);
  if (before !== undefined) {
    return before;
  }
  const story = connectionStory({
    flows: flowsOf(connections),
    requestId: chosenOf(connections)[0]?.record.request_id,
    nameResolution: connections.nameLookUps,
    otherConnections: connectionsOf(connections.others),
  });
  stories.set(connections, story);
  return story;
}

/** Each with its flows. */
function connectionsOf({ chunks, packets }: LookUpResult['others']): ReadonlyArray<readonly FlowRecords[]> {
  const synOf = new Map(chunks.map(({ record }) => [record.inner_traceid, clientSeqOf(record.nic_traceid ?? '')]));
  const isOf = (syn: string | undefined) => (one: { readonly record: { readonly inner_traceid: string } }) =>
    synOf.get(one.record.inner_traceid) === syn;
  return [...new Set(synOf.values())].map((syn) =>
    flowsOf({ exchanges: [], chunks: chunks.filter(isOf(syn)), packets: packets.filter(isOf(syn)) })
  );
}

/** One flow per connection and NIC, with or without packets. */
export function flowsOf({
  exchanges: spans,
  chunks,
  packets,
}: Pick<LookUpResult, 'exchanges' | 'chunks' | 'packets'>): readonly FlowRecords[] {
  const ids = new Set([...packets, ...chunks, ...spans].map(({ record }) => record.inner_traceid));
  return [...ids].map((flowId) => ({
    flowId,
    packets: packets.map(({ record }) => record).filter((record) => record.inner_traceid === flowId),
    chunks: chunks.map(({ record }) => record).filter((record) => record.inner_traceid === flowId),
    exchanges: spans.filter(({ record }) => record.inner_traceid === flowId),
  }));
}
