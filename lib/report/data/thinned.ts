/** Fewer of many: what no screen shows one by one. */

/**
 * Indices from 0 to count - 1, in order, the first and the last among them, as evenly as whole numbers allow.
 *
 * @param most 2 or more
 */
export function thinned(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}

/** JSON has no words for NaN and the infinities. */
export function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}
