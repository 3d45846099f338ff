import { useEffect, useMemo, useState } from 'react';
import { type GraphLayout, layoutGraph } from '../layout/graph-layout';
import { type Graph } from '../model/graph';
import { layoutInWorker, type WorkerFailure } from './elk-layout';

interface Placed {
  /** Of the graph and shape that were laid out. */
  readonly key: string;
  readonly layout: GraphLayout;
  /** By node id. */
  readonly heights: ReadonlyMap<string, number>;
  readonly failure?: WorkerFailure;
}

interface LaidOut {
  readonly layout: GraphLayout | undefined;
  /** Why it is simpler than it should be; '' where it is not. */
  readonly note: string;
}

const FAILURES: Readonly<Record<WorkerFailure, string>> = {
  'no-worker': 'The layout worker could not start',
  'too-long': 'The layout took too long',
  failed: 'The layout worker failed on this graph',
};

/**
 * The layout of a graph; undefined while a worker computes it, and while the panel's shape is unknown. New numbers on the same nodes and edges
 * leave everything in place; new nodes and edges leave the others where they can.
 */
export function useGraphLayout(graph: Graph, aspect: number | undefined, widthPx: number): LaidOut {
  // One picture for panels of nearly one shape.
  const roundAspect = aspect && Math.max(0.25, Math.round(aspect * 4) / 4);
  const roundWidth = Math.round(widthPx / 100) * 100;
  const key = useMemo(() => `${roundAspect} ${roundWidth} ${shapeOf(graph)}`, [graph, roundAspect, roundWidth]);
  const [placed, setPlaced] = useState<Placed>();

  if (roundAspect !== undefined && graph.hasLayers && placed?.key !== key) {
    setPlaced(
      placedAs(key, graph, layoutGraph({ graph, aspect: roundAspect, widthPx: roundWidth, before: placed?.heights }))
    );
  }
  useEffect(() => {
    if (roundAspect === undefined || graph.hasLayers) {
      return;
    }
    return layoutInWorker(graph, (result) =>
      setPlaced(
        result.kind === 'placed'
          ? placedAs(key, graph, result.layout)
          : {
              ...placedAs(key, graph, layoutGraph({ graph, aspect: roundAspect, widthPx: roundWidth })),
              failure: result.why,
            }
      )
    );
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key holds all of the graph that the layout depends on
  }, [key]);
  const current = placed?.key === key ? placed : undefined;
  return {
    layout: current?.layout,
    note: current?.failure === undefined ? '' : `${FAILURES[current.failure]}: nodes are in simple layers.`,
  };
}

function shapeOf({ nodes, edges, hasLayers }: Graph): string {
  return JSON.stringify([hasLayers, nodes.map(({ id, order }) => [id, order]), edges.map((e) => [e.source, e.target])]);
}

function placedAs(key: string, { nodes }: Graph, layout: GraphLayout): Placed {
  return { key, layout, heights: new Map(nodes.map(({ id }, i) => [id, layout.y[i]])) };
}
