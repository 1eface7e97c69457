import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  adam,
  autoencoder,
  denoisingAutoencoder,
  gradientCheck,
  load,
  matrix,
  stackedAutoencoder,
  variationalAutoencoder,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';

/** Two numbers, a category of three and a yes or no, which all follow from two hidden numbers. */
const rows = 80;
const columns = 6;
const random = randomNumbers(12);
const values = new Float32Array(rows * columns);
for (let row = 0; row < rows; row++) {
  const [a, b] = [2 * random() - 1, 2 * random() - 1];
  const category = a > 0.3 ? 2 : b > 0 ? 1 : 0;
  values.set([a, b], row * columns);
  values[row * columns + 2 + category] = 1;
  values[row * columns + 5] = a + b > 0 ? 1 : 0;
}
const inputs = matrix(values, rows, columns);
const outputs = [
  { name: 'numbers', columns: 2 },
  { columns: 3, activation: 'softmax' },
  { name: 'flag', columns: 1, activation: 'sigmoid' },
] as const;
const shared = { inputSize: columns, hidden: [16], code: 2, outputs, seed: 1 } as const;

describe('groups of columns', () => {
  test('end as they say, and are given back beside each other', async () => {
    const model = autoencoder(shared);
    const names = model.parameters.map(({ name }) => name);
    expect(names).toContain('5.columns2to4.0.weight');
    const { values: back, columns: width } = await model.reconstruct(inputs);
    expect(width).toBe(columns);
    for (let row = 0; row < rows; row++) {
      const shares = back.subarray(row * columns + 2, row * columns + 5);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      expect(back[row * columns + 5]).toBeGreaterThan(0);
    }
    expect(await model.decode(await model.encode(inputs).then((code) => code.values))).toEqual(
      await model.reconstruct(inputs),
    );
  });

  test('have losses of their own, whose mean over the columns is the loss', async () => {
    const model = autoencoder(shared);
    const result = await model.evaluate(inputs, {
      outputs: { columns2to4: { metrics: ['accuracy'] } },
    });
    const { values: back } = await model.reconstruct(inputs);
    const mean = (of: (row: number) => number) =>
      Array.from({ length: rows }, (_, row) => of(row * columns)).reduce((a, b) => a + b, 0) / rows;
    const squares = mean(
      (at) =>
        [0, 1].reduce((sum, c) => sum + ((back[at + c] ?? 0) - (values[at + c] ?? 0)) ** 2, 0) / 2,
    );
    const crossEntropy = mean(
      (at) =>
        -[2, 3, 4].reduce((sum, c) => sum + (values[at + c] ?? 0) * Math.log(back[at + c] ?? 0), 0),
    );
    const binary = mean((at) => {
      const [y, t] = [back[at + 5] ?? 0, values[at + 5] ?? 0];
      return -(t * Math.log(y) + (1 - t) * Math.log(1 - y));
    });
    expect(result.outputs?.numbers?.loss).toBeCloseTo(squares, 5);
    expect(result.outputs?.columns2to4?.loss).toBeCloseTo(crossEntropy, 5);
    expect(result.outputs?.flag?.loss).toBeCloseTo(binary, 5);
    // Four columns of the table: two numbers, a category, a flag.
    expect(result.loss).toBeCloseTo((2 * squares + crossEntropy + binary) / 4, 5);
    const weighted = await model.evaluate(inputs, { outputs: { flag: { weight: 0 } } });
    expect(weighted.loss).toBeCloseTo((2 * squares + crossEntropy) / 4, 5);
  });

  test('are learnt, by every variant', async () => {
    const training = { epochs: 60, optimizer: adam({ learningRate: 0.02 }) } as const;
    const models = [
      autoencoder({ ...shared, activation: 'tanh' }),
      denoisingAutoencoder({ ...shared, activation: 'tanh' }),
      variationalAutoencoder({ ...shared, klWeight: 0.01 }),
    ];
    for (const model of models) {
      const { epochs } = await model.fit(inputs, training);
      const [first, last] = [epochs[0], epochs.at(-1)];
      for (const name of ['numbers', 'columns2to4', 'flag']) {
        expect(last?.outputs?.[name]?.loss).toBeLessThan(0.8 * (first?.outputs?.[name]?.loss ?? 0));
      }
    }
  });

  test('have exact gradients, with weights of rows', async () => {
    const weights = Array.from({ length: rows }, (_, row) => row % 3);
    const report = await gradientCheck(autoencoder({ ...shared, activation: 'gelu' }), {
      inputs,
      weights,
    });
    expect(report.passed, JSON.stringify(report.worst)).toBe(true);
  });

  test('are trained layer by layer as well', async () => {
    const model = stackedAutoencoder({ inputSize: columns, layers: [8, 3], outputs, seed: 2 });
    const { stages } = await model.pretrain(inputs, { epochs: 3 });
    expect(Object.keys(stages[0]?.epochs[0]?.outputs ?? {})).toEqual([
      'numbers',
      'columns2to4',
      'flag',
    ]);
    expect(stages[1]?.epochs[0]?.outputs).toBeUndefined();
  });

  test('explain rows by their columns, and are saved with the model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    try {
      const model = autoencoder(shared);
      model.columns = ['a', 'b', { name: 'category', inputs: 3 }, 'flag'];
      await model.fit(inputs, { epochs: 2 });
      const row = values.subarray(0, columns);
      const [worst] = await model.explain(row, 1);
      expect(['a', 'b', 'category', 'flag']).toContain(worst?.column);
      const path = join(folder, 'mixed.safetensors');
      await model.save(path);
      const again = await load(path);
      if (again.kind !== 'autoencoder') throw new Error(again.kind);
      expect(await again.reconstruct(inputs)).toEqual(await model.reconstruct(inputs));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('refuse inputs that are no shares, where they are to be', async () => {
    const wrong = values.with(3, 7);
    const run = autoencoder(shared).fit(matrix(wrong, rows, columns), { epochs: 1 });
    await expect(run).rejects.toThrow(
      /^targets\.columns2to4\[0\]\[1\]: expected a number between 0 and 1/,
    );
  });

  test.each<[object, string]>([
    [{ outputs: [{ columns: 5 }] }, 'outputs'],
    [{ outputs: { columns: 6 } }, 'outputs'],
    [{ outputs: [{ columns: 6, activation: 'softmaxx' }] }, 'outputs[0].activation'],
    [{ outputs: [{ columns: 0 }] }, 'outputs[0].columns'],
    [{ outputs: [{ columns: 6, units: 6 }] }, 'outputs[0].units'],
    [{ outputs, outputActivation: 'sigmoid' }, 'outputActivation'],
    [{ outputs, tied: true }, 'tied'],
  ])('are checked: %o', (options, path) => {
    const attempt = () => autoencoder({ inputSize: columns, code: 2, ...options } as never);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});
