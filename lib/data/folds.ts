import { isArray, isBigIntArray, isNumberArray, type NumberArray } from '../builtins.js';
import {
  describeValue,
  requireInteger,
  requireKnownKeys,
  requireObject,
  seedRule,
  withDefault,
} from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { allocateNumbers, requireMemory } from '../memory.js';
import { RandomStream } from '../random.js';

/** One label for each row, compared as `===` does. */
export type RowLabels = readonly (string | number | boolean)[] | NumberArray;

/** Options of `kFold`. */
export interface KFoldOptions {
  /**
   * 2 to as many as there are rows, or groups.
   *
   * @default 5
   */
  readonly folds?: number | undefined;
  /**
   * The class of each row: all folds get the same share of each class (stratified).
   *
   * @default none
   */
  readonly classes?: RowLabels | undefined;
  /**
   * The group of each row: rows of one group stay together, as those of one patient or one machine
   * must, which resemble each other more than what the model will see.
   *
   * @default none
   */
  readonly groups?: RowLabels | undefined;
  /**
   * Decides which rows come together, 32 bits.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
}

/** The numbers of rows, ascending. Each row is in one of the two. */
export interface Fold {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Cuts rows into folds for cross-validation: each row is in the `validation` of exactly one of them.
 * The rows are shuffled first. Folds differ by a row at most, and so do the rows of each class where
 * there are no groups; with groups they are as even as the groups allow.
 *
 * ```ts
 * const folds = kFold(labels.length, { folds: 10, classes: labels });
 * ```
 *
 * @throws ArgumentError, ShapeError; MemoryError when the folds do not fit into memory.
 */
export function kFold(rows: number, options: KFoldOptions = {}): Fold[] {
  requireInteger(rows, 'rows', { minimum: 2, maximum: mostNumbers });
  requireKnownKeys(
    requireObject(options, 'options'),
    ['folds', 'classes', 'groups', 'seed'],
    'options',
  );
  const folds = requireInteger(withDefault(options.folds, 5), 'folds', {
    minimum: 2,
    maximum: rows,
  });
  requireFewNumbers(rows, folds);
  requireMemory(4 * rows * (folds + 3), 'rows', `${rows} rows in ${folds} folds`);
  const seed = requireInteger(withDefault(options.seed, 0), 'seed', seedRule);
  const classes = numbered(options.classes, rows, 'classes');
  const groups =
    options.groups === undefined ? undefined : numbered(options.groups, rows, 'groups');
  const random = new RandomStream(seed);
  const foldOfRow = groups
    ? assignGroups(groups, classes, folds, random)
    : assignRows(classes, folds, random);
  return rowsOfFolds(foldOfRow, folds);
}

/** Numbers of rows in all folds together, each row being in each of them: 8 GiB. */
const mostNumbers = 2 ** 31;

function requireFewNumbers(rows: number, folds: number): void {
  if (rows * folds <= mostNumbers) return;
  throw new ArgumentError({
    path: 'rows',
    expected: `at most ${mostNumbers} numbers of rows in all folds together`,
    received: `${rows} rows in ${folds} folds`,
    remedy: 'Take fewer folds, or a sample of the rows.',
  });
}

/** @throws MemoryError */
function rowsOfFolds(foldOfRow: Uint32Array, folds: number): Fold[] {
  const counts = new Uint32Array(folds);
  for (const fold of foldOfRow) increase(counts, fold, 1);
  return Array.from(counts, (count, fold) => {
    const training = allocateRows(foldOfRow.length - count);
    const validation = allocateRows(count);
    let [trained, validated] = [0, 0];
    foldOfRow.forEach((other, row) => {
      if (other === fold) validation[validated++] = row;
      else training[trained++] = row;
    });
    return { training, validation };
  });
}

function allocateRows(count: number): Uint32Array {
  return allocateNumbers(Uint32Array, count, 'rows', `${count} numbers of rows`);
}

/** Equal labels get equal numbers, from 0 on; without labels all rows are of one. */
interface Numbered {
  readonly ofRow: Uint32Array;
  readonly count: number;
}

function numbered(labels: RowLabels | undefined, rows: number, path: string): Numbered {
  if (labels === undefined) return { ofRow: allocateRows(rows), count: 1 };
  if (!isArray(labels) && !isNumberArray(labels) && !isBigIntArray(labels)) {
    throw new ArgumentError({
      path,
      expected: 'an array with a label for each row',
      received: describeValue(labels),
    });
  }
  if (labels.length !== rows) {
    throw new ShapeError({
      path,
      expected: `${rows} labels, one for each row`,
      received: String(labels.length),
    });
  }
  const numbers = new Map<unknown, number>();
  const ofRow = allocateRows(rows);
  for (let row = 0; row < rows; row++) {
    const label: unknown = labels[row];
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    ofRow[row] = number;
  }
  return { ofRow, count: numbers.size };
}

/** Deals the shuffled rows out like cards, one class after the other. */
function assignRows({ ofRow, count }: Numbered, folds: number, random: RandomStream): Uint32Array {
  // The position of the next row of each class, were the rows sorted by their classes.
  const positions = new Uint32Array(count + 1);
  for (const kind of ofRow) increase(positions, kind + 1, 1);
  for (let kind = 0; kind < count; kind++) increase(positions, kind + 1, positions[kind] ?? 0);
  const rows = ofRow.length;
  const foldOfRow = allocateRows(rows);
  for (const row of random.permutation(rows)) {
    const kind = ofRow[row] ?? 0;
    foldOfRow[row] = (positions[kind] ?? 0) % folds;
    increase(positions, kind, 1);
  }
  return foldOfRow;
}

/**
 * The largest groups first, each into the fold where it raises the least the sum, over folds and
 * classes, of the squared shares of a class: the more even they are, the smaller that is.
 */
function assignGroups(
  groups: Numbered,
  classes: Numbered,
  folds: number,
  random: RandomStream,
): Uint32Array {
  if (groups.count < folds) {
    throw new ArgumentError({
      path: 'groups',
      expected: `at least as many groups as folds, ${folds}`,
      received: String(groups.count),
    });
  }
  const totals = new Uint32Array(classes.count);
  const counts = Array.from({ length: groups.count }, () => new Map<number, number>());
  const sizes = new Uint32Array(groups.count);
  groups.ofRow.forEach((group, row) => {
    const kind = classes.ofRow[row] ?? 0;
    addTo(counts[group], kind, 1);
    increase(totals, kind, 1);
    increase(sizes, group, 1);
  });
  // The sort keeps the order of equal ones.
  const order = random.permutation(groups.count).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const held = Array.from({ length: folds }, () => new Map<number, number>());
  const foldOfGroup = new Uint32Array(groups.count);
  for (const group of order) {
    // In the order of the classes, as sums depend on it.
    const added = [...(counts[group] ?? [])].sort(([a], [b]) => a - b);
    const fold = leastOf(held, (before) => riseOf(before, added, totals));
    foldOfGroup[group] = fold;
    for (const [kind, count] of added) addTo(held[fold], kind, count);
  }
  return groups.ofRow.map((group) => foldOfGroup[group] ?? 0);
}

/** The number of the first item with the least value. */
function leastOf<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  let least = 0;
  let leastValue = Number.POSITIVE_INFINITY;
  for (const [index, item] of items.entries()) {
    const value = measure(item);
    if (value < leastValue) [least, leastValue] = [index, value];
  }
  return least;
}

/** Rows of each class. */
type Counts = ReadonlyMap<number, number>;

function riseOf(
  before: Counts,
  added: readonly (readonly [kind: number, count: number])[],
  totals: Uint32Array,
): number {
  return added.reduce((sum, [kind, count]) => {
    const [held, total] = [before.get(kind) ?? 0, totals[kind] ?? 1];
    return sum + ((held + count) ** 2 - held ** 2) / total ** 2;
  }, 0);
}

function addTo(counts: Map<number, number> | undefined, kind: number, by: number): void {
  counts?.set(kind, (counts.get(kind) ?? 0) + by);
}

function increase(counts: Uint32Array | undefined, index: number, by: number): void {
  if (counts) counts[index] = (counts[index] ?? 0) + by;
}
