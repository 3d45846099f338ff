/**
 * Graphs that say nothing of layers go to ELK's layered algorithm, in a worker of its own that lies beside the plugin's module.
 * Where no worker can be had (a policy of the page, a file that is missing) or it takes too long, the answer is undefined.
 */
import ELK, { type ElkNode } from 'elkjs/lib/elk-api';
import { type GraphLayout, NODE_HEIGHT, NODE_WIDTH } from '../../layout/graph/graph-layout';
import { type Graph } from '../../model/graph/graph';

declare const __webpack_public_path__: string | undefined;

const WORKER_FILE = 'elk-worker.min.js';
const PATIENCE_MS = 20_000;

/** @returns stops the work; `done` is then not called */
export function layoutInWorker(graph: Graph, done: (layout: GraphLayout | undefined) => void): () => void {
  const worker = startWorker();
  if (worker === undefined) {
    const soon = setTimeout(() => done(undefined), 0);
    return () => clearTimeout(soon);
  }
  let open = true;
  const end = (layout: GraphLayout | undefined) => {
    if (open) {
      open = false;
      clearTimeout(late);
      worker.terminate();
      done(layout);
    }
  };
  const late = setTimeout(() => end(undefined), PATIENCE_MS);
  worker.addEventListener('error', () => end(undefined));
  const elk = new ELK({ workerFactory: () => worker });
  elk.layout(elkGraph(graph)).then(
    (placed) => end(layoutOf(placed, graph.nodes.length)),
    () => end(undefined)
  );
  return () => {
    open = false;
    clearTimeout(late);
    worker.terminate();
  };
}

function startWorker(): Worker | undefined {
  try {
    const folder = typeof __webpack_public_path__ === 'string' ? __webpack_public_path__ : undefined;
    return folder === undefined || typeof Worker === 'undefined' ? undefined : new Worker(folder + WORKER_FILE);
  } catch {
    return undefined;
  }
}

function elkGraph({ nodes, edges }: Graph): ElkNode {
  return {
    id: 'graph',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.layered.spacing.nodeNodeBetweenLayers': '110',
      'elk.spacing.nodeNode': '16',
      'elk.layered.thoroughness': nodes.length > 300 ? '1' : '7',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.edgeRouting': 'POLYLINE',
    },
    children: nodes.map((_node, i) => ({ id: `n${i}`, width: NODE_WIDTH, height: NODE_HEIGHT })),
    edges: edges.map(({ source, target }, i) => ({ id: `e${i}`, sources: [`n${source}`], targets: [`n${target}`] })),
  };
}

function layoutOf({ children = [], width = 1, height = 1 }: ElkNode, count: number): GraphLayout | undefined {
  if (children.length !== count) {
    return undefined;
  }
  return {
    x: Float64Array.from(children, ({ x = 0 }) => x + NODE_WIDTH / 2),
    y: Float64Array.from(children, ({ y = 0 }) => y + NODE_HEIGHT / 2),
    width,
    height,
  };
}
