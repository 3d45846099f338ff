/** What correlation says of a reading, worked out once for all panels that show a part of it. */
import { type ConnectionStory, connectionStory } from '../correlate/connection-story';
import { type LaneRecords } from '../correlate/lane';
import { chosenOf } from '../fetch/choose-request';
import { type Connections } from '../fetch/connection-records';

const told = new WeakMap<Connections, ConnectionStory>();

export function storyOf(connections: Connections): ConnectionStory {
  const before = told.get(connections);
  if (before !== undefined) {
    return before;
  }
  const story = connectionStory({
    lanes: lanesOf(connections),
    requestId: chosenOf(connections)[0]?.record.request_id,
    nameResolution: connections.nameLookUps,
  });
  told.set(connections, story);
  return story;
}

/** A lane a connection at a NIC, with or without packets. */
export function lanesOf({ spans, chunks, packets }: Connections): readonly LaneRecords[] {
  const ids = new Set([...packets, ...chunks, ...spans].map(({ record }) => record.inner_traceid));
  return [...ids].map((lane) => ({
    lane,
    packets: packets.map(({ record }) => record).filter((record) => record.inner_traceid === lane),
    chunks: chunks.map(({ record }) => record).filter((record) => record.inner_traceid === lane),
    spans: spans.filter(({ record }) => record.inner_traceid === lane),
  }));
}
