/** Batch normalisation trains with two rows or more, and a row that is left over is never alone. */

import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  autoencoder,
  batchNorm,
  dense,
  findLearningRate,
  gradientCheck,
  layerNorm,
  type Model,
  matrix,
  multiOutput,
  residual,
  ShapeError,
  sequential,
} from '../../lib/index.js';
import { randomNumbers } from './data.js';

const regression = (rows: number) => {
  const random = randomNumbers(5);
  const values = Float32Array.from({ length: rows * 2 }, random);
  const targets = Array.from({ length: rows }, (_, row) => 3 * (values[2 * row] ?? 0));
  return { inputs: matrix(values, rows, 2), targets };
};

const normalised = () =>
  sequential([dense(8), batchNorm(), activation('relu'), dense(1)], { inputSize: 2, seed: 2 });

const weightsOf = (model: Model) =>
  model.parameters.map(({ name }) => Array.from(model.getParameter(name)));

describe('a row that is left over', () => {
  test('joins the batch before it where batches are normalised', async () => {
    const [cut, whole] = [normalised(), normalised()];
    const progress: number[] = [];
    await cut.fit(regression(129), {
      epochs: 3,
      batchSize: 128,
      onEvent: (event) => event.type === 'progress' && progress.push(event.batches),
    });
    await whole.fit(regression(129), { epochs: 3, batchSize: 129 });
    expect(weightsOf(cut)).toEqual(weightsOf(whole));
    expect(progress.every((batches) => batches === 1)).toBe(true);
  });

  test('stays a batch of its own elsewhere', async () => {
    const build = () => sequential([dense(8), layerNorm(), dense(1)], { inputSize: 2, seed: 2 });
    const [cut, whole] = [build(), build()];
    await cut.fit(regression(129), { epochs: 3, batchSize: 128 });
    await whole.fit(regression(129), { epochs: 3, batchSize: 129 });
    expect(weightsOf(cut)).not.toEqual(weightsOf(whole));
  });

  test('joins the batch before it in a pre-training', async () => {
    const build = () =>
      autoencoder({ inputSize: 2, hidden: [3], code: 2, batchNorm: true, seed: 4 });
    const { inputs } = regression(33);
    const [cut, whole] = [build(), build()];
    await cut.pretrain(inputs, { epochs: 2, batchSize: 32 });
    await whole.pretrain(inputs, { epochs: 2, batchSize: 33 });
    expect(weightsOf(cut)).toEqual(weightsOf(whole));
  });
});

describe('one row at a time is refused, and the layer named,', () => {
  const message = /^(\S+): expected 2 rows or more, as the batchNorm in (\S+) measures .*layerNorm/;

  test.each<[string, string, Model]>([
    ['in the layers', 'layers[1]', normalised()],
    [
      'in a residual block',
      'layers[0].layers[1]',
      sequential([residual([dense(2), batchNorm()]), dense(1)], { inputSize: 2 }),
    ],
  ])('%s', async (_, place, model) => {
    const run = (model as ReturnType<typeof normalised>).fit(regression(8), { batchSize: 1 });
    await expect(run).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toThrow(`batchNorm in ${place} `);
  });

  test('in a head', async () => {
    const model = multiOutput(
      [dense(3)],
      { a: [dense(2), batchNorm(), dense(1)], b: [dense(1)] },
      { inputSize: 2 },
    );
    const { inputs, targets } = regression(8);
    const run = model.fit({ inputs, targets: { a: targets, b: targets } }, { batchSize: 1 });
    await expect(run).rejects.toThrow('batchNorm in layers[1].heads.a[1] ');
  });

  test('where the training rows are one', async () => {
    const run = normalised().fit(regression(1));
    await expect(run).rejects.toThrow(ShapeError);
    await expect(run).rejects.toMatchObject({ path: 'inputs' });
    const split = normalised().fit(regression(2), { validation: 0.5 });
    await expect(split).rejects.toMatchObject({ path: 'inputs' });
  });

  test('by a loop by hand', () => {
    expect(() => normalised().trainer({ batchSize: 1 })).toThrow(message);
    const trainer = normalised().trainer({ batchSize: 2 });
    expect(() => trainer.forward([[1, 2]])).toThrow(ShapeError);
    expect(trainer.forward([[1, 2]], { training: false })).toHaveLength(1);
  });

  test('by a search for a rate and by a check of gradients', async () => {
    await expect(
      findLearningRate(normalised(), regression(8), { batchSize: 1 }),
    ).rejects.toMatchObject({ path: 'batchSize' });
    await expect(gradientCheck(normalised(), regression(1))).rejects.toMatchObject({
      path: 'inputs',
    });
  });

  test('but not where the layer is frozen', async () => {
    const layers = [dense(8), batchNorm({ frozen: true }), dense(1)] as const;
    const history = await sequential(layers, { inputSize: 2 }).fit(regression(4), { batchSize: 1 });
    expect(history.epochs).toHaveLength(10);
  });
});
