/**
 * Order within layers by barycentre sweeps: each node goes to the mean place of its neighbours in the layers before, then in those after.
 * Places are shares of a layer's length, so that layers of any length compare and edges over several layers count.
 */
import { adjacency, type Ends } from './layers';

const SWEEPS = 8;

/**
 * @param layers of each node
 * @param begin earlier place of each node, kept where possible
 */
export function orderLayers(layers: Int32Array, edges: readonly Ends[], begin: Float64Array): number[][] {
  const count = layers.length;
  const lists: number[][] = [];
  for (let node = 0; node < count; node++) {
    (lists[layers[node]] ??= []).push(node);
  }
  const shares = new Float64Array(count);
  const settle = (list: readonly number[]) => list.forEach((node, i) => (shares[node] = (i + 0.5) / list.length));
  const filled = Array.from(lists, (list) => list ?? []);
  filled.forEach((list) => {
    list.sort((a, b) => begin[a] - begin[b] || a - b);
    settle(list);
  });

  const out = adjacency(count, edges, 'source', 'target');
  const into = adjacency(count, edges, 'target', 'source');
  const wish = new Float64Array(count);
  const sweep = (list: number[], before: boolean) => {
    for (const node of list) {
      let sum = 0;
      let known = 0;
      for (const neighbours of [out[node], into[node]]) {
        for (const other of neighbours) {
          if (before ? layers[other] < layers[node] : layers[other] > layers[node]) {
            sum += shares[other];
            known++;
          }
        }
      }
      wish[node] = known === 0 ? shares[node] : sum / known;
    }
    list.sort((a, b) => wish[a] - wish[b] || shares[a] - shares[b] || a - b);
    settle(list);
  };
  for (let i = 0; i < SWEEPS; i++) {
    filled.forEach((list) => sweep(list, true));
    [...filled].reverse().forEach((list) => sweep(list, false));
  }
  return filled;
}
