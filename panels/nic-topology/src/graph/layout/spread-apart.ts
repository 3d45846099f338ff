/**
 * Places as near as can be to where each wishes to be, in order and at least `gap` apart: isotonic regression by pooling neighbours
 * that come too close (pool adjacent violators). O(n).
 */
export function spreadApart(wishes: ArrayLike<number>, gap: number): Float64Array {
  const count = wishes.length;
  // Without the gaps that lie before it, each place may be no smaller than the one before.
  const means = new Float64Array(count);
  const sizes = new Int32Array(count);
  let pools = 0;
  for (let i = 0; i < count; i++) {
    means[pools] = wishes[i] - i * gap;
    sizes[pools] = 1;
    pools++;
    while (pools > 1 && means[pools - 2] > means[pools - 1]) {
      const size = sizes[pools - 2] + sizes[pools - 1];
      means[pools - 2] = (means[pools - 2] * sizes[pools - 2] + means[pools - 1] * sizes[pools - 1]) / size;
      sizes[pools - 2] = size;
      pools--;
    }
  }
  const places = new Float64Array(count);
  let at = 0;
  for (let pool = 0; pool < pools; pool++) {
    for (let i = 0; i < sizes[pool]; i++, at++) {
      places[at] = means[pool] + at * gap;
    }
  }
  return places;
}
