import { expect, test } from 'vitest';
import { type CellRules, cellRules } from '../../lib/data/cellRules.js';
import { columnEncoder, columnWidth, fitColumn } from '../../lib/data/columns/columnKinds.js';
import type { ScalingName } from '../../lib/data/columns/scalings.js';
import type { FeatureColumn, TableSchema } from '../../lib/data/tableSchema.js';
import { ColumnStatistics } from '../../lib/data/tableStatistics.js';
import { matrix } from '../../lib/index.js';
import { refitFold } from '../../lib/tables/foldScaling.js';

const schema: TableSchema = {
  kind: 'table',
  header: true,
  columns: [
    { name: 'x', type: 'number', mean: 0, deviation: 1, missingIndicator: true },
    { name: 'c', type: 'text', categories: ['a', 'b'], missingCategory: false },
  ],
  target: { name: 'y', type: 'number', mean: 0, deviation: 1 },
};
const rowsOf = (inputs: number[][], targets: number[]) => ({
  inputs: matrix(Float32Array.from(inputs.flat()), inputs.length, 4),
  targets: Float32Array.from(targets),
});

test('the rows of a fold that judge leave no trace in those that train', () => {
  const fold = (judging: number) => {
    const training = rowsOf(
      [
        [1, 0, 1, 0],
        [3, 0, 1, 0],
        [0, 1, 1, 0],
        [5, 0, 1, 0],
      ],
      [2, 4, 4, 6],
    );
    const validation = rowsOf(
      [
        [judging, 0, 0, 1],
        [0, 1, 1, 0],
      ],
      [judging],
    );
    refitFold(schema, training, validation);
    return { training, validation };
  };
  const { training, validation } = fold(4);
  expect(fold(4000).training).toEqual(training);
  const spread = Math.sqrt(8 / 3);
  const x = [(1 - 3) / spread, 0, 0, (5 - 3) / spread].map(Math.fround);
  // A missing number stays at the mean; a category that does not train is none.
  expect([...training.inputs.values]).toEqual(x.flatMap((v, row) => [v, row === 2 ? 1 : 0, 1, 0]));
  expect([...validation.inputs.values]).toEqual([Math.fround(1 / spread), 0, 0, 0, 0, 1, 1, 0]);
  expect([...validation.targets]).toEqual([0]);
});

type Cell = string | number | null;

/** Rows of one column, encoded by the scale of all of them as `fit` does, and scaled again as a fold. */
function refitted(
  type: 'number' | 'embedded',
  scale: ScalingName,
  [training, validation]: readonly [Cell[], Cell[]],
): [number[], number[]] {
  const rules = cellRules();
  const column = fitted(type, scale, [...training, ...validation]);
  const [a, b] = [encoded(training, column, rules), encoded(validation, column, rules)];
  refitFold({ ...schema, columns: [column], target: null }, a, b);
  return [[...a.inputs.values], [...b.inputs.values]];
}

function fitted(type: 'number' | 'embedded', scale: ScalingName, cells: Cell[]): FeatureColumn {
  const statistics = new ColumnStatistics('x', 100, cellRules(), { isSampled: true });
  cells.forEach((cell, row) => {
    statistics.add(cell, { lineOf: () => 1 }, row);
  });
  return fitColumn({ name: 'x', type }, statistics, { path: 't', maxCategories: 100, scale });
}

function encoded(cells: readonly Cell[], column: FeatureColumn, rules: CellRules) {
  const width = columnWidth(column);
  const values = new Float32Array(cells.length * width);
  const encoder = columnEncoder(column, rules);
  cells.forEach((cell, row) => {
    encoder.encode(cell, values, row * width);
  });
  return { inputs: matrix(values, cells.length, width), targets: null };
}

const waves = (rows: number, from = 0): number[] =>
  Array.from({ length: rows }, (_, row) => 10 + 5 * Math.sin(from + row));

const otherScales = ['robust', 'quantile', 'piecewise', 'none'] as const;

test.each(otherScales)('scales by %s are fitted to a fold', (scale) => {
  const training = [...waves(60), null];
  const judging = waves(20, 100);
  const [own, others] = refitted('number', scale, [training, [...judging, null]]);
  const far = judging.map((value) => 1000 * value);
  const [again, judged] = refitted('number', scale, [training, [...far, null]]);
  again.forEach((value, at) => {
    expect(value).toBeCloseTo(own[at] as number, 3);
  });
  // The missing value of the rows that judge, and what tells that it is missing.
  expect(judged.slice(-2)).toEqual(again.slice(-2));
  expect(others).not.toEqual(judged);

  const column = fitted('number', scale, training);
  const alone = [...encoded(training, column, cellRules()).inputs.values];
  own.forEach((value, at) => {
    expect(value).toBeCloseTo(alone[at] as number, 2);
  });
});

test('categories that are rare in training are the unknown one in a fold', () => {
  const training = ['a', 'a', 'a', 'a', 'b', 'b', 'b'];
  const folds = refitted('embedded', 'none', [training, ['a', 'b', 'b', 'c']]);
  expect(folds).toEqual([
    [1, 1, 1, 1, 0, 0, 0],
    [1, 0, 0, 0],
  ]);
});
