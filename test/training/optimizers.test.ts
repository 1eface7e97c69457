/** The optimizers, step by step, against PyTorch's in double precision. */

import { describe, expect, test } from 'vitest';
import { dense, matrix, sequential } from '../../lib/index.js';
import { optimizerTable } from '../../lib/spec/generated.js';
import { type OptimizerTrajectories, readFixture } from './fixtures.js';

const { sizes, inputs, targets, start, cases } = readFixture<OptimizerTrajectories>(
  'optimizer-trajectories.json',
);

const data = {
  inputs: matrix(Float64Array.from(inputs), sizes.rows, sizes.inputs),
  targets: matrix(Float64Array.from(targets), sizes.rows, sizes.outputs),
};

function startingModel() {
  const model = sequential([dense(sizes.hidden, { activation: 'tanh' }), dense(sizes.outputs)], {
    inputSize: sizes.inputs,
  });
  for (const [name, values] of Object.entries(start)) model.setParameter(name, values);
  return model;
}

test('every optimizer has a trajectory', () => {
  const known = new Set<string>(cases.map(({ optimizer }) => optimizer.type));
  expect(optimizerTable.filter(({ name }) => !known.has(name))).toEqual([]);
});

describe.each(cases)('$optimizer', ({ optimizer, losses, steps }) => {
  // Each run starts afresh: a run of n steps shows the parameters after step n.
  test.each(steps.map((expected, index) => ({ steps: index + 1, expected })))(
    'after $steps steps',
    async ({ steps: epochs, expected }) => {
      const model = startingModel();
      const history = await model.fit(data, { epochs, batchSize: sizes.rows, optimizer });
      for (const [name, values] of Object.entries(expected)) {
        const actual = model.getParameter(name);
        expect(actual).toHaveLength(values.length);
        values.forEach((value, index) => {
          expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-5);
        });
      }
      history.epochs.forEach(({ loss }, index) => {
        expect(Math.abs(loss - (losses[index] ?? Number.NaN))).toBeLessThanOrEqual(1e-5);
      });
    },
  );
});
