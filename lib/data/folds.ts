import type { NumberArray } from '../builtins.js';
import {
  describeValue,
  requireInteger,
  requireKnownKeys,
  requireObject,
  seedRule,
  withDefault,
} from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { RandomStream } from '../random.js';

/** One label for each row, compared as `===` does. */
export type RowLabels = readonly (string | number | boolean)[] | NumberArray;

/** Options of `kFold`. */
export interface KFoldOptions {
  /** 2 to as many as there are rows, or groups. Default 5. */
  readonly folds?: number | undefined;
  /** The class of each row: all folds get the same share of each class (stratified). Default none. */
  readonly classes?: RowLabels | undefined;
  /**
   * The group of each row: rows of one group stay together, as those of one patient or one machine
   * must, which resemble each other more than what the model will see. Default none.
   */
  readonly groups?: RowLabels | undefined;
  /** Decides which rows come together, 32 bits. Default 0. */
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
 * @throws ArgumentError, ShapeError
 */
export function kFold(rows: number, options: KFoldOptions = {}): Fold[] {
  requireInteger(rows, 'rows', { minimum: 2, maximum: 2 ** 32 - 1 });
  requireKnownKeys(
    requireObject(options, 'options'),
    ['folds', 'classes', 'groups', 'seed'],
    'options',
  );
  const folds = requireInteger(withDefault(options.folds, 5), 'folds', {
    minimum: 2,
    maximum: rows,
  });
  const seed = requireInteger(withDefault(options.seed, 0), 'seed', seedRule);
  const classes = numbered(options.classes, rows, 'classes');
  const groups = options.groups && numbered(options.groups, rows, 'groups');
  const random = new RandomStream(seed);
  const foldOfRow = groups
    ? assignGroups(groups, classes, folds, random)
    : assignRows(classes, folds, random);
  return Array.from({ length: folds }, (_, fold) => {
    const count = foldOfRow.reduce((sum, other) => sum + (other === fold ? 1 : 0), 0);
    const [training, validation] = [new Uint32Array(rows - count), new Uint32Array(count)];
    let [trained, validated] = [0, 0];
    foldOfRow.forEach((other, row) => {
      if (other === fold) validation[validated++] = row;
      else training[trained++] = row;
    });
    return { training, validation };
  });
}

/** Equal labels get equal numbers, from 0 on; without labels all rows are of one. */
interface Numbered {
  readonly ofRow: Uint32Array;
  readonly count: number;
}

function numbered(labels: RowLabels | undefined, rows: number, path: string): Numbered {
  if (labels === undefined) return { ofRow: new Uint32Array(rows), count: 1 };
  if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) {
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
  const ofRow = Uint32Array.from({ length: rows }, (_, row) => {
    const label = labels[row];
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    return number;
  });
  return { ofRow, count: numbers.size };
}

/** Deals the shuffled rows out like cards, one class after the other. */
function assignRows({ ofRow }: Numbered, folds: number, random: RandomStream): Uint32Array {
  const shuffled = [...random.permutation(ofRow.length)];
  // The sort keeps the order of equal ones.
  const order = shuffled.sort((a, b) => (ofRow[a] ?? 0) - (ofRow[b] ?? 0));
  const foldOfRow = new Uint32Array(ofRow.length);
  order.forEach((row, position) => {
    foldOfRow[row] = position % folds;
  });
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
  const counts = Array.from({ length: groups.count }, () => new Uint32Array(classes.count));
  const totals = new Uint32Array(classes.count);
  groups.ofRow.forEach((group, row) => {
    const kind = classes.ofRow[row] ?? 0;
    increase(counts[group], kind, 1);
    increase(totals, kind, 1);
  });
  const sizes = counts.map((of) => of.reduce((sum, count) => sum + count, 0));
  const order = [...random.permutation(groups.count)];
  order.sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const held = Array.from({ length: folds }, () => new Uint32Array(classes.count));
  const foldOfGroup = new Uint32Array(groups.count);
  for (const group of order) {
    const added = counts[group] ?? totals;
    const rises = held.map((before) => riseOf(before, added, totals));
    const fold = rises.indexOf(Math.min(...rises));
    foldOfGroup[group] = fold;
    added.forEach((count, kind) => {
      increase(held[fold], kind, count);
    });
  }
  return groups.ofRow.map((group) => foldOfGroup[group] ?? 0);
}

function riseOf(before: Uint32Array, added: Uint32Array, totals: Uint32Array): number {
  return added.reduce((sum, count, kind) => {
    const [held, total] = [before[kind] ?? 0, totals[kind] ?? 1];
    return sum + ((held + count) ** 2 - held ** 2) / total ** 2;
  }, 0);
}

function increase(counts: Uint32Array | undefined, index: number, by: number): void {
  if (counts) counts[index] = (counts[index] ?? 0) + by;
}
