/**
 * The frame contract between datasource and panels: kinds of frames, and a table of columns for each.
 *
 * The datasource puts these frames out; a panel reads them by field name and says what is missing, so that any other datasource can feed
 * it too (docs/generated/frames.md). Times in `time` fields are ms since the epoch as Grafana wants them; the exact time is in the field
 * named `tsNs`, decimal text.
 */
export * from './frames/frame-kind';
export * from './frames/hops';
export * from './frames/lists';
export * from './frames/nic-graph';
export * from './frames/packets';
export * from './frames/story';
