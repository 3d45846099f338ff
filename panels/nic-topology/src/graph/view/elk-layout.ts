/**
 * Graphs without layers of their own go to ELK's layered algorithm, in a worker whose file lies beside the plugin's module. A page may not
 * start a worker from another origin, as when a CDN serves plugins: then a worker of the page's own origin loads that file.
 */
import ELK, { type ElkNode } from 'elkjs/lib/elk-api';
import { cardSizeFor } from '../layout/card-size';
import { type GraphLayout } from '../layout/graph-layout';
import { type Graph } from '../model/graph';

declare const __webpack_public_path__: string | undefined;

const WORKER_FILE = 'elk-worker.min.js';
const TIMEOUT_MS = 20_000;

/** Why there is no layout. */
export type WorkerFailure = 'no-worker' | 'too-long' | 'failed';

type WorkerResult =
  | { readonly kind: 'placed'; readonly layout: GraphLayout }
  | { readonly kind: 'not-placed'; readonly why: WorkerFailure };

/** @returns stops the work; `done` is then not called */
export function layoutInWorker(graph: Graph, done: (result: WorkerResult) => void): () => void {
  let stopAttempt: () => void = () => undefined;
  const end = (result: WorkerResult) => {
    stop();
    done(result);
  };
  const late = setTimeout(() => end({ kind: 'not-placed', why: 'too-long' }), TIMEOUT_MS);
  const stop = () => {
    clearTimeout(late);
    stopAttempt();
  };
  const attempt = ([start, ...others]: ReadonlyArray<() => Worker>) => {
    stopAttempt();
    if (start === undefined) {
      end({ kind: 'not-placed', why: 'no-worker' });
      return;
    }
    stopAttempt = placeWith(start, graph, {
      done: end,
      // Whether a worker may start turns out only after it was asked for.
      refused: () => attempt(others),
    });
  };
  const soon = setTimeout(() => attempt(workerStarts()), 0);
  return () => {
    clearTimeout(soon);
    stop();
  };
}

interface AttemptEnd {
  readonly done: (result: WorkerResult) => void;
  readonly refused: () => void;
}

/** @returns stops the work */
function placeWith(start: () => Worker, graph: Graph, { done, refused }: AttemptEnd): () => void {
  let open = true;
  let worker: Worker;
  const once = (then: () => void) => {
    if (open) {
      open = false;
      then();
    }
  };
  try {
    worker = start();
  } catch {
    const soon = setTimeout(refused, 0);
    return () => clearTimeout(soon);
  }
  worker.addEventListener('error', () => once(refused));
  const elk = new ELK({ workerFactory: () => worker });
  elk.layout(elkGraph(graph)).then(
    (placed) => {
      const layout = layoutOf(placed, graph.nodes.length);
      once(() => done(layout ? { kind: 'placed', layout } : { kind: 'not-placed', why: 'failed' }));
    },
    () => once(() => done({ kind: 'not-placed', why: 'failed' }))
  );
  return () => {
    open = false;
    worker.terminate();
  };
}

/** In the order in which they are tried; empty where there are no workers, as in tests. */
function workerStarts(): ReadonlyArray<() => Worker> {
  if (typeof __webpack_public_path__ !== 'string' || typeof Worker === 'undefined') {
    return [];
  }
  const url = new URL(__webpack_public_path__ + WORKER_FILE, document.baseURI).href;
  const own = () => {
    const source = new Blob([`importScripts(${JSON.stringify(url)});`], { type: 'text/javascript' });
    const address = URL.createObjectURL(source);
    const worker = new Worker(address);
    worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true });
    return worker;
  };
  return [() => new Worker(url), own];
}

function elkGraph({ nodes, edges }: Graph): ElkNode {
  const { width, height } = cardSizeFor(nodes.length);
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
    children: nodes.map((_node, i) => ({ id: `n${i}`, width, height })),
    edges: edges.map(({ source, target }, i) => ({ id: `e${i}`, sources: [`n${source}`], targets: [`n${target}`] })),
  };
}

function layoutOf({ children = [], width = 1, height = 1 }: ElkNode, count: number): GraphLayout | undefined {
  if (children.length !== count) {
    return undefined;
  }
  const card = cardSizeFor(count);
  return {
    x: Float64Array.from(children, ({ x = 0 }) => x + card.width / 2),
    y: Float64Array.from(children, ({ y = 0 }) => y + card.height / 2),
    width,
    height,
    card,
    bands: new Int32Array(count),
    gutters: new Map(),
  };
}
