import type { Pruner } from '../pruner.js';

/**
 * Lets every trial run to its end, even one that is NaN.
 *
 * ```ts
 * const study = new Study({ space, pruner: noPruner() });
 * ```
 */
export function noPruner(): Pruner {
  return { name: 'none', options: {}, shouldPrune: () => false };
}
