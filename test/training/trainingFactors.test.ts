/** Rates and decay of single layers, the layer `scaling`, and the parametrisation `ntk`. */

import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  adam,
  adamW,
  contractivePenalty,
  dense,
  embedding,
  type Layer,
  maxout,
  scaling,
  sequential,
  sgd,
} from '../../lib/index.js';

const data = {
  inputs: [
    [1, -2],
    [0.5, 3],
    [-1, 0.25],
  ],
  targets: [[1], [0], [2]],
};

/** What one update adds to each tensor of a network. */
async function update(layers: readonly Layer[], options: object = {}) {
  const model = sequential([...layers], { inputSize: 2, seed: 3 });
  const tensors = () =>
    model.parameters.map(({ name }) => [name, model.getParameter(name)] as const);
  const before = new Map(tensors());
  const once = { epochs: 1, batchSize: 3, optimizer: sgd({ learningRate: 0.1 }), shuffle: false };
  await model.fit(data, { ...once, ...options });
  const changes = tensors().map(([name, after]) => {
    const old = before.get(name) as Float32Array;
    return [name, Array.from(after, (value, i) => value - (old[i] as number))] as const;
  });
  return Object.fromEntries(changes);
}

function expectTimes(actual: number[] | undefined, factor: number, base: number[] | undefined) {
  expect(actual).toHaveLength(base?.length ?? Number.NaN);
  for (const [i, value] of (actual ?? []).entries()) {
    expect(value).toBeCloseTo(factor * (base?.[i] as number), 6);
  }
}

describe('learningRateFactor', () => {
  test('multiplies the steps of weights and bias, or of one of them', async () => {
    const hidden = (options = {}) => [dense(3, { activation: 'tanh', ...options }), dense(1)];
    const plain = await update(hidden());
    const both = await update(hidden({ learningRateFactor: 0.5 }));
    const apart = await update(hidden({ learningRateFactor: { kernel: 3, bias: 0 } }));
    expectTimes(both['0.weight'], 0.5, plain['0.weight']);
    expectTimes(both['0.bias'], 0.5, plain['0.bias']);
    expectTimes(both['2.weight'], 1, plain['2.weight']);
    expectTimes(apart['0.weight'], 3, plain['0.weight']);
    expect(apart['0.bias']).toEqual([0, 0, 0]);
  });

  test('is an option of maxout, scaling and embedding', async () => {
    const columns = [{ input: 0, levels: 4, units: 2 }];
    const rows = { inputs: [[1], [3], [3]], targets: data.targets };
    for (const [of, inputs] of [
      [(options: object) => maxout(2, options), data.inputs],
      [(options: object) => scaling(options), data.inputs],
      [(options: object) => embedding({ columns, ...options }), rows.inputs],
    ] as const) {
      const learn = async (learningRateFactor: number) => {
        const layers = [of({ learningRateFactor }), dense(1)];
        const model = sequential(layers, { inputSize: inputs[0]?.length ?? 0, seed: 3 });
        const [name] = model.parameters.map((parameter) => parameter.name);
        const before = model.getParameter(name as string);
        const optimizer = sgd({ learningRate: 0.1 });
        await model.fit(
          { inputs: inputs as number[][], targets: data.targets },
          { epochs: 1, batchSize: 3, optimizer, shuffle: false },
        );
        return Array.from(
          model.getParameter(name as string),
          (value, i) => value - (before[i] as number),
        );
      };
      const plain = await learn(1);
      expect(plain.some((change) => change !== 0)).toBe(true);
      expectTimes(await learn(2), 2, plain);
    }
  });

  test('does the same with clipped gradients and in the manual loop', async () => {
    const layers = [dense(3, { learningRateFactor: 0.25 }), dense(1)];
    const at = await update(layers);
    const clipped = await update(layers, { gradientClipping: { norm: 1e6 } });
    expect(clipped).toEqual(at);
    const model = sequential(layers, { inputSize: 2, seed: 3 });
    const before = model.getParameter('0.weight');
    const trainer = model.trainer({ batchSize: 3, optimizer: sgd({ learningRate: 0.1 }) });
    const outputs = trainer.forward(data.inputs);
    const targets = data.targets.flat();
    trainer.backward(Array.from(outputs, (y, i) => [(2 / 3) * (y - (targets[i] as number))]));
    trainer.step();
    const changes = Array.from(
      model.getParameter('0.weight'),
      (value, i) => value - (before[i] as number),
    );
    expectTimes(changes, 1, at['0.weight']);
  });
});

describe('weightDecayFactor', () => {
  const decaying = { optimizer: adamW({ learningRate: 0.1, weightDecay: 0.5 }) };

  test('multiplies the decay', async () => {
    const layer = (weightDecayFactor: number) => [dense(1, { weightDecayFactor })];
    const without = await update(layer(0), decaying);
    const once = await update(layer(1), decaying);
    const twice = await update(layer(2), decaying);
    const decay = once['0.weight']?.map((change, i) => change - (without['0.weight']?.[i] ?? 0));
    const double = twice['0.weight']?.map((change, i) => change - (without['0.weight']?.[i] ?? 0));
    expect(decay?.some((change) => Math.abs(change) > 1e-3)).toBe(true);
    expectTimes(double, 2, decay);
  });

  test('is 0 for biases where these do not decay', async () => {
    const biased = [dense(1, { biasInitializer: 'ones', weightDecayFactor: { bias: 10 } })];
    const plain = await update([dense(1, { biasInitializer: 'ones' })], {
      optimizer: adam({ learningRate: 0.1 }),
    });
    const kept = await update(biased, { ...decaying, decayBiases: false });
    expectTimes(kept['0.bias'], 1, plain['0.bias']);
  });
});

describe('factors', () => {
  test('are kept in the spec only where they are given', () => {
    const [plain, factored] = sequential(
      [dense(2), dense(1, { learningRateFactor: 6, weightDecayFactor: { kernel: 0 } })],
      { inputSize: 2 },
    ).spec.layers;
    expect(plain).not.toHaveProperty('learningRateFactor');
    expect(factored).toMatchObject({
      learningRateFactor: { kernel: 6, bias: 6 },
      weightDecayFactor: { kernel: 0, bias: 1 },
    });
  });

  test.each([
    [{ learningRateFactor: -1 }, 'layers[0].learningRateFactor'],
    [{ learningRateFactor: Number.NaN }, 'layers[0].learningRateFactor'],
    [{ learningRateFactor: { kernel: -1 } }, 'layers[0].learningRateFactor.kernel'],
    [{ weightDecayFactor: { weights: 1 } }, 'layers[0].weightDecayFactor.weights'],
    [{ parametrisation: 'ntp' }, 'layers[0].parametrisation'],
  ])('are checked: %j', (options, path) => {
    const attempt = () => sequential([dense(1, options as never)], { inputSize: 2 });
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(path);
  });

  test('are refused by lbfgs, which has no learning rate', async () => {
    const attempt = update([dense(1, { learningRateFactor: 2 })], { optimizer: 'lbfgs' });
    await expect(attempt).rejects.toThrow(/learningRateFactor/);
  });
});

describe('scaling', () => {
  test('multiplies each column by a factor of its own', () => {
    const model = sequential([scaling({ factor: 3 })], { inputSize: 2 });
    expect([...model.getParameter('0.weight')]).toEqual([3, 3]);
    model.setParameter('0.weight', [2, -1]);
    expect([...model.predictSync([[4, 5]]).values]).toEqual([8, -5]);
  });

  test('learns which inputs count', async () => {
    const inputs = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
    const targets = inputs.map(([x = 0]) => [x]);
    const model = sequential([scaling({ factor: 0.5 })], { inputSize: 2 });
    const targetsOfBoth = targets.map(([x = 0]) => [x, 0]);
    const optimizer = adam({ learningRate: 0.05 });
    await model.fit({ inputs, targets: targetsOfBoth }, { epochs: 100, optimizer });
    const [first, second] = model.getParameter('0.weight');
    expect(first).toBeCloseTo(1, 2);
    expect(second).toBeCloseTo(0, 2);
  });
});

describe('the parametrisation ntk', () => {
  test('divides the products by the root of the number of inputs', () => {
    const model = sequential([dense(1, { parametrisation: 'ntk' })], { inputSize: 4 });
    model.setParameter('0.weight', [1, 2, 3, 4]);
    model.setParameter('0.bias', [0.5]);
    expect([...model.predictSync([[1, 1, 1, 1]]).values]).toEqual([5.5]);
  });

  test('begins with weights of variance 1', () => {
    const model = sequential([dense(200, { parametrisation: 'ntk' })], { inputSize: 50, seed: 1 });
    const weights = model.getParameter('0.weight');
    const variance = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
    expect(variance).toBeCloseTo(1, 1);
  });

  test('takes steps by sgd that are smaller by the number of inputs, in the weights that act', async () => {
    const ntk = sequential([dense(1, { parametrisation: 'ntk' })], { inputSize: 2, seed: 1 });
    const standard = sequential([dense(1)], { inputSize: 2, seed: 1 });
    const acting = (weights: Float32Array) => Array.from(weights, (w) => w / Math.SQRT2);
    const before = acting(ntk.getParameter('0.weight'));
    standard.setParameter('0.weight', before);
    const options = { epochs: 1, batchSize: 3, optimizer: sgd({ learningRate: 0.1 }) };
    await ntk.fit(data, options);
    await standard.fit(data, options);
    const changes = acting(ntk.getParameter('0.weight')).map((w, i) => w - (before[i] as number));
    const plain = Array.from(
      standard.getParameter('0.weight'),
      (w, i) => w - (before[i] as number),
    );
    expectTimes(changes, 0.5, plain);
  });

  test('has no contractive penalty, whose Jacobian would be another', () => {
    const layers = [dense(3, { parametrisation: 'ntk' }), contractivePenalty()];
    expect(() => sequential(layers, { inputSize: 2 })).toThrow(ArgumentError);
  });
});
