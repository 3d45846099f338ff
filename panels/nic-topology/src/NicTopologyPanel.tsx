import { type DataFrame, type PanelProps } from '@grafana/data';
import { FrameKind, HOP_NODE_COLUMNS } from '@bpfnet/flow-model/frames';
import React, { useMemo } from 'react';
import { findFrame, isRecord } from '../../shared/frame-fields';
import { PanelFrame } from '../../shared/PanelFrame';
import { linkTo } from '../../shared/panel-link';
import { edgeLinkFields } from './graph/model/edge-link-fields';
import { type Graph, type GraphEdge } from './graph/model/graph';
import { readGraph } from './graph/model/read-graph';
import { type PathNode } from './path/model/path';
import { readNicPath } from './path/model/read-path';
import { defaultOptions, type NicTopologyOptions } from './options';
import { GraphView } from './graph/view/GraphView';
import { NicPathView } from './path/view/NicPathView';

type Props = PanelProps<NicTopologyOptions>;

/** One request as a path, many as a graph: the frames say which. */
export function NicTopologyPanel(props: Props) {
  const { series } = props.data;
  return isGraph(series) ? <ManyRequests {...props} /> : <OneRequest {...props} />;
}

function isGraph(series: readonly DataFrame[]): boolean {
  const kinds: readonly unknown[] = series.map(({ meta }) => {
    const custom: unknown = meta?.custom;
    return isRecord(custom) ? custom.kind : undefined;
  });
  if (kinds.includes(FrameKind.NicGraphNodes) || kinds.includes(FrameKind.HopNodes)) {
    return !kinds.includes(FrameKind.HopNodes);
  }
  return !findFrame(series, FrameKind.HopNodes, HOP_NODE_COLUMNS).ok && readGraph(series).ok;
}

function OneRequest(props: Props) {
  const { data, options, width, height } = props;
  const path = useMemo(() => readNicPath(data.series), [data.series]);
  const { recordUrl, traceUrl } = { ...defaultOptions, ...options };
  const hrefOf = (node: PathNode) =>
    node.observed
      ? linkTo(props, recordUrl, { id: node.id, requestId: node.requestId, host: node.host, nicName: node.nicName })
      : undefined;
  return (
    <PanelFrame data={data} model={path} width={width} height={height}>
      {(value) => (
        <NicPathView
          path={value}
          width={width}
          hrefOf={hrefOf}
          traceHref={
            value.traceHref ?? linkTo(props, traceUrl, { traceId: value.traceId, requestId: value.nodes[0].requestId })
          }
        />
      )}
    </PanelFrame>
  );
}

function ManyRequests(props: Props) {
  const { data, options, width, height } = props;
  const graph = useMemo(() => readGraph(data.series), [data.series]);
  const { edgeUrl, level, colourBy, busiest } = { ...defaultOptions, ...options };
  const hrefOf = (shown: Graph, edge: GraphEdge) => {
    const fields = edgeLinkFields(shown, edge);
    return fields && linkTo(props, edgeUrl, fields);
  };
  return (
    <PanelFrame data={data} model={graph} width={width} height={height}>
      {(value) => (
        <GraphView
          graph={value}
          series={data.series}
          width={width}
          height={height}
          begin={{ level, metric: colourBy, top: busiest }}
          hrefOf={hrefOf}
        />
      )}
    </PanelFrame>
  );
}
