/** The optimizers, step by step, against PyTorch's in double precision. */

import { describe, expect, test } from 'vitest';
import { optimizerTable } from '../../lib/network/generated.js';
import { startingModel, trajectories, trajectoryData } from './trajectory.js';

const { sizes, cases } = trajectories;

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
      const history = await model.fit(trajectoryData, { epochs, batchSize: sizes.rows, optimizer });
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
