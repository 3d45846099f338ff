/** `frame.name` and `frame.meta.custom.kind` of what the datasource puts out. */
export const FrameKind = {
  L7List: 'bpfnet-l7-list',
  L4List: 'bpfnet-l4-list',
  Packets: 'bpfnet-packets',
  HopNodes: 'bpfnet-hop-nodes',
  HopEdges: 'bpfnet-hop-edges',
  Verdict: 'bpfnet-verdict',
  VerdictParts: 'bpfnet-verdict-parts',
  Losses: 'bpfnet-losses',
  Caveats: 'bpfnet-caveats',
  StoryRequests: 'bpfnet-story-requests',
  NicGraphNodes: 'bpfnet-nic-graph-nodes',
  NicGraphEdges: 'bpfnet-nic-graph-edges',
  Records: 'bpfnet-records',
  RelatedLogs: 'bpfnet-related-logs',
  RelatedCounts: 'bpfnet-related-counts',
  NicSpans: 'bpfnet-nic-spans',
  Events: 'bpfnet-events',
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];
