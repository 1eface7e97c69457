import { describe, expect, test } from 'vitest';
import {
  activityPenalty,
  autoencoder,
  contractiveAutoencoder,
  denoisingAutoencoder,
  gradientCheck,
  type Model,
  matrix,
  sgd,
  sparseAutoencoder,
  stackedAutoencoder,
  variationalAutoencoder,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';

const rows = 12;
const columns = 5;
const weights = [2, 0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1];
const values = Float32Array.from({ length: rows * columns }, randomNumbers(5));
const inputs = matrix(values, rows, columns);

/** Other numbers in the rows of weight 0. */
const strange = matrix(
  values.map((value, i) => (weights[Math.floor(i / columns)] === 0 ? 1 - value : value)),
  rows,
  columns,
);
/** Every row as often as its weight says. */
const repeated = weights.flatMap((weight, row) =>
  Array<number[]>(weight).fill([...values.subarray(row * columns, (row + 1) * columns)]),
);

const shared = { inputSize: columns, code: 3, seed: 2 } as const;
const variants = {
  undercomplete: () => autoencoder({ ...shared, hidden: [4], activation: 'tanh' }),
  tied: () => autoencoder({ ...shared, tied: true }),
  denoising: () => denoisingAutoencoder({ ...shared, hidden: [4] }),
  'sparse by divergence': () => sparseAutoencoder({ ...shared, code: 8 }),
  'sparse by l1': () =>
    sparseAutoencoder({ ...shared, code: 8, sparsity: activityPenalty({ l1: 0.1 }) }),
  contractive: () => contractiveAutoencoder({ ...shared, contraction: 0.5 }),
  variational: () => variationalAutoencoder({ ...shared, klWeight: 2 }),
  stacked: () => stackedAutoencoder({ inputSize: columns, layers: [4, 3], seed: 2 }),
};
const names = Object.keys(variants) as (keyof typeof variants)[];
const drawing: readonly (keyof typeof variants)[] = ['denoising', 'variational'];

const whole = {
  epochs: 4,
  batchSize: rows,
  shuffle: false,
  optimizer: sgd({ learningRate: 0.5 }),
} as const;

const tensorsOf = (model: Model): number[] =>
  model.parameters.flatMap(({ name }) => [...model.getParameter(name)]);

function expectClose(actual: Model, expected: Model): void {
  const wanted = tensorsOf(expected);
  for (const [index, value] of tensorsOf(actual).entries()) {
    expect(value).toBeCloseTo(wanted[index] ?? Number.NaN, 5);
  }
}

describe('weights of the rows of an autoencoder', () => {
  test.each(names)('of 0 leave rows out: %s', async (name) => {
    const [one, other, disturbed] = [variants[name](), variants[name](), variants[name]()];
    await one.fit({ inputs, weights }, whole);
    await other.fit({ inputs: strange, weights }, whole);
    await disturbed.fit(inputs, whole);
    expect(tensorsOf(one)).toEqual(tensorsOf(other));
    expect(tensorsOf(one)).not.toEqual(tensorsOf(disturbed));
  });

  // Noise differs from row to row.
  test.each(names.filter((name) => !drawing.includes(name)))(
    'count a row as often as they say: %s',
    async (name) => {
      const [weighted, expected] = [variants[name](), variants[name]()];
      await weighted.fit({ inputs, weights }, whole);
      await expected.fit(repeated, whole);
      expectClose(weighted, expected);
    },
  );

  test.each(names)('give the gradients of the loss that they weigh: %s', async (name) => {
    const report = await gradientCheck(variants[name](), { inputs, weights });
    expect(report.passed, JSON.stringify(report.parameters)).toBe(true);
  });

  test('are those of every stage of a pre-training, and of its validation', async () => {
    const [weighted, expected, disturbed] = [
      variants.stacked(),
      variants.stacked(),
      variants.stacked(),
    ];
    const validation = { data: { inputs, weights } };
    const { stages } = await weighted.pretrain({ inputs, weights }, { ...whole, validation });
    const { stages: ofRepeated } = await expected.pretrain(repeated, {
      ...whole,
      validation: { data: repeated },
    });
    expectClose(weighted, expected);
    for (const [stage, { epochs }] of stages.entries()) {
      const { loss = Number.NaN } = ofRepeated[stage]?.epochs.at(-1)?.validation ?? {};
      expect(epochs.at(-1)?.validation?.loss).toBeCloseTo(loss, 6);
    }
    await disturbed.pretrain({ inputs: strange, weights }, whole);
    expect(tensorsOf(disturbed)).toEqual(tensorsOf(weighted));
  });

  test('are in what evaluate gives', async () => {
    const model = variants.undercomplete();
    const { perRow } = await model.reconstructionErrors(inputs);
    const expected = perRow.reduce((sum, error, row) => sum + error * (weights[row] ?? 0), 0);
    const { loss } = await model.evaluate({ inputs, weights: Float64Array.from(weights) });
    expect(loss).toBeCloseTo(expected / rows, 6);
    expect(await model.evaluate({ inputs })).toEqual(await model.evaluate(inputs));
  });

  test.each([
    [{ inputs, weights: [1] }, /^weights: expected 12 weights, one for each row, received 1/],
    [{ inputs, weights: weights.map(() => -1) }, /^weights\[0\]: expected a finite number/],
    [{ inputs: [[1]], weights: [1] }, /^inputs\[0\]: expected 5 numbers, received 1/],
    [{ inputs, targets: inputs }, /^targets: expected one of the options inputs and weights/],
  ])('are checked with their rows, %#', async (data, message) => {
    const model = variants.undercomplete();
    await expect(model.fit(data)).rejects.toThrow(message);
    const validation = { data };
    const inside = new RegExp(message.source.replace('^', '^validation\\.data\\.'));
    await expect(model.fit(inputs, { validation })).rejects.toThrow(inside);
  });
});
