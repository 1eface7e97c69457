import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fold, kFold } from '../../lib/index.js';

/** How many rows of each label are validated in each fold. */
function countsOf(folds: readonly Fold[], labels: readonly (string | number)[]) {
  return folds.map(({ validation }) => {
    const counts = new Map<string | number, number>();
    for (const row of validation) {
      const label = labels[row] ?? '';
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    return counts;
  });
}

function spread(numbers: readonly number[]): number {
  return Math.max(...numbers) - Math.min(...numbers);
}

describe('k folds', () => {
  test('have each row once for validation, and else for training, ascending', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 60 });
    const property = fc.property(labels, fc.integer({ min: 2, max: 6 }), (classes, count) => {
      const folds = kFold(classes.length, { folds: count, classes });
      expect(folds).toHaveLength(count);
      const all = folds.flatMap(({ validation }) => [...validation]);
      expect(all.sort((a, b) => a - b)).toEqual([...classes.keys()]);
      for (const { training, validation } of folds) {
        expect([...training, ...validation].sort((a, b) => a - b)).toEqual([...classes.keys()]);
        expect([...training].sort((a, b) => a - b)).toEqual([...training]);
        expect([...validation].sort((a, b) => a - b)).toEqual([...validation]);
      }
      expect(spread(folds.map(({ validation }) => validation.length))).toBeLessThanOrEqual(1);
      for (const label of new Set(classes)) {
        const counts = countsOf(folds, classes).map((of) => of.get(label) ?? 0);
        expect(spread(counts)).toBeLessThanOrEqual(1);
      }
    });
    fc.assert(property, { numRuns: 50 });
  });

  test('are five by default, shuffled, and depend on the seed alone', () => {
    const folds = kFold(100);
    expect(folds.map(({ validation }) => validation.length)).toEqual([20, 20, 20, 20, 20]);
    expect(kFold(100)).toEqual(folds);
    expect(kFold(100, { seed: 1 })).not.toEqual(folds);
    // Not the first 20 rows, nor every fifth.
    const gaps = [...(folds[0]?.validation ?? [])].map((row, i, rows) => row - (rows[i - 1] ?? 0));
    expect(new Set(gaps).size).toBeGreaterThan(3);
  });

  test('keep the rows of a group together, and are as even as that allows', () => {
    // 40 groups of 1 to 10 rows.
    const groups = Array.from({ length: 40 }, (_, group) =>
      Array.from({ length: 1 + (group % 10) }, () => `patient ${group}`),
    ).flat();
    const folds = kFold(groups.length, { folds: 4, groups });
    for (const { training, validation } of folds) {
      const trained = new Set([...training].map((row) => groups[row]));
      expect([...validation].some((row) => trained.has(groups[row]))).toBe(false);
    }
    expect(spread(folds.map(({ validation }) => validation.length))).toBeLessThanOrEqual(1);
  });

  test('share the classes out too, where whole groups allow it', () => {
    const groups = Array.from({ length: 240 }, (_, row) => Math.floor(row / 6));
    // Every third group is of the rare class.
    const classes = groups.map((group) => (group % 3 === 0 ? 'rare' : 'common'));
    const folds = kFold(groups.length, { folds: 5, groups, classes });
    for (const label of ['rare', 'common']) {
      const counts = countsOf(folds, classes).map((of) => of.get(label) ?? 0);
      expect(spread(counts)).toBeLessThanOrEqual(6);
    }
  });

  test.each<[number, object, string]>([
    [1, {}, 'rows: expected an integer, 2 to'],
    [10, { folds: 1 }, 'folds: expected an integer, 2 to 10, received 1'],
    [10, { folds: 11 }, 'folds: expected an integer, 2 to 10, received 11'],
    [3, { folds: 2, classes: [0, 1] }, 'classes: expected 3 labels, one for each row, received 2'],
    [3, { folds: 2, groups: 'abc' }, 'groups: expected an array with a label for each row'],
    [4, { folds: 3, groups: [1, 1, 2, 2] }, 'groups: expected at least as many groups as folds, 3'],
    [4, { fold: 3 }, 'fold: expected one of the options folds, classes, groups and seed'],
    [8, { seed: -1 }, 'seed: expected an integer'],
  ])('of %i rows refuse %o', (rows, options, message) => {
    expect(() => kFold(rows, options)).toThrow(message);
  });
});

test('folds of more rows than memory holds are refused before any is taken', () => {
  const message = 'rows: expected at most 2147483648 numbers of rows in all folds together';
  for (const [rows, folds] of [
    [2 ** 31, 2],
    [1e6, 1e6],
  ] as const) {
    expect(() => kFold(rows, { folds })).toThrow(message);
  }
  expect(() => kFold(2 ** 32 - 1)).toThrow('rows: expected an integer, 2 to 2147483648');
});

test('labels may be booleans, and of any typed array; groups are no exception', () => {
  const labels = [0, 1, 1, 0, 1, 0, 0, 1];
  const expected = kFold(8, { folds: 2, classes: labels });
  for (const classes of [labels.map(Boolean), Int8Array.from(labels), Uint16Array.from(labels)]) {
    expect(kFold(8, { folds: 2, classes })).toEqual(expected);
  }
  for (const groups of [null, 0, '', new DataView(new ArrayBuffer(8))]) {
    expect(() => kFold(8, { groups: groups as never })).toThrow('groups: expected an array');
  }
});

test('many groups of many classes need no table of both', () => {
  const rows = 20_000;
  const each = Array.from({ length: rows }, (_, row) => row);
  const folds = kFold(rows, { folds: 4, classes: each, groups: each });
  expect(folds.reduce((sum, { validation }) => sum + validation.length, 0)).toBe(rows);
});
