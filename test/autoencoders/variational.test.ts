import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { variationalRecipe } from '../../lib/autoencoders/variational.js';
import {
  ArgumentError,
  autoencoder,
  dense,
  gaussianSampling,
  load,
  ShapeError,
  StateError,
  sequential,
  variationalAutoencoder,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';
import { digitsWithAndWithout } from './heldOutDigit.js';
import { rocAuc } from './rocAuc.js';

/** Rows of four columns that follow from one hidden number, which is not normally distributed. */
function curve(rows: number): Float32Array {
  const random = randomNumbers(9);
  const values = new Float32Array(rows * 4);
  for (let row = 0; row < rows; row++) {
    const t = 4 * random() - 2;
    values.set([t, t * t - 1.3, Math.sin(2 * t), -t], row * 4);
  }
  return values;
}

const meanOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('the recipe', () => {
  test('gives two units for each column of the code, and a sample of them', () => {
    const { spec, codeLayer } = variationalRecipe({
      ...{ inputSize: 20, hidden: [10], code: 3, klWeight: 5 },
    });
    expect(spec.layers.slice(1, 3)).toEqual([
      expect.objectContaining({ type: 'dense', units: 6, activation: { type: 'linear' } }),
      { type: 'gaussianSampling', klWeight: 0.25 },
    ]);
    expect(codeLayer).toBe(2);
  });

  test.each([
    [{ inputSize: 3, code: 1, klWeight: -1 }, 'klWeight'],
    [{ inputSize: 3, code: 1, codeActivation: 'relu' }, 'codeActivation'],
    [{ inputSize: 3 }, 'code'],
  ])('refuses %o', (options, path) => {
    const attempt = () => variationalRecipe(options);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });

  test('is of a layer that needs pairs of columns', () => {
    const attempt = () => sequential([dense(3), gaussianSampling(), dense(1)], { inputSize: 2 });
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow(expect.objectContaining({ path: 'layers[1]' }));
  });
});

describe('a variational autoencoder', () => {
  const rows = curve(600);
  const optimizer = { type: 'adam', learningRate: 0.01 } as const;
  const build = (klWeight: number) =>
    variationalAutoencoder({
      ...{ inputSize: 4, hidden: [32], code: 2, klWeight, seed: 1 },
      ...({ activation: 'tanh' } as const),
    });

  test('learns codes that are nearly standard normal, and rows that are like its own', async () => {
    const model = build(0.1);
    await model.fit(rows, { epochs: 150, optimizer });
    const reconstruction = meanOf(await model.score(rows));
    expect(reconstruction).toBeLessThan(0.1);
    // What is measured holds the divergence too.
    expect((await model.evaluate(rows)).loss).toBeGreaterThan(reconstruction);
    const made = await model.sample(500, { seed: 3 });
    expect(made).toMatchObject({ rows: 500, columns: 4 });
    const misfits = Array.from({ length: 500 }, (_, row) => {
      const [t = 0, square = 0, sine = 0, minus = 0] = made.values.subarray(row * 4, row * 4 + 4);
      return (square - t * t + 1.3) ** 2 + (sine - Math.sin(2 * t)) ** 2 + (minus + t) ** 2;
    });
    expect(misfits.toSorted((a, b) => a - b)[250]).toBeLessThan(0.2);
  });

  test('gives up its codes when their divergence costs too much', async () => {
    const [loose, tight] = [build(0.01), build(100)];
    for (const model of [loose, tight]) await model.fit(rows, { epochs: 40, optimizer });
    const spread = async (model: typeof loose) => {
      const { values } = await model.encode(rows);
      const mean = meanOf(values);
      return meanOf(values.map((value) => (value - mean) ** 2));
    };
    expect(await spread(tight)).toBeLessThan(0.01);
    expect(await spread(loose)).toBeGreaterThan(0.3);
  });

  test('encodes to means: always the same', async () => {
    const model = build(1);
    expect(model.codeSize).toBe(2);
    expect(await model.encode(rows)).toEqual(await model.encode(rows));
    expect(await model.decode(await model.encode(rows))).toEqual(await model.reconstruct(rows));
  });

  test('trains to the same bits with any number of threads', async () => {
    const [one, two] = [build(1), build(1)];
    await one.fit(rows, { epochs: 2, threads: 1, seed: 4 });
    await two.fit(rows, { epochs: 2, threads: 2, seed: 4 });
    for (const { name } of one.parameters) {
      expect(two.getParameter(name)).toEqual(one.getParameter(name));
    }
    const other = build(1);
    await other.fit(rows, { epochs: 2, shuffle: false, seed: 5 });
    const third = build(1);
    await third.fit(rows, { epochs: 2, shuffle: false, seed: 6 });
    expect(other.getParameter('0.weight')).not.toEqual(third.getParameter('0.weight'));
  });

  test('is saved and loaded', async () => {
    const model = build(1);
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    try {
      await model.save(join(folder, 'm'));
      const again = await load(join(folder, 'm'));
      if (again.kind !== 'autoencoder') throw new Error(`a model of kind ${again.kind}`);
      expect(await again.sample(5)).toEqual(await model.sample(5));
      expect(await again.score(rows)).toEqual(await model.score(rows));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('alone can be sampled from', async () => {
    const model = build(1);
    expect(await model.sample(3, { seed: 1 })).not.toEqual(await model.sample(3, { seed: 2 }));
    await expect(model.sample(0)).rejects.toThrow(expect.objectContaining({ path: 'rows' }));
    await expect(model.sample(1, { seed: -1 })).rejects.toThrow(
      expect.objectContaining({ path: 'seed' }),
    );
    const plain = autoencoder({ inputSize: 4, code: 2 });
    await expect(plain.sample(1)).rejects.toThrow(StateError);
  });

  test('finds a digit that was held out', async () => {
    const { train, ordinary, heldOut } = await digitsWithAndWithout(0);
    const model = variationalAutoencoder({
      ...{ inputSize: 784, hidden: [128], code: 8, klWeight: 0.1, seed: 1 },
      outputActivation: 'sigmoid',
    });
    const adam = { type: 'adam', learningRate: 0.003 } as const;
    await model.fit(train, { epochs: 15, batchSize: 64, optimizer: adam });
    expect(rocAuc(await model.score(ordinary), await model.score(heldOut))).toBeGreaterThan(0.75);
  });
});
