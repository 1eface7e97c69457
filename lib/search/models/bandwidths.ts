/**
 * How wide the kernels of a Parzen estimator are along a dimension.
 *
 * @param units the coordinates of its points, in [0, 1].
 * @param dimensions of the space.
 * @returns a standard deviation for each of them, as a share of the range, at most 1.
 */
export type Bandwidths = (units: Float64Array, dimensions: number) => Float64Array;

/**
 * The same for all points, by Scott's rule (1992) for densities of several dimensions, with a tenth of
 * the range in the place of the standard deviation. For points that lie anywhere: the gaps between
 * them say nothing, and a smooth density does not take them for discoveries.
 */
export const commonBandwidth: Bandwidths = (units, dimensions) => {
  const scott = 0.1 * units.length ** (-1 / (dimensions + 4));
  return units.map(() => Math.max(scott, 1 / (units.length + 2), 0.01));
};

/**
 * That of each point is the distance to the farther one of its neighbours along the dimension (Bergstra
 * et al. 2011): wide where the points have not agreed yet, narrow where they have. The least width
 * shrinks with their number as Watanabe (2023, arXiv:2304.11127) clips it, but more slowly and not as
 * far, so that few points do not draw a search to themselves. The ends of the range are no neighbours.
 */
export const neighbourBandwidths: Bandwidths = (units) => {
  const count = units.length;
  const least = Math.max((1 + count) ** -1.5, 0.05);
  const widths = new Float64Array(count);
  const order = [...units.keys()];
  order.sort((a, b) => (units[a] ?? 0) - (units[b] ?? 0));
  order.forEach((index, rank) => {
    const unit = units[index] ?? 0;
    // A single point has nothing but the ends.
    const [first, last] = count === 1 ? [0, 1] : [unit, unit];
    const before = units[order[rank - 1] ?? -1] ?? first;
    const after = units[order[rank + 1] ?? -1] ?? last;
    widths[index] = Math.max(unit - before, after - unit, least);
  });
  return widths;
};
