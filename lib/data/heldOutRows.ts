import { RandomStream } from '../random.js';

/** Which rows of a table are kept from the training: marks of 1 among zeros, shape (rows). */

/**
 * A share of the rows, drawn at random; of each class its share, where there are classes, so that the rare ones are
 * on both sides as far as their rows go.
 *
 * @param classes the number of the class of each row
 */
export function drawnRows(
  rows: number,
  share: number,
  seed: number,
  classes: Int32Array | null,
): Uint8Array {
  const heldOut = new Uint8Array(rows);
  const wanted = wantedOfClasses(classes ?? new Int32Array(rows), Math.floor(rows * share));
  for (const row of new RandomStream(seed, splitKey).permutation(rows)) {
    const kind = classes?.[row] ?? 0;
    const left = wanted[kind] ?? 0;
    if (left <= 0) continue;
    heldOut[row] = 1;
    wanted[kind] = left - 1;
  }
  return heldOut;
}

/** Tells this use of a seed from others. */
const splitKey = 0x5a11;

/**
 * How many rows of each class are held out: its share, of which the largest remainders are rounded up. A class of two
 * rows or more keeps one on each side where there are enough, and one of a single row keeps it where it trains.
 */
function wantedOfClasses(classes: Int32Array, count: number): number[] {
  const sizes: number[] = [];
  for (const kind of classes) sizes[kind] = (sizes[kind] ?? 0) + 1;
  const quotas = Array.from(sizes, (size = 0) => (count * size) / classes.length);
  const validatesEach = count >= sizes.filter((size) => size > 1).length;
  const least = (kind: number): number => (validatesEach && (sizes[kind] ?? 0) > 1 ? 1 : 0);
  const most = (kind: number): number => Math.max(0, (sizes[kind] ?? 0) - 1);
  const wanted = quotas.map((quota, kind) =>
    Math.min(most(kind), Math.max(least(kind), Math.floor(quota))),
  );
  settle(wanted, quotas, count, least, most);
  // Where too few rows are left that way, classes lose their last row.
  settle(
    wanted,
    quotas,
    count,
    () => 0,
    (kind) => sizes[kind] ?? 0,
  );
  return wanted;
}

/** Moves the numbers by one, those that are the furthest from their quotas first, until their sum is right. */
function settle(
  wanted: number[],
  quotas: readonly number[],
  count: number,
  least: (kind: number) => number,
  most: (kind: number) => number,
): void {
  let missing = count - wanted.reduce((sum, number) => sum + number, 0);
  const step = Math.sign(missing);
  const gaps = quotas.map((quota, kind) => step * (quota - (wanted[kind] ?? 0)));
  // The sort keeps the order of equal ones.
  const order = Array.from(wanted.keys()).sort((a, b) => (gaps[b] ?? 0) - (gaps[a] ?? 0));
  for (let moved = true; missing !== 0 && moved; ) {
    moved = false;
    for (const kind of order) {
      const own = wanted[kind] ?? 0;
      if (missing === 0) return;
      if (step > 0 ? own >= most(kind) : own <= least(kind)) continue;
      wanted[kind] = own + step;
      missing -= step;
      moved = true;
    }
  }
}

/** The last rows, which are the newest where a table is in the order of time. */
export function lastRows(rows: number, count: number): Uint8Array {
  return new Uint8Array(rows).fill(1, Math.max(0, rows - count));
}

/**
 * Whole groups, drawn at random until a share of the rows is reached as nearly as they allow. One group at least is
 * on each side, where there are two.
 *
 * @param groups the number of the group of each row
 */
export function drawnGroups(groups: Int32Array, share: number, seed: number): Uint8Array {
  const sizes: number[] = [];
  for (const group of groups) sizes[group] = (sizes[group] ?? 0) + 1;
  const count = groups.length * share;
  const held = new Set<number>();
  let rows = 0;
  for (const group of new RandomStream(seed, splitKey).permutation(sizes.length)) {
    const size = sizes[group] ?? 0;
    const isNearer = Math.abs(rows + size - count) <= Math.abs(rows - count);
    if ((held.size > 0 && !isNearer) || held.size + 1 >= sizes.length) continue;
    held.add(group);
    rows += size;
  }
  return Uint8Array.from(groups, (group) => (held.has(group) ? 1 : 0));
}
