import { expect, test } from 'vitest';
import type { TableSchema } from '../../lib/data/tableSchema.js';
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
