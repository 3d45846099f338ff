import { useEffect, useMemo, useState } from 'react';
import { type GraphLayout, layoutGraph } from '../../layout/graph/graph-layout';
import { type Graph } from '../../model/graph/graph';
import { layoutInWorker } from './elk-layout';

interface Placed {
  /** Of what these are the places. */
  readonly key: string;
  readonly layout: GraphLayout;
  /** By node id. */
  readonly heights: ReadonlyMap<string, number>;
}

/**
 * Places for a graph; undefined while a worker is at it, and while the panel's shape is not known. New numbers on the same nodes and edges leave all where it is; new nodes and edges leave
 * the others where they can.
 */
export function useGraphLayout(graph: Graph, aspect: number | undefined): GraphLayout | undefined {
  // One picture for panels of nearly one shape.
  const roundAspect = aspect && Math.max(0.25, Math.round(aspect * 4) / 4);
  const key = useMemo(() => `${roundAspect} ${shapeOf(graph)}`, [graph, roundAspect]);
  const [placed, setPlaced] = useState<Placed>();

  if (roundAspect !== undefined && graph.hasLayers && placed?.key !== key) {
    setPlaced(placedAs(key, graph, layoutGraph({ graph, aspect: roundAspect, before: placed?.heights })));
  }
  useEffect(() => {
    if (roundAspect === undefined || graph.hasLayers) {
      return;
    }
    return layoutInWorker(graph, (layout) =>
      setPlaced(placedAs(key, graph, layout ?? layoutGraph({ graph, aspect: roundAspect })))
    );
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key stands for all of the graph that places depend on
  }, [key]);
  return placed?.key === key ? placed.layout : undefined;
}

function shapeOf({ nodes, edges, hasLayers }: Graph): string {
  return JSON.stringify([hasLayers, nodes.map(({ id, order }) => [id, order]), edges.map((e) => [e.source, e.target])]);
}

function placedAs(key: string, { nodes }: Graph, layout: GraphLayout): Placed {
  return { key, layout, heights: new Map(nodes.map(({ id }, i) => [id, layout.y[i]])) };
}
