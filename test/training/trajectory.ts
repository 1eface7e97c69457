import { dense, matrix, type Sequential, sequential } from '../../lib/index.js';
import { type OptimizerTrajectories, readFixture } from './fixtures.js';

/** The small network and data that PyTorch's optimizers and schedules were recorded with. */

export const trajectories = readFixture<OptimizerTrajectories>('optimizer-trajectories.json');

const { sizes, inputs, targets, start } = trajectories;

export const trajectoryData = {
  inputs: matrix(Float64Array.from(inputs), sizes.rows, sizes.inputs),
  targets: matrix(Float64Array.from(targets), sizes.rows, sizes.outputs),
};

export function startingModel(): Sequential {
  const model = sequential([dense(sizes.hidden, { activation: 'tanh' }), dense(sizes.outputs)], {
    inputSize: sizes.inputs,
  });
  for (const [name, values] of Object.entries(start)) model.setParameter(name, values);
  return model;
}
