/**
 * Layers of a graph whose edges lead from client to server. Where the place on the path is known, that is the layer. Else it is how far
 * a node lies between those where requests begin and those where they end, by the shortest ways: NICs that carry traffic both ways
 * (bridges, uplinks) end up in the middle, where the longest way through all cycles would tear the graph apart.
 *
 * Depends on nothing but the order of nodes and edges' ends, so that the same graph has the same layers at every refresh.
 * O(nodes + edges).
 */
export interface Ends {
  readonly source: number;
  readonly target: number;
}

/** From 0; none is empty. */
export function layersOf(count: number, edges: readonly Ends[], order: ReadonlyArray<number | null> = []): Int32Array {
  const into = adjacency(count, edges, 'target', 'source');
  const out = adjacency(count, edges, 'source', 'target');
  const fromBegin = distances(out, into);
  const toEnd = distances(into, out);
  let longest = 0;
  for (let node = 0; node < count; node++) {
    longest = Math.max(longest, fromBegin[node] + toEnd[node]);
  }
  const places = Int32Array.from({ length: count }, (_v, node) => {
    const known = order[node];
    const way = fromBegin[node] + toEnd[node];
    const place = typeof known === 'number' ? known : way === 0 ? 0 : (fromBegin[node] / way) * longest;
    return Math.max(0, Math.round(place));
  });
  return apartWithin(places, edges, fromBegin);
}

/** Layers with edges inside of them (bridge, tunnel and uplink of one host) are taken apart by how far from the beginning nodes lie. */
function apartWithin(places: Int32Array, edges: readonly Ends[], fromBegin: Int32Array): Int32Array {
  const inside = edges.filter(({ source, target }) => source !== target && places[source] === places[target]);
  const mixed = new Set(inside.map(({ source }) => places[source]));
  const steps = fromBegin.reduce((most, step) => Math.max(most, step), 0) + 1;
  const keys = places.map((place, node) => place * steps + (mixed.has(place) ? fromBegin[node] : 0));
  const ranks = new Map([...new Set(keys)].sort((a, b) => a - b).map((key, rank) => [key, rank]));
  return keys.map((key) => ranks.get(key) ?? 0);
}

/** Steps along `out` from the nearest node that nothing leads to; of a cycle that nothing leads to, from its first node. */
function distances(out: ReadonlyArray<readonly number[]>, into: ReadonlyArray<readonly number[]>): Int32Array {
  const steps = new Int32Array(out.length).fill(-1);
  const walk = (starts: readonly number[]) => {
    const queue = [...starts];
    starts.forEach((node) => (steps[node] = 0));
    for (let i = 0; i < queue.length; i++) {
      for (const next of out[queue[i]]) {
        if (steps[next] < 0) {
          steps[next] = steps[queue[i]] + 1;
          queue.push(next);
        }
      }
    }
  };
  walk([...out.keys()].filter((node) => into[node].length === 0));
  // What is left is on cycles or behind them: begin where the most edges leave beyond those that arrive.
  const left = [...out.keys()].filter((node) => steps[node] < 0);
  left.sort((a, b) => out[b].length - into[b].length - (out[a].length - into[a].length) || a - b);
  left.forEach((node) => steps[node] < 0 && walk([node]));
  return steps;
}

export function adjacency(
  count: number,
  edges: readonly Ends[],
  from: keyof Ends,
  to: keyof Ends
): ReadonlyArray<readonly number[]> {
  const lists: number[][] = Array.from({ length: count }, () => []);
  edges.forEach((edge) => edge.source !== edge.target && lists[edge[from]].push(edge[to]));
  return lists;
}
