import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  batchNorm,
  dense,
  layerNorm,
  load,
  type Model,
  maxout,
  prelu,
  type Sequential,
  sequential,
} from '../../lib/index.js';
import { clusters } from './data.js';

const build = () =>
  sequential(
    [
      dense(8),
      batchNorm(),
      prelu({ shared: false }),
      maxout(6),
      layerNorm(),
      dense(3, { activation: 'softmax' }),
    ],
    { inputSize: 2, seed: 3 },
  );

const weightsOf = (model: Model) =>
  new Map(model.parameters.map(({ name }) => [name, model.getParameter(name)]));

/** The layers of which a training changed a tensor. */
async function learntLayers(model: Sequential<'softmax'>): Promise<readonly number[]> {
  const before = weightsOf(model);
  await model.fit(clusters(100), { epochs: 2 });
  const changed = model.parameters.filter(
    ({ name }) => model.getParameter(name).join() !== before.get(name)?.join(),
  );
  return [...new Set(changed.map(({ layer }) => layer))];
}

describe('a frozen layer', () => {
  test.each([
    [[], [0, 1, 2, 3, 4, 5]],
    [[0, 1, 2, 3, 4], [5]],
    [
      [1, 4],
      [0, 2, 3, 5],
    ],
    [[0, 1, 2, 3, 4, 5], []],
  ])('is not changed by a training: %o', async (frozen, learnt) => {
    const model = build().withFrozenLayers(frozen);
    const trainable = model.parameters.filter((parameter) => parameter.trainable);
    expect([...new Set(trainable.map(({ layer }) => layer))]).toEqual(learnt);
    expect(await learntLayers(model)).toEqual(learnt);
  });

  test('is one from the start when its options say so', async () => {
    const model = sequential(
      [
        dense(4, { frozen: true }),
        batchNorm({ frozen: true }),
        dense(3, { activation: 'softmax' }),
      ],
      { inputSize: 2 },
    );
    expect(await learntLayers(model)).toEqual([2]);
  });

  test('normalises a batch as it normalises single rows', async () => {
    const model = build();
    await model.fit(clusters(100), { epochs: 2 });
    const frozen = model.withFrozenLayers([0, 1, 2, 3, 4, 5]);
    const { epochs } = await frozen.fit(clusters(100), { epochs: 1, shuffle: false });
    const { loss } = await frozen.evaluate(clusters(100));
    expect(epochs[0]?.loss).toBeCloseTo(loss, 6);
  });
});

describe('a copy with frozen layers', () => {
  test('has the weights and annotations of the model, and leaves it alone', async () => {
    const model = build();
    model.annotations = { of: 'mine' };
    const copy = model.withFrozenLayers([0]);
    expect(weightsOf(copy)).toEqual(weightsOf(model));
    expect(copy.annotations).toEqual({ of: 'mine' });
    await copy.fit(clusters(100), { epochs: 1 });
    expect(weightsOf(model)).toEqual(weightsOf(build()));
    expect(model.spec).toEqual(build().spec);
    expect(copy.withFrozenLayers([]).spec).toEqual(model.spec);
  });

  test.each([
    [[6], 'layers[0]'],
    [[0, -1], 'layers[1]'],
    [[0.5], 'layers[0]'],
    [3, 'layers'],
  ])('is refused for the layers %o', (layers, path) => {
    expect(() => build().withFrozenLayers(layers as number[])).toThrow(
      expect.objectContaining({ path }),
    );
  });
});

describe('saved and loaded', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    { scale: true, shift: true, names: ['weight', 'bias'] },
    { scale: true, shift: false, names: ['weight'] },
    { scale: false, shift: true, names: ['bias'] },
    { scale: false, shift: false, names: [] },
  ])('normalisation with scale $scale and shift $shift', async ({ scale, shift, names }) => {
    for (const frozen of [true, false]) {
      const options = { scale, shift, frozen };
      const model = sequential(
        [dense(5), batchNorm(options), layerNorm(options), dense(3, { activation: 'softmax' })],
        { inputSize: 2 },
      );
      await model.fit(clusters(60), { epochs: 1 });
      const own = model.parameters.filter(({ layer }) => layer === 1).map(({ name }) => name);
      expect(own).toEqual([...names, 'running_mean', 'running_var'].map((name) => `1.${name}`));
      const path = join(folder, `${[scale, shift, frozen].join()}.safetensors`);
      await model.save(path);
      const again = await load(path);
      if (again.kind !== 'sequential') throw new Error(`a model of kind ${again.kind}`);
      expect(again.spec).toEqual(model.spec);
      expect(weightsOf(again)).toEqual(weightsOf(model));
      const { inputs } = clusters(20);
      expect(again.predictSync(inputs)).toEqual(model.predictSync(inputs));
    }
  });
});
